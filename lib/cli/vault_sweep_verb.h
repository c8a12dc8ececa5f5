#ifndef LIFEBOAT_CLI_VAULT_SWEEP_VERB_H_
#define LIFEBOAT_CLI_VAULT_SWEEP_VERB_H_

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat vault sweep`.
[[nodiscard]] Verb vault_sweep_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_SWEEP_VERB_H_
