#ifndef LIFEBOAT_DOCTOR_VAULT_CHECKS_H_
#define LIFEBOAT_DOCTOR_VAULT_CHECKS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "doctor/check.h"
#include "store/object_store.h"

namespace lifeboat::doctor {

/// What is known of locks that the store puts on objects.
struct LockState {
  std::string wanted;          ///< "governance for 30 days", or empty
  std::optional<bool> bucket;  ///< whether it can lock; nothing = it does not say
  std::string objection;       ///< why that length fits neither floor nor policy, or empty
};

/// How the vault checks reach the vault. The functions throw Error as opening does.
struct VaultReach {
  std::string url;  ///< empty = none is configured
  std::function<std::unique_ptr<store::ObjectStore>()> open_store;
  /// Opens the vault with a credential of this environment; says with which and what was found:
  /// "vault 1b2c3d4e, trust record 1, opened as writer".
  std::function<std::string()> describe_vault;
  /// Whether the store refuses this user the changing and deleting of what is in it.
  std::function<bool(store::ObjectStore&)> refuses_changes;
  std::function<LockState(store::ObjectStore&)> object_lock;
};

/// The vault opens; its store creates a name only once; its clock is near ours; what is stored is
/// protected from whoever stores; locks are as the configuration wants them; what the store
/// credential may do. The probes put one object under probe/ and remove it again.
[[nodiscard]] std::vector<Check> vault_checks(const VaultReach& reach);

}  // namespace lifeboat::doctor

#endif  // LIFEBOAT_DOCTOR_VAULT_CHECKS_H_
