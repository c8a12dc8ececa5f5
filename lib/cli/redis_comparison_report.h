#ifndef LIFEBOAT_CLI_REDIS_COMPARISON_REPORT_H_
#define LIFEBOAT_CLI_REDIS_COMPARISON_REPORT_H_

#include <string>

#include "cli/json.h"
#include "cli/paint.h"
#include "redis/compare.h"

/// What every command prints of a comparison of a Redis source with a server; fields in
/// docs/json-output.md, "comparison". Keys are shown with all bytes that could command a terminal
/// escaped.
namespace lifeboat::cli {

[[nodiscard]] Json redis_comparison_json(const redis::CompareReport& compared);

/// One line a named key, then how many are not named.
[[nodiscard]] std::string differences_text(const redis::CompareReport& compared);
[[nodiscard]] std::string expired_text(const redis::CompareReport& compared);

/// "2 missing, 1 extra, 0 with another value, 3 with another expiry".
[[nodiscard]] std::string difference_counts(const redis::CompareReport& compared);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_REDIS_COMPARISON_REPORT_H_
