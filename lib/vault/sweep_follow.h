#ifndef LIFEBOAT_VAULT_SWEEP_FOLLOW_H_
#define LIFEBOAT_VAULT_SWEEP_FOLLOW_H_

#include <optional>

#include "vault/sweep_plan.h"

namespace lifeboat::vault {

/// What a copy may delete because its original did.
struct FollowPlan {
  FinishPlan going;             ///< for apply_finish() on the copy
  std::size_t sweeps = 0;       ///< sweep records that it follows
  std::size_t spared = 0;       ///< listed there, and named by a record that the copy still has
  std::optional<Instant> next;  ///< when a further one may be followed, by the copy's store
};

/// Looks at both: what sweep records list that the original and the copy hold alike, and that the
/// copy's store took a grace ago (docs/format/vault.md §17.8). `store_time`: of the copy's store.
/// Throws denied unless a pruner looks, refused if these are two vaults, stale or corrupt if a
/// chain of either is not whole.
[[nodiscard]] FollowPlan plan_follow(const Vault& copy, const Vault& original, Instant store_time);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SWEEP_FOLLOW_H_
