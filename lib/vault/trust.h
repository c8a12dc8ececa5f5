#ifndef LIFEBOAT_VAULT_TRUST_H_
#define LIFEBOAT_VAULT_TRUST_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "seal/sodium.h"
#include "store/object_store.h"
#include "vault/capability.h"
#include "vault/types.h"

namespace lifeboat::vault {

/// The object `format`: docs/format/vault.md §4.
struct Format {
  VaultId vault;
  bool hashed_names = false;
  ByteArray<32> root_key{};
  Instant created;

  [[nodiscard]] Bytes encode() const;
  [[nodiscard]] static Format decode(ByteView stored);
};

/// A key that trust knows.
struct TrustedKey {
  KeyId id;
  Role role = Role::viewer;
  std::string name;
  ByteArray<32> signing_key{};
  ByteArray<32> box_key{};
  std::vector<std::string> sources;  ///< of a writer; "*" = any
  struct Cut {
    std::uint64_t seq = 0;
    ObjectHash hash;
  };
  std::optional<Cut> void_after;
  Instant created;

  [[nodiscard]] bool may_write(const std::string& source) const;
};

/// Which key is sealed; the numbers of §5.
enum class SealedKind : std::uint8_t {
  generation = 1,
  writer = 2,
  index_root = 3,
  index_writer = 4,
  record_root = 5,
  record_author = 6,
};

struct SealedKey {
  Generation generation = 0;
  SealedKind kind = SealedKind::generation;
  KeyId recipient;
  Bytes box;
};

/// Who may do what, signed by the root key: docs/format/vault.md §5.
struct Trust {
  std::uint32_t number = 0;
  ObjectHash previous;
  ObjectHash format_hash;
  Instant created;
  std::vector<TrustedKey> keys;
  Generation generation = 1;
  std::vector<SealedKey> sealed;
  std::uint32_t floor_count = 0;
  std::chrono::seconds floor_age{0};
  std::chrono::seconds max_run{0};
  ObjectHash hash;  ///< SHA-256 of the stored bytes; set by encode() and decode()

  [[nodiscard]] const TrustedKey* find(const KeyId& id) const;
  [[nodiscard]] std::vector<const TrustedKey*> with_role(Role role) const;

  [[nodiscard]] Bytes encode(const VaultId& vault, const seal::SigningKey& root);
  /// Checks the root's signature and every key id. Throws corrupt.
  [[nodiscard]] static Trust decode(ByteView stored, const VaultId& vault,
                                    const ByteArray<32>& root_key);
};

/// Whether holders of this role have a chain of that kind: docs/format/vault.md §12.
[[nodiscard]] bool has_chain(Role role, ObjectType type) noexcept;

/// A vault's format and its newest trust, as one capability can verify them.
struct TrustState {
  Format format;
  Trust trust;
};

/// Reads and verifies `format` and the trust chain from the capability's own record on.
/// Throws not_found (no vault here), denied (of another vault, or the key is not listed), corrupt,
/// stale (older than the capability has seen).
[[nodiscard]] TrustState load_trust(store::ObjectStore& store, const Capability& capability);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_TRUST_H_
