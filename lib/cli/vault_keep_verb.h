#ifndef LIFEBOAT_CLI_VAULT_KEEP_VERB_H_
#define LIFEBOAT_CLI_VAULT_KEEP_VERB_H_

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat vault keep SNAPSHOT`.
[[nodiscard]] Verb vault_keep_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_KEEP_VERB_H_
