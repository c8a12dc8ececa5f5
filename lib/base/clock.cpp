#include "base/clock.h"

#include <array>
#include <cstdio>

namespace lifeboat {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Reads exactly `digits` decimal digits from the front of `text`.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  unsigned value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take_char(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

struct Parts {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<milliseconds> time;
};

Parts split(Instant instant) {
  const auto day = std::chrono::floor<days>(instant);
  return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss<milliseconds>{instant - day}};
}

std::string print_date(const std::chrono::year_month_day& date) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

}  // namespace

Instant SystemClock::now() const {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(Instant instant) {
  const Parts parts = split(instant);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d.%03dZ",
                static_cast<int>(parts.time.hours().count()),
                static_cast<int>(parts.time.minutes().count()),
                static_cast<int>(parts.time.seconds().count()),
                static_cast<int>(parts.time.subseconds().count()));
  return print_date(parts.date) + text.data();
}

std::string to_minute(Instant instant) {
  const Parts parts = split(instant);
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), " %02d:%02d",
                static_cast<int>(parts.time.hours().count()),
                static_cast<int>(parts.time.minutes().count()));
  return print_date(parts.date) + text.data();
}

std::optional<Instant> parse_instant(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take_char(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take_char(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{*month}, std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  Instant instant = std::chrono::sys_days{date};
  if (text.empty()) return instant;

  if (!take_char(text, "Tt ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take_char(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  instant += hours{*hour} + minutes{*minute};
  if (take_char(text, ":")) {
    const auto second = take_number(text, 2);
    if (!second || *second > 59) return std::nullopt;
    instant += seconds{*second};
    if (take_char(text, ".")) {
      const auto milli = take_number(text, 3);
      if (!milli) return std::nullopt;
      instant += milliseconds{*milli};
    }
  }
  static_cast<void>(take_char(text, "Zz"));
  if (!text.empty()) return std::nullopt;
  return instant;
}

}  // namespace lifeboat
