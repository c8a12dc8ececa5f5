#ifndef LIFEBOAT_CLI_DRILL_REPORT_H_
#define LIFEBOAT_CLI_DRILL_REPORT_H_

#include <string>

#include "cli/json.h"
#include "cli/paint.h"
#include "report/drill_report.h"

/// What `lifeboat drill report` prints; fields in docs/json-output.md.
namespace lifeboat::cli {

/// "weekly-restore   PASSED   recovered in 22 min of 60, losing 4 h 36 min of 24 h   leaks 0": cut
/// nowhere, so it can be longer than a line.
[[nodiscard]] std::string drill_line(const drill::Result& result, const Paint& paint);

/// That line, then phases, assertions and what was not tested, 80 columns wide. Of the other
/// drills, one line each.
[[nodiscard]] std::string drill_report_text(const report::DrillReport& report, const Paint& paint);
[[nodiscard]] Json drill_report_json(const report::DrillReport& report);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_DRILL_REPORT_H_
