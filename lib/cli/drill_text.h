#ifndef LIFEBOAT_CLI_DRILL_TEXT_H_
#define LIFEBOAT_CLI_DRILL_TEXT_H_

#include <string>

#include "cli/paint.h"
#include "drill/result.h"

namespace lifeboat::cli {

/// "weekly-restore   PASSED   recovered in …   leaks 0", then phases, and what did not hold.
[[nodiscard]] std::string drill_text(const drill::Result& result, const Paint& paint);
/// The verdict as people read it: "PASSED", "OBJECTIVE MISSED", painted.
[[nodiscard]] std::string verdict_text(drill::Verdict verdict, const Paint& paint);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_DRILL_TEXT_H_
