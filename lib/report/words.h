#ifndef LIFEBOAT_REPORT_WORDS_H_
#define LIFEBOAT_REPORT_WORDS_H_

#include <chrono>
#include <string>

#include "base/clock.h"

/// How a report says numbers and dates. Pure.
namespace lifeboat::report {

/// Two units at the most, none that is zero, rounded up in the last: a measured time is never
/// told shorter than it was. "0.4 s", "9.8 s", "22 min 5 s", "4 h 36 min", "24 h", "3 d 4 h".
[[nodiscard]] std::string span(std::chrono::milliseconds duration);
/// Coarse, one unit, rounded up: "10 s", "23 min", "5 h", "12 d".
[[nodiscard]] std::string coarse_span(std::chrono::milliseconds duration);
/// "22 min of 60", or with the objective's own unit where they differ: "4 h 36 min of 24 h".
[[nodiscard]] std::string of_objective(std::chrono::milliseconds measured,
                                       std::chrono::milliseconds objective);
/// Whole per cent, rounded up.
[[nodiscard]] std::string per_cent(std::chrono::milliseconds part, std::chrono::milliseconds whole);

[[nodiscard]] std::string month_name(std::chrono::month month);      ///< "Nov"
[[nodiscard]] std::string day_and_month(std::chrono::sys_days day);  ///< "23 Nov"
[[nodiscard]] std::string long_date(Instant instant);                ///< "23 November 2026"

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_WORDS_H_
