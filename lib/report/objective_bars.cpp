#include "report/objective_bars.h"

#include <algorithm>

#include "report/words.h"

namespace lifeboat::report {
namespace {

constexpr double kRow = 52;
constexpr double kTrack = 14;

double ms(std::chrono::milliseconds duration) { return static_cast<double>(duration.count()); }

std::string verdict_on(const Objective& item) {
  const auto above = item.measured - item.objective;
  if (item.missed()) return item.judged ? "missed by " + span(above) : span(above) + " above";
  return per_cent(item.measured, item.objective);
}

std::string sentence_of(const Objective& item) {
  return item.name + ": " + of_objective(item.measured, item.objective) + ", " + verdict_on(item) +
         ". ";
}

void draw_bar(Drawing& drawing, const Objective& item, double top, Width width) {
  const double end = columns_of(width);
  const Scale scale{.from = 0,
                    .to = std::max(ms(item.objective) * 1.25, ms(item.measured) * 1.05),
                    .start = 0,
                    .end = end};
  drawing.text(0, top + 13, item.name, "strong");
  const std::string_view style = !item.missed() ? "ink" : item.judged ? "bad" : "care";
  const std::string figures = span(item.measured) + " of " + span(item.objective);
  if (width == Width::wide) {
    drawing.text(end, top + 13, figures + " · " + verdict_on(item), style, Anchor::end);
  } else {
    drawing.text(end, top + 13, item.missed() ? verdict_on(item) : figures, style, Anchor::end);
  }
  const double y = top + 22;
  drawing.box(0, y, end, kTrack, "band1");
  drawing.box(0, y, scale(ms(item.objective)), kTrack, "band2");
  drawing.box(0, y, scale(0.8 * ms(item.objective)), kTrack, "band3");
  // A tenth of a second of an hour is still something that was measured.
  drawing.box(0, y + 4, std::max(scale(ms(item.measured)), 1.5), kTrack - 8,
              !item.missed() ? "fill"
              : item.judged  ? "fill-bad"
                             : "fill-care");
  const double x = scale(ms(item.objective));
  drawing.line(x, y - 3, x, y + kTrack + 3, "goal");
}

}  // namespace

std::string objective_bars(const std::vector<Objective>& objectives, Width width) {
  if (objectives.empty()) return {};
  std::string description;
  for (const Objective& item : objectives) description += sentence_of(item);
  Drawing drawing("objectives", "What was measured, against what it may be", description, width,
                  kRow * static_cast<double>(objectives.size()) - 6);
  double top = 0;
  for (const Objective& item : objectives) {
    draw_bar(drawing, item, top, width);
    top += kRow;
  }
  return std::move(drawing).finish();
}

}  // namespace lifeboat::report
