#ifndef LIFEBOAT_VAULT_NEEDED_H_
#define LIFEBOAT_VAULT_NEEDED_H_

#include <set>
#include <stop_token>
#include <vector>

#include "base/observer.h"
#include "vault/condemned.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// Packs, segments and sessions. Memory: 100 bytes each.
struct Needed {
  std::set<ObjectRef> objects;
  std::set<SessionName> sessions;
};

/// What these snapshots need, in the words of docs/format/vault.md §17.4: walks the lists of all of
/// them, each list of a writer once, and reads each index segment twice at the most. Nothing in it
/// is a guess: throws denied without the index keys of every writer (a pruner's or an identity's
/// credential), corrupt if anything on the way is missing or damaged, cancelled.
/// Memory: the index of one snapshot, and 37 bytes for each blob of one writer.
[[nodiscard]] Needed needed_by(const Vault& vault,
                               const std::vector<const SnapshotRecord*>& snapshots,
                               Observer& observer, const std::stop_token& stop);

/// What their records and segments name, needed or not. What is missing or damaged there is left
/// out: nobody misses it.
[[nodiscard]] Needed named_by(const Vault& vault,
                              const std::vector<const SnapshotRecord*>& snapshots);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_NEEDED_H_
