#ifndef LIFEBOAT_REPORT_PHASE_CHART_H_
#define LIFEBOAT_REPORT_PHASE_CHART_H_

#include <chrono>
#include <string>
#include <vector>

#include "report/drawing.h"

namespace lifeboat::report {

/// A part of a drill.
struct PhaseBar {
  std::string name;
  std::chrono::milliseconds begins{0};  ///< after the drill did
  std::chrono::milliseconds took{0};
  bool counts = true;  ///< to the recovery time
};

/// The phases as bars below each other on one axis of time (a Gantt chart). Empty without phases.
[[nodiscard]] std::string phase_chart(const std::vector<PhaseBar>& phases, Width width);

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_PHASE_CHART_H_
