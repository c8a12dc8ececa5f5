#ifndef LIFEBOAT_CLI_DRILL_VERBS_H_
#define LIFEBOAT_CLI_DRILL_VERBS_H_

#include "cli/run_tool.h"

/// The verbs of lifeboat-drill, each in a file of its own.
namespace lifeboat::cli {

[[nodiscard]] Verb drill_run_verb();
[[nodiscard]] Verb drill_tick_verb();
[[nodiscard]] Verb drill_history_verb();
[[nodiscard]] Verb drill_gate_verb();
[[nodiscard]] Verb drill_lint_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_DRILL_VERBS_H_
