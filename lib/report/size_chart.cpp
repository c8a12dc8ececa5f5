#include "report/size_chart.h"

#include <algorithm>

#include "base/plural.h"
#include "base/units.h"
#include "report/markup.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

using std::chrono::milliseconds;

constexpr double kTop = 24;
constexpr double kPlot = 190;

double ms(milliseconds duration) { return static_cast<double>(duration.count()); }

/// Milliseconds a byte: the quarter, the middle and the three quarters of what was measured.
struct Speeds {
  double fast = 0;
  double middle = 0;
  double slow = 0;
};

Speeds speeds_of(const std::vector<SizePoint>& points) {
  std::vector<double> all;
  for (const SizePoint& point : points) {
    all.push_back(ms(point.took) /
                  static_cast<double>(std::max<std::uint64_t>(point.size_bytes, 1)));
  }
  std::ranges::sort(all);
  const std::size_t last = all.size() - 1;
  return {all[last / 4], all[all.size() / 2], all[last - last / 4]};
}

struct Axes {
  Scale x;
  Scale y;
  std::uint64_t largest = 1;
  milliseconds longest{1};
  bool shows_objective = false;
  bool shows_breach = false;
};

/// The objective and the size that meets it are in the picture unless they would press what was
/// measured into a corner.
Axes axes_of(const SizeAgainstTime& data, Width width) {
  Axes axes;
  for (const SizePoint& point : data.points) {
    axes.largest = std::max(axes.largest, point.size_bytes);
    axes.longest = std::max(axes.longest, point.took);
  }
  axes.shows_objective = data.objective && *data.objective <= 4 * axes.longest;
  axes.shows_breach =
      axes.shows_objective && data.breach_bytes && *data.breach_bytes <= 4 * axes.largest;
  if (axes.shows_objective) axes.longest = std::max(axes.longest, *data.objective);
  if (axes.shows_breach) axes.largest = std::max(axes.largest, *data.breach_bytes);
  axes.x = {.from = 0,
            .to = static_cast<double>(axes.largest) * 1.06,
            .start = 62,
            .end = columns_of(width) - 6};
  axes.y = {.from = 0, .to = ms(axes.longest) * 1.06, .start = kTop + kPlot, .end = kTop};
  return axes;
}

/// Where a line of that speed from zero leaves the picture: at its right edge or at its top.
std::string edge_of(double speed, const Axes& axes) {
  const double at_right = speed * axes.x.to;
  const double value = at_right <= axes.y.to ? axes.x.to : axes.y.to / speed;
  return number(axes.x(value)) + " " + number(axes.y(value * speed));
}

void draw_cone(Drawing& drawing, const std::vector<SizePoint>& points, const Axes& axes) {
  const Speeds speeds = speeds_of(points);
  const std::string zero = "M" + number(axes.x.start) + " " + number(axes.y.start) + "L";
  std::string cone = zero + edge_of(speeds.slow, axes);
  const bool over_the_corner =
      speeds.slow * axes.x.to > axes.y.to && speeds.fast * axes.x.to < axes.y.to;
  if (over_the_corner) cone += "L" + number(axes.x.end) + " " + number(axes.y.end);
  drawing.path(cone + "L" + edge_of(speeds.fast, axes) + "Z", "cone");
  drawing.path(zero + edge_of(speeds.middle, axes), "thread");
}

void draw_objective(Drawing& drawing, const SizeAgainstTime& data, const Axes& axes) {
  const std::string label = "objective " + span(*data.objective);
  if (!axes.shows_objective) {
    drawing.text(axes.x.start, 12, label + ", far above this scale", "goal-label");
    return;
  }
  const double y = axes.y(ms(*data.objective));
  drawing.line(axes.x.start, y, axes.x.end, y, "goal");
  drawing.text(axes.x.start + 2, y - 6, label, "goal-label");
  if (!axes.shows_breach) return;
  const double x = axes.x(static_cast<double>(*data.breach_bytes));
  drawing.mark(x, y, "crossing");
  drawing.line(x, y + 5, x, axes.y.start, "drop");
  const double room = x - axes.x.start - 16;
  drawing.text(x - 8, y + 18, fitted(data.breach_label, kFontSize, room), "strong", Anchor::end);
}

}  // namespace

std::string size_chart(const SizeAgainstTime& data, Width width) {
  if (data.points.size() < 2) return {};
  const Axes axes = axes_of(data, width);
  std::string description = plural(data.points.size(), "restore") + ", the largest of " +
                            human_bytes(axes.largest) + ", the longest " + span(axes.longest) + ".";
  if (!data.breach_label.empty()) description += " " + data.breach_label + ".";
  Drawing drawing("sizes", "Size against recovery time", description, width, kTop + kPlot + 24);
  drawing.rules_across(axes.x.start, axes.x.end, axes.y, duration_ticks(axes.longest, 5));
  draw_cone(drawing, data.points, axes);
  if (data.objective) draw_objective(drawing, data, axes);
  std::string dots;
  for (const SizePoint& point : data.points) {
    const double x = axes.x(static_cast<double>(point.size_bytes));
    const double y = axes.y(ms(point.took));
    if (data.points.size() > 60 && point.mark == "passed") {
      dots += "M" + number(x) + " " + number(y) + "h0";
    } else {
      drawing.mark(x, y, point.mark, width == Width::wide ? point.told : std::string());
    }
  }
  if (!dots.empty()) drawing.path(dots, "dots");
  const std::size_t most = width == Width::wide ? 8 : 4;
  drawing.axis_below(axes.y.start, axes.x, byte_ticks(axes.largest, most));
  return std::move(drawing).finish();
}

}  // namespace lifeboat::report
