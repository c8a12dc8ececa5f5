#ifndef LIFEBOAT_VAULT_ROLL_H_
#define LIFEBOAT_VAULT_ROLL_H_

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "vault/types.h"

namespace lifeboat::vault {

class Vault;

/// Rolls: 128 records of a chain in one object, so that a long chain is read by few requests
/// (docs/format/vault.md §12.1). They are never needed and prove nothing by themselves.
inline constexpr std::uint64_t kRollRecords = 128;
inline constexpr std::uint64_t kMaxRollBytes = std::uint64_t{32} << 20U;

/// The number of the roll that holds the record `seq` once its block is whole.
[[nodiscard]] constexpr std::uint64_t roll_of(std::uint64_t seq) noexcept {
  return (seq - 1) / kRollRecords + 1;
}

/// The stored form of kRollRecords records, oldest first.
[[nodiscard]] Bytes encode_roll(const std::vector<Bytes>& records);

/// The records in a stored roll, oldest first: kRollRecords views into `stored`. Throws corrupt.
/// What they are is for the reader of the chain to verify.
[[nodiscard]] std::vector<ByteView> decode_roll(ByteView stored);

/// Behind the record `seq` that was just added to this vault's own chain: stores the newest roll
/// that is missing, on every 16th seq; otherwise does nothing. Costs a listing of the rolls and,
/// where one is missing, 128 reads. Best effort: what the store or the chain has against it changes
/// nothing, and is no error.
/// Memory: a roll, twice.
void store_missing_roll(const Vault& vault, ObjectType chain, std::uint64_t seq) noexcept;

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_ROLL_H_
