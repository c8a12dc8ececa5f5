#ifndef LIFEBOAT_VAULT_OTHER_RECORD_H_
#define LIFEBOAT_VAULT_OTHER_RECORD_H_

#include <optional>
#include <string>
#include <string_view>

#include "vault/attestation.h"
#include "vault/record_frame.h"
#include "vault/sweep_record.h"
#include "vault/types.h"

/// Records that are no snapshots: docs/format/vault.md §12.
namespace lifeboat::vault {

enum class RecordKind : std::uint8_t {
  attestation = 1,
  pin = 2,
  forget = 3,
  sweep = 4,
  erasure = 5,
  review = 6,
  drill = 7,
  check = 8,
};

/// Any record of a record chain.
struct OtherRecord {
  Link link;
  /// Nothing where the key to it is not held, and of kinds that this version does not know.
  std::optional<RecordKind> kind;
  std::optional<Attestation> attestation;  ///< of that kind alone
  std::string body;                        ///< JSON text, of every other kind
  std::optional<Sweep> sweep;              ///< of that kind alone; readable without keys

  /// Verifies the signature, and that its author may make a record of that kind.
  [[nodiscard]] static OtherRecord decode(ByteView stored, const VaultId& vault,
                                          const TrustedKey& author,
                                          const std::optional<seal::SecretKey>& record_key);
};

/// Whether a holder of that role may make a record of that kind; another one's is void.
[[nodiscard]] bool may_author(Role role, RecordKind kind) noexcept;

/// Seals and signs a record, and sets link.id. `more_public` = fields above 13.
[[nodiscard]] Bytes encode_other_record(Link& link, ByteView more_public, ByteView sealed_fields,
                                        const seal::SigningKey& author,
                                        const seal::SecretKey& record_key);

/// The sealed fields of a record that has a JSON body alone.
[[nodiscard]] Bytes json_record_fields(RecordKind kind, std::string_view body);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_OTHER_RECORD_H_
