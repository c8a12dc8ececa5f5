#ifndef LIFEBOAT_CLI_COMPARE_REPORT_H_
#define LIFEBOAT_CLI_COMPARE_REPORT_H_

#include <string>

#include "cli/json.h"
#include "cli/paint.h"
#include "compare/redis_comparison.h"

/// What lifeboat-compare prints; fields in docs/json-output.md.
namespace lifeboat::cli {

[[nodiscard]] std::string compare_report_text(const compare::RedisReport& report,
                                              const Paint& paint);
[[nodiscard]] Json compare_report_json(const compare::RedisReport& report);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_COMPARE_REPORT_H_
