#ifndef LIFEBOAT_CLI_VAULT_COST_VERB_H_
#define LIFEBOAT_CLI_VAULT_COST_VERB_H_

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat vault cost`: docs/cost.md.
[[nodiscard]] Verb vault_cost_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_COST_VERB_H_
