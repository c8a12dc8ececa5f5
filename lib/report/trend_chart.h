#ifndef LIFEBOAT_REPORT_TREND_CHART_H_
#define LIFEBOAT_REPORT_TREND_CHART_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "report/drawing.h"

namespace lifeboat::report {

/// One drill on an axis of time.
struct TrendPoint {
  Instant at{};
  std::optional<std::chrono::milliseconds> measured;  ///< nothing: it did not come so far
  std::optional<std::chrono::milliseconds> objective;
  std::string_view mark;  ///< of its verdict
  std::string told;
};

struct Trend {
  Instant from{};
  Instant to{};
  std::vector<TrendPoint> points;  ///< oldest first, all between the two
};

/// Recovery times against the date, with the objective as a line, and below the axis what measured
/// no time. Empty if fewer than two were measured: one point is no trend.
[[nodiscard]] std::string trend_chart(const Trend& trend, Width width);

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_TREND_CHART_H_
