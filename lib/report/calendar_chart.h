#ifndef LIFEBOAT_REPORT_CALENDAR_CHART_H_
#define LIFEBOAT_REPORT_CALENDAR_CHART_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/drawing.h"

namespace lifeboat::report {

/// A day on which a drill ran or was due.
struct CalendarDay {
  std::chrono::sys_days day;
  std::string_view mark;  ///< of the worst verdict of that day
  std::size_t drills = 1;
  std::string told;
};

struct Calendar {
  std::chrono::year_month from;
  std::chrono::sys_days today;
  std::vector<CalendarDay> days;  ///< each once, any order
};

/// A row a month, a column a day; what was due and did not run is a hole. Empty without days.
[[nodiscard]] std::string calendar_chart(const Calendar& calendar, Width width);

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_CALENDAR_CHART_H_
