#ifndef LIFEBOAT_CLI_VAULT_REWRAP_VERB_H_
#define LIFEBOAT_CLI_VAULT_REWRAP_VERB_H_

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat vault keys rewrap`: lets identities that came later read what was stored before them.
/// The work is in lib/vault/rewrap.h.
[[nodiscard]] Verb vault_rewrap_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_REWRAP_VERB_H_
