#ifndef LIFEBOAT_VAULT_TYPES_H_
#define LIFEBOAT_VAULT_TYPES_H_

#include <cstdint>
#include <string_view>

#include "base/ids.h"

namespace lifeboat::vault {

using VaultId = Id<struct VaultTag, 16>;
using KeyId = Id<struct KeyTag, 16>;  ///< first 16 bytes of H(Ed25519 public key)
using SessionId = Id<struct SessionTag, 16>;
using BlobId = Id<struct BlobTag, 32>;
/// SHA-256 of an object's stored bytes: the name of packs and segments, the link between records.
using ObjectHash = Id<struct ObjectTag, 32>;
/// SHA-256 of a snapshot record's stored bytes.
using SnapshotId = ObjectHash;

using Generation = std::uint32_t;

/// Object types of docs/format/vault.md §1.2.
enum class ObjectType : std::uint8_t {
  format = 1,
  trust = 2,
  session = 3,
  data_pack = 4,
  meta_pack = 5,
  index_segment = 6,
  snapshot = 7,
  record = 8,
  mark = 9,
  run = 10,
  claim = 11,
  roll = 12,
};

enum class Role : std::uint8_t {
  admin = 1,
  identity = 2,
  writer = 3,
  viewer = 4,
  operator_ = 5,
  pruner = 6,
};

/// "admin", "identity", "writer", "viewer", "operator", "pruner".
[[nodiscard]] std::string_view name_of(Role role) noexcept;

/// Blob kinds of §7.
enum class BlobKind : std::uint8_t { chunk = 1, bundle = 2, document = 3, facts = 4, list = 5 };

enum class Codec : std::uint8_t { raw = 0, zstd = 1 };

inline constexpr std::size_t kMaxBlobBytes = std::size_t{8} * 1024 * 1024;

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_TYPES_H_
