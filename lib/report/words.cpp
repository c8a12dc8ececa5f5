#include "report/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/units.h"

namespace lifeboat::report {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

std::string_view name_of(month month) { return kMonths.at(static_cast<unsigned>(month) - 1); }

std::string two_units(long long whole, long long part, const char* large, const char* small) {
  const std::string text = std::to_string(whole) + " " + large;
  return part == 0 ? text : text + " " + std::to_string(part) + " " + small;
}

}  // namespace

std::string span(milliseconds duration) {
  if (duration < 59'950ms) {
    const double tenths =
        std::ceil(static_cast<double>(std::max(duration, 0ms).count()) / 100) / 10;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), tenths == std::floor(tenths) ? "%.0f s" : "%.1f s",
                  tenths);
    return text.data();
  }
  const auto s = ceil<seconds>(duration).count();
  if (s < 3600) return two_units(s / 60, s % 60, "min", "s");
  const auto min = ceil<minutes>(duration).count();
  if (min < 48L * 60) return two_units(min / 60, min % 60, "h", "min");
  const auto h = ceil<hours>(duration).count();
  return two_units(h / 24, h % 24, "d", "h");
}

std::string coarse_span(milliseconds duration) {
  if (duration <= 99s) return std::to_string(ceil<seconds>(duration).count()) + " s";
  if (duration <= 99min) return std::to_string(ceil<minutes>(duration).count()) + " min";
  if (duration <= 48h) return std::to_string(ceil<hours>(duration).count()) + " h";
  return std::to_string(ceil<days>(duration).count()) + " d";
}

std::string of_objective(milliseconds measured, milliseconds objective) {
  const bool in_minutes = measured > 99s && measured <= 99min && objective <= 99min &&
                          objective >= 2min && objective % minutes(1) == 0ms;
  if (!in_minutes) return span(measured) + " of " + span(objective);
  return coarse_span(measured) + " of " + std::to_string(floor<minutes>(objective).count());
}

std::string per_cent(milliseconds part, milliseconds whole) {
  if (whole <= 0ms) return "–";
  const double share =
      100.0 * static_cast<double>(part.count()) / static_cast<double>(whole.count());
  return human_count(static_cast<std::uint64_t>(std::ceil(std::max(share, 0.0)))) + " %";
}

std::string month_name(month month) { return std::string(name_of(month).substr(0, 3)); }

std::string day_and_month(sys_days day) {
  const year_month_day date(day);
  return std::to_string(static_cast<unsigned>(date.day())) + " " + month_name(date.month());
}

std::string long_date(Instant instant) {
  const year_month_day date(floor<days>(instant));
  return std::to_string(static_cast<unsigned>(date.day())) + " " +
         std::string(name_of(date.month())) + " " + std::to_string(static_cast<int>(date.year()));
}

}  // namespace lifeboat::report
