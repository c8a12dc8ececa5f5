#ifndef LIFEBOAT_VAULT_ATTESTATION_H_
#define LIFEBOAT_VAULT_ATTESTATION_H_

#include <optional>
#include <string>
#include <vector>

#include "vault/record_frame.h"
#include "vault/types.h"

namespace lifeboat::vault {

enum class Verdict : std::uint8_t { proven = 1, not_proven = 2 };

/// "proven", "not_proven".
[[nodiscard]] std::string_view name_of(Verdict verdict) noexcept;

struct SourceVerdict {
  std::string name;
  Verdict verdict = Verdict::not_proven;
  std::uint64_t tables = 0;
  std::uint64_t rows = 0;
};

/// The result of restoring a snapshot and comparing it, signed by an identity: a record of kind 1
/// in docs/format/vault.md §12.
struct Attestation {
  Link link;
  SnapshotId snapshot;
  Verdict verdict = Verdict::not_proven;
  std::string report;  ///< JSON, the whole result of the proof
  std::vector<SourceVerdict> sources;

  /// Nothing if it says nothing of that source; one that names no sources is of all.
  [[nodiscard]] std::optional<Verdict> verdict_on(std::string_view source) const;
  [[nodiscard]] Bytes encode(const seal::SigningKey& author, const seal::SecretKey& record_key);
};

/// The sealed fields of such a record as an attestation: the whole but its link.
[[nodiscard]] Attestation decode_attestation(ByteView sealed_fields);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_ATTESTATION_H_
