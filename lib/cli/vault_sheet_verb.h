#ifndef LIFEBOAT_CLI_VAULT_SHEET_VERB_H_
#define LIFEBOAT_CLI_VAULT_SHEET_VERB_H_

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat vault keys sheet`: an identity on paper, and back. The work is in
/// lib/vault/recovery_sheet.h.
[[nodiscard]] Verb vault_sheet_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_SHEET_VERB_H_
