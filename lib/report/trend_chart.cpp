#include "report/trend_chart.h"

#include <algorithm>
#include <map>

#include "base/plural.h"
#include "report/markup.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

using std::chrono::milliseconds;

constexpr double kTop = 22;
constexpr double kPlot = 190;
constexpr double kFewPoints = 60;

double ms(milliseconds duration) { return static_cast<double>(duration.count()); }
double ms(Instant instant) { return static_cast<double>(instant.time_since_epoch().count()); }

struct Extent {
  milliseconds longest{1};  ///< of the measured
  std::optional<milliseconds> highest_objective;
  std::size_t measured = 0;
  bool has_gaps = false;

  /// Whether the objective is so far above what was measured that a common scale would show
  /// nothing but a flat line.
  [[nodiscard]] bool objective_is_far() const {
    return highest_objective && *highest_objective > 4 * longest;
  }
};

Extent extent_of(const Trend& trend) {
  Extent extent;
  for (const TrendPoint& point : trend.points) {
    if (point.measured) {
      ++extent.measured;
      extent.longest = std::max(extent.longest, *point.measured);
    } else {
      extent.has_gaps = true;
    }
    if (point.objective) {
      extent.highest_objective =
          std::max(extent.highest_objective.value_or(milliseconds(0)), *point.objective);
    }
  }
  return extent;
}

/// The objective as it was at each drill: a line with steps.
std::string objective_path(const Trend& trend, const Scale& x, const Scale& y) {
  std::string data;
  std::optional<milliseconds> last;
  for (const TrendPoint& point : trend.points) {
    if (!point.objective || point.objective == last) continue;
    if (!last) {
      data = "M" + number(x.start);
    } else {
      data += "H" + number(x(ms(point.at)));
    }
    data += last ? "V" + number(y(ms(*point.objective))) : " " + number(y(ms(*point.objective)));
    last = point.objective;
  }
  return data.empty() ? data : data + "H" + number(x.end);
}

std::string line_through(const Trend& trend, const Scale& x, const Scale& y) {
  std::string data;
  for (const TrendPoint& point : trend.points) {
    if (!point.measured) continue;
    data +=
        (data.empty() ? "M" : "L") + number(x(ms(point.at))) + " " + number(y(ms(*point.measured)));
  }
  return data;
}

/// A rule for each month at the middle one of its times.
std::string monthly_medians(const Trend& trend, const Scale& x, const Scale& y) {
  using namespace std::chrono;
  std::map<year_month, std::vector<milliseconds>> months;
  for (const TrendPoint& point : trend.points) {
    const year_month_day date(floor<days>(point.at));
    if (point.measured) months[date.year() / date.month()].push_back(*point.measured);
  }
  std::string data;
  for (auto& [month, times] : months) {
    std::ranges::sort(times);
    const double begin = ms(Instant(sys_days(month / 1)));
    const double end = ms(Instant(sys_days((month + std::chrono::months(1)) / 1)));
    data += "M" + number(x(std::clamp(begin, x.from, x.to))) + " " +
            number(y(ms(times[times.size() / 2]))) + "H" + number(x(std::clamp(end, x.from, x.to)));
  }
  return data;
}

void draw_points(Drawing& drawing, const Trend& trend, const Scale& x, const Scale& y,
                 double gaps_at, bool few, Width width) {
  std::string dots;
  for (const TrendPoint& point : trend.points) {
    const double left = x(ms(point.at));
    const double top = point.measured ? y(ms(*point.measured)) : gaps_at;
    if (!few && point.measured && point.mark == "passed") {
      dots += "M" + number(left) + " " + number(top) + "h0";
    } else {
      drawing.mark(left, top, point.mark, width == Width::wide ? point.told : std::string());
    }
  }
  if (!dots.empty()) drawing.path(dots, "dots");
}

std::string description_of(const Trend& trend, const Extent& extent) {
  std::string text = plural(extent.measured, "recovery time") + " from " +
                     day_and_month(std::chrono::floor<std::chrono::days>(trend.points.front().at)) +
                     " to " +
                     day_and_month(std::chrono::floor<std::chrono::days>(trend.points.back().at)) +
                     ", the longest " + span(extent.longest) + ". ";
  if (extent.highest_objective) text += "Objective " + span(*extent.highest_objective) + ".";
  return text;
}

}  // namespace

std::string trend_chart(const Trend& trend, Width width) {
  const Extent extent = extent_of(trend);
  if (extent.measured < 2) return {};
  const bool far = extent.objective_is_far();
  milliseconds highest = extent.longest;
  if (extent.highest_objective && !far) highest = std::max(highest, *extent.highest_objective);
  const double bottom = kTop + kPlot;
  const double axis = bottom + (extent.has_gaps ? 24 : 0);
  Drawing drawing("trend", "Recovery times of the last twelve months",
                  description_of(trend, extent), width, axis + 24);
  const Scale x{
      .from = ms(trend.from), .to = ms(trend.to), .start = 62, .end = columns_of(width) - 6};
  const Scale y{.from = 0, .to = ms(highest) * 1.06, .start = bottom, .end = kTop};
  drawing.rules_across(x.start, x.end, y, duration_ticks(highest, 5));
  if (extent.highest_objective) {
    const std::string label = "objective " + span(*extent.highest_objective);
    if (far) {
      drawing.text(x.end, 12, label + ", far above this scale", "goal-label", Anchor::end);
    } else {
      drawing.path(objective_path(trend, x, y), "goal");
      drawing.text(x.end, y(ms(*extent.highest_objective)) - 6, label, "goal-label", Anchor::end);
    }
  }
  const bool few = static_cast<double>(trend.points.size()) <= kFewPoints;
  drawing.path(few ? line_through(trend, x, y) : monthly_medians(trend, x, y), "thread");
  if (extent.has_gaps) drawing.text(x.start - 6, bottom + 16, "no time", {}, Anchor::end);
  draw_points(drawing, trend, x, y, bottom + 12, few, width);
  drawing.axis_below(axis, x, time_ticks(trend.from, trend.to, x.end - x.start, kFontSize));
  return std::move(drawing).finish();
}

}  // namespace lifeboat::report
