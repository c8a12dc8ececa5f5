#ifndef LIFEBOAT_REPORT_SIZE_CHART_H_
#define LIFEBOAT_REPORT_SIZE_CHART_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/drawing.h"

namespace lifeboat::report {

/// How long a restore of one size took.
struct SizePoint {
  std::uint64_t size_bytes = 0;
  std::chrono::milliseconds took{0};
  std::string_view mark;
  std::string told;
};

struct SizeAgainstTime {
  std::vector<SizePoint> points;
  std::optional<std::chrono::milliseconds> objective = {};
  /// The size that takes as long as the objective allows, and what is said beside it.
  std::optional<std::uint64_t> breach_bytes = {};
  std::string breach_label = {};
};

/// A drill's size against its time, the middle speed as a line through zero, and the middle half of
/// all speeds as a cone around it. Empty for fewer than two points.
[[nodiscard]] std::string size_chart(const SizeAgainstTime& data, Width width);

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_SIZE_CHART_H_
