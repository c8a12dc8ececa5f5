#ifndef LIFEBOAT_VAULT_CHAIN_END_H_
#define LIFEBOAT_VAULT_CHAIN_END_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "vault/snapshot_record.h"
#include "vault/types.h"
#include "vault/vault.h"

/// Where a chain of this capability's own goes on: docs/format/vault.md §12, §13.
namespace lifeboat::vault {

/// What the next record of a chain stands behind. A value.
struct ChainEnd {
  std::uint64_t seq = 0;               ///< of the newest record; 0 = there is none
  ObjectHash previous;                 ///< that record
  std::vector<ObjectHash> parents;     ///< ends of other branches, which the next record joins
  std::vector<SnapshotRecord> behind;  ///< of a snapshot chain, all of these; the newest first

  [[nodiscard]] std::uint64_t next_seq() const noexcept { return seq + 1; }
};

/// How far below its newest record a chain is searched for a branch that no record joins.
inline constexpr std::uint64_t kForkReach = 128;

/// The end of this vault's own chain of that type: a listing and a read. In naming mode hashed,
/// where two runs may have written to one place, also a read for each record from the newest down
/// to the last such place among the 128 newest. Throws what reading a record throws.
[[nodiscard]] ChainEnd read_chain_end(const Vault& vault, ObjectType type);

/// Adds to a chain of this vault's own: asks `make` for the stored record that follows `end`. Where
/// names are not hashed, it tries again behind a record that somebody else with the same
/// credential put there first; where they are, that one is joined by the next record. Returns the
/// seq. Throws busy after 1,000 lost races.
std::uint64_t append_to_chain(const Vault& vault, ObjectType type,
                              const std::function<Bytes(const ChainEnd& end)>& make);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_CHAIN_END_H_
