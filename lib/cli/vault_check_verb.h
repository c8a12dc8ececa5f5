#ifndef LIFEBOAT_CLI_VAULT_CHECK_VERB_H_
#define LIFEBOAT_CLI_VAULT_CHECK_VERB_H_

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat vault check`.
[[nodiscard]] Verb vault_check_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_CHECK_VERB_H_
