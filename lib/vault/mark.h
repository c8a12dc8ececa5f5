#ifndef LIFEBOAT_VAULT_MARK_H_
#define LIFEBOAT_VAULT_MARK_H_

#include <vector>

#include "vault/condemned.h"
#include "vault/record_frame.h"

/// What a pruner condemned: docs/format/vault.md §14, §17.4.
namespace lifeboat::vault {

/// So much stands in one mark, 37 bytes each; what is more waits for the next.
inline constexpr std::size_t kMostCondemned = 400'000;

struct Mark {
  Link link;  ///< generation and seq are those of the name, seq = its number
  CondemnedObjects condemned;
  std::vector<SnapshotId> forgotten;
  Instant stored_at;  ///< by the store; not part of the object

  [[nodiscard]] std::uint32_t number() const noexcept {
    return static_cast<std::uint32_t>(link.seq);
  }
  /// The stored form; sets link.id.
  [[nodiscard]] Bytes encode(const seal::SigningKey& pruner, const seal::SecretKey& record_key);
  /// Verifies that a pruner of `trust`, revoked or not, signed it for that place. Throws corrupt.
  [[nodiscard]] static Mark decode(ByteView stored, const VaultId& vault, const Trust& trust,
                                   Generation generation, std::uint64_t number);
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_MARK_H_
