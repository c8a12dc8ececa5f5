#ifndef LIFEBOAT_CLI_DRILL_REPORT_VERB_H_
#define LIFEBOAT_CLI_DRILL_REPORT_VERB_H_

#include "cli/run_tool.h"

namespace lifeboat::cli {

/// `lifeboat drill report`: what the newest run of a drill said, as text, as JSON or as a page.
[[nodiscard]] Verb drill_report_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_DRILL_REPORT_VERB_H_
