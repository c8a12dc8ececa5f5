#include "report/scale.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/units.h"
#include "report/markup.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

using namespace std::chrono;

constexpr double kSecond = 1000;
constexpr double kMinute = 60 * kSecond;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;

std::string duration_label(double value, double step, double end) {
  if (value == 0) return "0";
  if (step < kMinute) return number(value / kSecond) + " s";
  if (step < kHour && end < 3.3 * kHour) return number(value / kMinute) + " min";
  if (step < kDay) return number(value / kHour) + " h";
  return number(value / kDay) + " d";
}

/// 1, 2 or 5 times a power of ten, the least that is not below.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least) return factor * power;
  }
  return 10 * power;
}

double duration_step(double least) {
  static constexpr std::array<double, 23> kSteps = {
      100,          200,          500,          kSecond,  2 * kSecond, 5 * kSecond,
      10 * kSecond, 15 * kSecond, 30 * kSecond, kMinute,  2 * kMinute, 5 * kMinute,
      10 * kMinute, 15 * kMinute, 30 * kMinute, kHour,    2 * kHour,   3 * kHour,
      6 * kHour,    12 * kHour,   kDay,         2 * kDay, 5 * kDay};
  for (const double step : kSteps) {
    if (step >= least) return step;
  }
  return round_step(least / kDay) * kDay;
}

/// The steps of a time axis, shortest first.
enum class Unit { hour, day, week, month, year };
struct Step {
  Unit unit;
  int count;
};
constexpr std::array<Step, 15> kTimeSteps = {{{Unit::hour, 1},
                                              {Unit::hour, 3},
                                              {Unit::hour, 6},
                                              {Unit::hour, 12},
                                              {Unit::day, 1},
                                              {Unit::day, 2},
                                              {Unit::week, 1},
                                              {Unit::week, 2},
                                              {Unit::month, 1},
                                              {Unit::month, 2},
                                              {Unit::month, 3},
                                              {Unit::month, 6},
                                              {Unit::year, 1},
                                              {Unit::year, 2},
                                              {Unit::year, 5}}};

Instant midnight(sys_days day) { return Instant(day); }

/// The step's first moment that is not before `from`.
Instant first_at(Instant from, Step step) {
  const sys_days today = floor<days>(from);
  const auto up = [from](Instant moment, milliseconds by) {
    return moment < from ? moment + by : moment;
  };
  const year_month_day date(today);
  switch (step.unit) {
    case Unit::hour: {
      Instant moment = midnight(today);
      while (moment < from) moment += hours(step.count);
      return moment;
    }
    case Unit::day:
      return up(midnight(today), days(1));
    case Unit::week:
      return up(midnight(today - (weekday(today) - Monday)), weeks(1));
    case Unit::month: {
      const auto number =
          (static_cast<unsigned>(date.month()) - 1) / static_cast<unsigned>(step.count);
      year_month month(date.year(),
                       std::chrono::month(number * static_cast<unsigned>(step.count) + 1));
      if (midnight(sys_days(month / 1)) < from) month += months(step.count);
      return midnight(sys_days(month / 1));
    }
    case Unit::year: {
      std::chrono::year year(static_cast<int>(date.year()) / step.count * step.count);
      while (midnight(sys_days(year / January / 1)) < from) year += years(step.count);
      return midnight(sys_days(year / January / 1));
    }
  }
  return from;
}

Instant next_after(Instant moment, Step step) {
  const year_month_day date(floor<days>(moment));
  switch (step.unit) {
    case Unit::hour:
      return moment + hours(step.count);
    case Unit::day:
      return moment + days(step.count);
    case Unit::week:
      return moment + weeks(step.count);
    case Unit::month:
      return midnight(sys_days((year_month(date.year(), date.month()) + months(step.count)) / 1));
    case Unit::year:
      return midnight(sys_days((date.year() + years(step.count)) / January / 1));
  }
  return moment;
}

/// The year stands where it begins, and at the first tick of an axis that has no such place.
std::string time_label(Instant moment, Step step, bool names_year) {
  const sys_days day = floor<days>(moment);
  const year_month_day date(day);
  const std::string year = std::to_string(static_cast<int>(date.year()));
  switch (step.unit) {
    case Unit::hour:
      return moment == midnight(day)
                 ? day_and_month(day)
                 : std::to_string(floor<hours>(moment - midnight(day)).count()) + ":00";
    case Unit::day:
    case Unit::week:
      return day_and_month(day) + (names_year ? " " + year : "");
    case Unit::month:
      return month_name(date.month()) + (names_year ? " " + year : "");
    case Unit::year:
      return year;
  }
  return year;
}

std::vector<Tick> ticks_of(Instant from, Instant to, Step step) {
  std::vector<Tick> ticks;
  std::optional<int> year;
  for (Instant at = first_at(from, step); at <= to; at = next_after(at, step)) {
    if (ticks.size() > 200) break;  // far too many for any width
    const int this_year = static_cast<int>(year_month_day(floor<days>(at)).year());
    ticks.push_back({static_cast<double>(at.time_since_epoch().count()),
                     time_label(at, step, year != this_year)});
    year = this_year;
  }
  return ticks;
}

bool fit(const std::vector<Tick>& ticks, const Scale& scale, double font_size) {
  double taken = -1e9;
  for (const Tick& tick : ticks) {
    const double half = text_width(tick.label, font_size) / 2;
    if (scale(tick.value) - half < taken + font_size) return false;
    taken = scale(tick.value) + half;
  }
  return true;
}

}  // namespace

std::vector<Tick> duration_ticks(milliseconds longest, std::size_t most) {
  const auto end = static_cast<double>(std::max<milliseconds::rep>(longest.count(), 1));
  const double step = duration_step(end / static_cast<double>(most - 1));
  std::vector<Tick> ticks;
  for (double value = 0; value <= end; value += step) {
    ticks.push_back({value, duration_label(value, step, end)});
  }
  return ticks;
}

std::vector<Tick> byte_ticks(std::uint64_t largest, std::size_t most) {
  const double end = static_cast<double>(std::max<std::uint64_t>(largest, 1));
  const double step = std::max(1.0, round_step(end / static_cast<double>(most - 1)));
  std::vector<Tick> ticks;
  for (double value = 0; value <= end; value += step) {
    ticks.push_back({value, value == 0 ? "0" : human_bytes(static_cast<std::uint64_t>(value))});
  }
  return ticks;
}

std::vector<Tick> time_ticks(Instant from, Instant to, double width, double font_size) {
  const Scale scale{.from = static_cast<double>(from.time_since_epoch().count()),
                    .to = static_cast<double>(to.time_since_epoch().count()),
                    .start = 0,
                    .end = width};
  for (const Step step : kTimeSteps) {
    std::vector<Tick> ticks = ticks_of(from, to, step);
    if (fit(ticks, scale, font_size)) return ticks;
  }
  return {};
}

}  // namespace lifeboat::report
