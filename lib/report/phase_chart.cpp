#include "report/phase_chart.h"

#include <algorithm>

#include "report/markup.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

constexpr double kRow = 22;
constexpr double kFigures = 88;  // the widest: "59 min 59 s"

double ms(std::chrono::milliseconds duration) { return static_cast<double>(duration.count()); }

}  // namespace

std::string phase_chart(const std::vector<PhaseBar>& phases, Width width) {
  if (phases.empty()) return {};
  std::chrono::milliseconds whole{1};
  std::string description;
  for (const PhaseBar& phase : phases) {
    whole = std::max(whole, phase.begins + phase.took);
    description += phase.name + ": " + span(phase.took) + ". ";
  }
  const double left = width == Width::wide ? 150 : 118;
  const double bottom = kRow * static_cast<double>(phases.size()) + 4;
  Drawing drawing("phases", "Where the time went", description, width, bottom + 22);
  const Scale scale{.from = 0, .to = ms(whole), .start = left, .end = columns_of(width) - kFigures};
  double y = 0;
  for (const PhaseBar& phase : phases) {
    drawing.text(0, y + 15, fitted(phase.name, kFontSize, left - 8), "ink");
    const double x = scale(ms(phase.begins));
    drawing.box(x, y + 5, std::max(scale(ms(phase.begins + phase.took)) - x, 1.5), kRow - 9,
                phase.counts ? "fill" : "fill-aside", phase.name + ": " + span(phase.took));
    drawing.text(columns_of(width), y + 15, span(phase.took), "ink", Anchor::end);
    y += kRow;
  }
  const std::size_t most = width == Width::wide ? 8 : 4;
  drawing.axis_below(bottom, scale, duration_ticks(whole, most));
  return std::move(drawing).finish();
}

}  // namespace lifeboat::report
