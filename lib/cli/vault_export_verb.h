#ifndef LIFEBOAT_CLI_VAULT_EXPORT_VERB_H_
#define LIFEBOAT_CLI_VAULT_EXPORT_VERB_H_

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat vault export SNAPSHOT DIRECTORY`.
[[nodiscard]] Verb vault_export_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_EXPORT_VERB_H_
