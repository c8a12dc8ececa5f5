#ifndef LIFEBOAT_VAULT_COPY_H_
#define LIFEBOAT_VAULT_COPY_H_

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "base/observer.h"
#include "store/object_store.h"
#include "vault/history.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// What of a vault goes into its copy.
enum class CopyScope {
  everything,     ///< by whoever may create every object there
  own_snapshots,  ///< what a writer's store credential may create: data and its own chain
};

struct CopyReport {
  std::uint64_t objects = 0;    ///< copied now
  std::uint64_t bytes = 0;      ///< of these
  std::uint64_t already = 0;    ///< were there before
  std::uint64_t snapshots = 0;  ///< copied now
  std::uint64_t behind = 0;     ///< snapshots that the copy does not hold, because of a problem
  std::optional<Instant> behind_since;  ///< when the oldest of these was taken
  std::vector<Problem> problems;        ///< of the original: what is damaged there is not copied
};

/// Copies a vault into another store under the same names, object by object, decrypting nothing:
/// docs/format/vault.md §16. Packs and index segments are compared with the hash in their name,
/// records with their author's signature and place, session headers with the hash that their
/// snapshot names; a snapshot is copied behind all that its record names. Objects that are there
/// are left as they are, so a copy that broke off goes on where it was. Marks and claims are never
/// copied, nor is what a sweep removed; what the copy holds of that stays there until it is swept
/// itself (follow_sweeps()). Of what is written meanwhile nothing is copied.
///
/// Memory: the largest object, and 100 bytes for each object of either side. One thread. Throws
/// Error: refused (another vault is there), stale (the copy holds records that the original does
/// not: one of them was rolled back or forked), not_found (own_snapshots into a place without a
/// vault), cancelled, and what the stores throw; kept() says how far it came.
[[nodiscard]] CopyReport copy_vault(const Vault& from, store::ObjectStore& to, CopyScope scope,
                                    Observer& observer, std::stop_token stop);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_COPY_H_
