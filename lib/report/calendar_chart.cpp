#include "report/calendar_chart.h"

#include <algorithm>

#include "base/plural.h"
#include "report/markup.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

using namespace std::chrono;

struct Grid {
  double left = 0;
  double column = 0;
  double row = 0;
  double top = 18;

  [[nodiscard]] double x(unsigned day) const { return left + column * (day - 0.5); }
  [[nodiscard]] double y(std::size_t month) const {
    return top + row * (static_cast<double>(month) + 0.5);
  }
};

Grid grid_of(Width width) {
  const double left = width == Width::wide ? 74 : 34;
  const double column = (columns_of(width) - left) / 31;
  return {.left = left, .column = column, .row = std::clamp(column, 15.0, 19.0) + 1};
}

/// The days that a month has, up to today, as faint points: what is beyond them is no gap.
std::string empty_days(const Calendar& calendar, const Grid& grid, year_month month,
                       std::size_t row) {
  std::string dots;
  const auto last = static_cast<unsigned>((month / std::chrono::last).day());
  for (unsigned number_of_day = 1; number_of_day <= last; ++number_of_day) {
    const sys_days date = month / day(number_of_day);
    const bool taken = std::ranges::any_of(
        calendar.days, [date](const CalendarDay& entry) { return entry.day == date; });
    if (taken || date > calendar.today) continue;
    dots += "M" + number(grid.x(number_of_day)) + " " + number(grid.y(row)) + "h0";
  }
  return dots;
}

std::string row_label(year_month month, bool names_year, Width width) {
  const std::string name = month_name(month.month());
  if (!names_year) return name;
  const std::string year = std::to_string(static_cast<int>(month.year()));
  return width == Width::wide ? name + " " + year : name;
}

std::string description_of(const Calendar& calendar) {
  const auto holes = std::ranges::count_if(
      calendar.days, [](const CalendarDay& entry) { return entry.mark == "missed"; });
  return plural(calendar.days.size(), "day") + " on which a drill ran or was due; on " +
         std::to_string(holes) + " of them one was missed.";
}

}  // namespace

std::string calendar_chart(const Calendar& calendar, Width width) {
  if (calendar.days.empty()) return {};
  const year_month_day today(calendar.today);
  const year_month end = today.year() / today.month();
  const auto rows = static_cast<std::size_t>((end - calendar.from).count()) + 1;
  const Grid grid = grid_of(width);
  Drawing drawing("calendar", "Every day with a drill", description_of(calendar), width,
                  grid.y(rows) - grid.row / 2 + 2);
  for (const unsigned day : {1U, 5U, 10U, 15U, 20U, 25U, 31U}) {
    drawing.text(std::min(grid.x(day), columns_of(width) - text_width("31", kFontSize) / 2), 11,
                 std::to_string(day), {}, Anchor::middle);
  }
  std::string dots;
  for (std::size_t row = 0; row < rows; ++row) {
    const year_month month = calendar.from + months(static_cast<int>(row));
    const bool names_year = row == 0 || month.month() == January;
    drawing.text(0, grid.y(row) + 4, row_label(month, names_year, width), {});
    dots += empty_days(calendar, grid, month, row);
  }
  if (!dots.empty()) drawing.path(dots, "empty");
  for (const CalendarDay& entry : calendar.days) {
    const year_month_day date(entry.day);
    const auto row = (date.year() / date.month() - calendar.from).count();
    if (row < 0 || static_cast<std::size_t>(row) >= rows) continue;
    drawing.mark(grid.x(static_cast<unsigned>(date.day())), grid.y(static_cast<std::size_t>(row)),
                 entry.mark, width == Width::wide ? entry.told : std::string());
  }
  return std::move(drawing).finish();
}

}  // namespace lifeboat::report
