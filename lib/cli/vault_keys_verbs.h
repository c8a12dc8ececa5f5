#ifndef LIFEBOAT_CLI_VAULT_KEYS_VERBS_H_
#define LIFEBOAT_CLI_VAULT_KEYS_VERBS_H_

#include <vector>

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat vault keys ls|add|revoke` and `lifeboat vault rotate`: who may do what in a vault.
/// The work is in lib/vault/trust_change.h.
[[nodiscard]] std::vector<Verb> vault_keys_verbs();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_KEYS_VERBS_H_
