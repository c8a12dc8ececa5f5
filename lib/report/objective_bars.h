#ifndef LIFEBOAT_REPORT_OBJECTIVE_BARS_H_
#define LIFEBOAT_REPORT_OBJECTIVE_BARS_H_

#include <chrono>
#include <string>
#include <vector>

#include "report/drawing.h"

namespace lifeboat::report {

/// What was measured, and what it may be at the most.
struct Objective {
  std::string name;  ///< "Recovery time"
  std::chrono::milliseconds measured{0};
  std::chrono::milliseconds objective{0};  ///< above 0
  bool judged = true;                      ///< whether the verdict hangs on it

  [[nodiscard]] bool missed() const noexcept { return measured > objective; }
};

/// A bullet bar for each, on a scale of its own: bands to 80 % and to 100 % of the objective, the
/// measured time as a bar over them, the objective as a mark across. Empty without objectives.
[[nodiscard]] std::string objective_bars(const std::vector<Objective>& objectives, Width width);

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_OBJECTIVE_BARS_H_
