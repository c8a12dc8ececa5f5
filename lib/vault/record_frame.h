#ifndef LIFEBOAT_VAULT_RECORD_FRAME_H_
#define LIFEBOAT_VAULT_RECORD_FRAME_H_

#include <optional>
#include <vector>

#include "base/clock.h"
#include "seal/sodium.h"
#include "vault/fields.h"
#include "vault/trust.h"
#include "vault/types.h"

/// The frame that snapshot records, other records and marks share: docs/format/vault.md §12.
namespace lifeboat::vault {

/// A place in a chain, as one author has seen it.
struct SeenHead {
  KeyId author;
  ObjectType type = ObjectType::snapshot;
  std::uint64_t seq = 0;
  ObjectHash id;
};

/// What every record says of its place; readable without keys.
struct Link {
  Generation generation = 0;
  VaultId vault;
  KeyId author;
  std::uint64_t seq = 0;
  ObjectHash previous;
  std::uint32_t trust_number = 0;
  ObjectHash trust_hash;
  std::vector<SeenHead> seen;
  Instant started;
  Instant finished;
  ObjectHash id;  ///< SHA-256 of the stored bytes; set when encoded or decoded
  std::vector<ObjectHash> parents = {};  ///< further ones, behind a fork in naming mode hashed
};

/// Public fields 1 to 5: they stand first.
void put_link(FieldsWriter& fields, const Link& link);
/// Field 8.
void put_seen(FieldsWriter& fields, const Link& link);
/// Field 13.
void put_parents(FieldsWriter& fields, const Link& link);
/// Fields 10 and 11.
void put_times(FieldsWriter& fields, const Link& link);
/// Takes a field that belongs to the link; false if it is none of these.
[[nodiscard]] bool take_link_field(const Field& field, Link& link);

inline constexpr std::uint64_t kMaxRecordBytes = std::uint64_t{16} << 20U;

/// Seals `sealed_fields`, signs the whole, and sets link.id.
[[nodiscard]] Bytes encode_record(ObjectType type, Link& link, ByteView public_fields,
                                  ByteView sealed_fields, const seal::SigningKey& author,
                                  const seal::SecretKey& record_key);

/// A record whose signature fits; views into the stored bytes.
struct VerifiedRecord {
  Generation generation = 0;
  ByteView public_fields;
  ByteView sealed;  ///< nonce and ciphertext
  ObjectHash id;
};
[[nodiscard]] VerifiedRecord verify_record(ObjectType type, ByteView stored, const VaultId& vault,
                                           const TrustedKey& author);

/// What a record's header says; nothing is verified. Throws corrupt.
[[nodiscard]] Generation record_generation(ObjectType type, ByteView stored);

/// The author that a record's public fields name; nothing is verified. Throws corrupt.
[[nodiscard]] KeyId announced_author_of(ObjectType type, ByteView stored);

/// The sealed fields. Throws corrupt if they don't open.
[[nodiscard]] Bytes open_record(ObjectType type, const VerifiedRecord& record, const VaultId& vault,
                                const KeyId& author, const seal::SecretKey& record_key);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_RECORD_FRAME_H_
