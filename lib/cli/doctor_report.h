#ifndef LIFEBOAT_CLI_DOCTOR_REPORT_H_
#define LIFEBOAT_CLI_DOCTOR_REPORT_H_

#include <string>

#include "cli/json.h"
#include "cli/paint.h"
#include "doctor/check.h"

namespace lifeboat::cli {

/// One line a check, a hint below what is not ok, and the sum: docs/json-output.md has the other.
[[nodiscard]] std::string doctor_report_text(const doctor::Report& report, const Paint& paint);
[[nodiscard]] Json doctor_report_json(const doctor::Report& report);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_DOCTOR_REPORT_H_
