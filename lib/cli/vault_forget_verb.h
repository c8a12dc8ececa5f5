#ifndef LIFEBOAT_CLI_VAULT_FORGET_VERB_H_
#define LIFEBOAT_CLI_VAULT_FORGET_VERB_H_

#include "cli/run_tool.h"
#include "config/config.h"
#include "vault/keep_policy.h"

namespace lifeboat::cli {

/// `lifeboat vault forget [SNAPSHOT]...`.
[[nodiscard]] Verb vault_forget_verb();

/// [keep] as the vault understands it.
[[nodiscard]] vault::KeepPolicy keep_policy(const config::KeepSection& section);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_FORGET_VERB_H_
