#ifndef LIFEBOAT_CLI_VAULT_CREATE_VERB_H_
#define LIFEBOAT_CLI_VAULT_CREATE_VERB_H_

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat vault create`.
[[nodiscard]] Verb vault_create_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_CREATE_VERB_H_
