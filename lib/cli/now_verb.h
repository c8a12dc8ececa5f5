#ifndef LIFEBOAT_CLI_NOW_VERB_H_
#define LIFEBOAT_CLI_NOW_VERB_H_

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat now`, a verb of the front door itself: it must work where only one file was copied.
[[nodiscard]] Verb now_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_NOW_VERB_H_
