#include "drill/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include "base/error.h"

namespace lifeboat::drill {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::year_month_day;

/// Every date with its weekday comes back after so long, leap years of the centuries aside.
constexpr days kHorizon{28 * 366};

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed",
                                                       "thu", "fri", "sat"};

struct FieldForm {
  const char* name;
  unsigned least;
  unsigned most;
  std::span<const std::string_view> words;
};

[[noreturn]] void refuse(const FieldForm& form, const std::string& text) {
  throw Error(ErrorKind::usage, "\"" + text + "\" is no " + form.name + " of a cron expression",
              std::to_string(form.least) + " to " + std::to_string(form.most) +
                  ", *, ranges A-B, lists A,B and steps */N" +
                  (form.words.empty() ? "" : ", and the names' first three letters"));
}

unsigned number_in(const FieldForm& form, std::string_view word, const std::string& text) {
  std::string lower(word);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto named = std::ranges::find(form.words, lower);
  if (named != form.words.end()) {
    return form.least + static_cast<unsigned>(named - form.words.begin());
  }
  unsigned value = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
  const bool whole = read.ec == std::errc() && read.ptr == word.data() + word.size();
  if (!whole || value < form.least || value > form.most) refuse(form, text);
  return value;
}

/// One of the list's items: "*", "N", "A-B", each with "/STEP".
template <std::size_t N>
void set_item(const FieldForm& form, std::string_view item, const std::string& text,
              std::bitset<N>& bits) {
  unsigned step = 1;
  const auto slash = item.find('/');
  if (slash != std::string_view::npos) {
    FieldForm steps{form.name, 1, form.most, {}};
    step = number_in(steps, item.substr(slash + 1), text);
    item = item.substr(0, slash);
  }
  unsigned first = form.least;
  unsigned last = form.most;
  const auto dash = item.find('-');
  if (dash != std::string_view::npos) {
    first = number_in(form, item.substr(0, dash), text);
    last = number_in(form, item.substr(dash + 1), text);
    if (first > last) refuse(form, text);
  } else if (item != "*") {
    first = number_in(form, item, text);
    if (slash == std::string_view::npos) last = first;
  }
  for (unsigned value = first; value <= last; value += step) bits.set(value);
}

template <std::size_t N>
void set_field(const FieldForm& form, const std::string& text, std::bitset<N>& bits) {
  std::size_t from = 0;
  while (true) {
    const auto comma = text.find(',', from);
    set_item(form, std::string_view(text).substr(from, comma - from), text, bits);
    if (comma == std::string::npos) return;
    from = comma + 1;
  }
}

}  // namespace

Cron Cron::parse(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::string> fields;
  for (std::string word; words >> word;) fields.push_back(word);
  if (fields.size() != 5) {
    throw Error(
        ErrorKind::usage,
        "a cron expression has 5 fields, and \"" + text + "\" has " + std::to_string(fields.size()),
        "minute, hour, day of month, month, day of week: \"15 2 * * sun\"");
  }
  Cron cron;
  cron.text_ = text;
  set_field({"minute", 0, 59, {}}, fields[0], cron.minutes_);
  set_field({"hour", 0, 23, {}}, fields[1], cron.hours_);
  set_field({"day of the month", 1, 31, {}}, fields[2], cron.days_);
  set_field({"month", 1, 12, kMonths}, fields[3], cron.months_);
  set_field({"day of the week", 0, 7, kWeekdays}, fields[4], cron.weekdays_);
  if (cron.weekdays_[7]) cron.weekdays_.set(0);
  cron.any_day_ = fields[2].starts_with('*');
  cron.any_weekday_ = fields[4].starts_with('*');
  cron.by_elapsed_time_ = fields[0].starts_with('*') || fields[1].starts_with('*');
  // Throws if there is no such day in the calendar's whole period.
  static_cast<void>(
      cron.next_after(Seconds(local_days(std::chrono::year(2024) / 1 / 1).time_since_epoch()),
                      TimeZone::load("UTC")));
  return cron;
}

bool Cron::fits(local_days day) const {
  const year_month_day date(day);
  if (!months_[static_cast<unsigned>(date.month())]) return false;
  const bool by_date = days_[static_cast<unsigned>(date.day())];
  const bool by_weekday = weekdays_[std::chrono::weekday(day).c_encoding()];
  // "*/2" begins with a star and leaves days out all the same: then both must fit.
  if (any_day_ || any_weekday_) return by_date && by_weekday;
  return by_date || by_weekday;
}

std::vector<Seconds> Cron::fires_on(local_days day, const TimeZone& zone) const {
  std::vector<Seconds> fires;
  if (!fits(day)) return fires;
  if (by_elapsed_time_) {
    const Seconds end = zone.first_moment(LocalSeconds(day + days(1)));
    for (Seconds time = zone.first_moment(LocalSeconds(day)); time < end; time += minutes(1)) {
      const auto of_day = zone.local(time) - LocalSeconds(day);
      const auto minute = static_cast<std::size_t>(of_day / minutes(1));
      if (minute < 24 * 60 && hours_[minute / 60] && minutes_[minute % 60]) fires.push_back(time);
    }
    return fires;
  }
  for (unsigned hour = 0; hour < 24; ++hour) {
    for (unsigned minute = 0; hours_[hour] && minute < 60; ++minute) {
      if (!minutes_[minute]) continue;
      fires.push_back(
          zone.first_moment(LocalSeconds(day) + std::chrono::hours(hour) + minutes(minute)));
    }
  }
  std::ranges::sort(fires);
  fires.erase(std::ranges::unique(fires).begin(), fires.end());
  return fires;
}

Seconds Cron::next_after(Seconds time, const TimeZone& zone) const {
  const auto first = std::chrono::floor<days>(zone.local(time)) - days(1);
  for (auto day = first; day < first + kHorizon; day += days(1)) {
    const auto fires = fires_on(day, zone);
    const auto next = std::ranges::upper_bound(fires, time);
    if (next != fires.end()) return *next;
  }
  throw Error(ErrorKind::usage, "the cron expression \"" + text_ + "\" never fires",
              "there is no such day in that month");
}

Seconds Cron::last_until(Seconds time, const TimeZone& zone) const {
  const auto last = std::chrono::floor<days>(zone.local(time)) + days(1);
  for (auto day = last; day > last - kHorizon; day -= days(1)) {
    const auto fires = fires_on(day, zone);
    const auto behind = std::ranges::upper_bound(fires, time);
    if (behind != fires.begin()) return *std::prev(behind);
  }
  throw Error(ErrorKind::usage, "the cron expression \"" + text_ + "\" never fires");
}

}  // namespace lifeboat::drill
