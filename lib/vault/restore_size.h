#ifndef LIFEBOAT_VAULT_RESTORE_SIZE_H_
#define LIFEBOAT_VAULT_RESTORE_SIZE_H_

#include <cstdint>
#include <vector>

#include "vault/added_bytes.h"

namespace lifeboat::vault {

/// What a restore of the newest snapshot of each source fetches, as far as records tell.
struct RestoreSize {
  std::size_t sources = 0;        ///< that are captured today
  std::uint64_t bytes = 0;        ///< of packs
  bool at_most = false;           ///< the first snapshot of a source was swept: `bytes` is a bound
  std::uint64_t least_gets = 0;   ///< parts of packs, 4 MiB each
  std::uint64_t least_heads = 0;  ///< packs, 16 MiB each, looked for before anything is touched
};

/// Pure. A source is as large today as its first snapshot was in the vault, by the growth of the
/// bytes read since. Where that one is no longer known, nobody can say what others share: then
/// `pack_bytes`, all packs of the vault, or what was read from the source, is taken.
[[nodiscard]] RestoreSize restore_size(const std::vector<SourceSeries>& all, Instant now,
                                       std::uint64_t pack_bytes);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_RESTORE_SIZE_H_
