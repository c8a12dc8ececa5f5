#ifndef LIFEBOAT_CLI_OBJECT_LOCK_H_
#define LIFEBOAT_CLI_OBJECT_LOCK_H_

#include <string>

#include "cli/session.h"
#include "doctor/vault_checks.h"
#include "vault/vault.h"

namespace lifeboat::cli {

/// Throws Error(refused) if a vault's or copy's URL wants a lock that is shorter than what is
/// promised to be kept, or so long that sweeps must fail: before anything is stored under it.
void require_fitting_lock(Session& session, const std::string& url, const vault::Vault& vault);

/// Throws Error(refused) if that URL wants a lock and its bucket has none to give.
void require_lockable(Session& session, const std::string& url, store::ObjectStore& store);

/// For doctor: what the URL wants, what the bucket can, and whether it fits. The last is looked at
/// where a credential opens the vault.
[[nodiscard]] doctor::LockState lock_state(Session& session, store::ObjectStore& store);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_OBJECT_LOCK_H_
