#include "base/error.h"
#include "drill/time_zone.h"

namespace lifeboat::drill {

namespace {

using std::chrono::seconds;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

/// Reads a TZ string from left to right.
class YearlyRule::Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail();
  }

  void name() {
    if (take('<')) {
      const auto end = rest_.find('>');
      if (end == std::string_view::npos) fail();
      rest_.remove_prefix(end + 1);
      return;
    }
    const auto end = rest_.find_first_of("0123456789+-,");
    if (end == 0) fail();
    rest_.remove_prefix(std::min(end, rest_.size()));
  }

  int number() {
    if (rest_.empty() || !is_digit(rest_.front())) fail();
    int value = 0;
    while (!rest_.empty() && is_digit(rest_.front())) {
      value = value * 10 + (rest_.front() - '0');
      if (value > 1000) fail();
      rest_.remove_prefix(1);
    }
    return value;
  }

  /// [+-]hh[:mm[:ss]]
  seconds time() {
    const bool negative = take('-');
    if (!negative) static_cast<void>(take('+'));
    seconds value = std::chrono::hours(number());
    if (take(':')) value += std::chrono::minutes(number());
    if (take(':')) value += seconds(number());
    return negative ? -value : value;
  }

  Day day() {
    Day day;
    if (take('M')) {
      day.month = number();
      expect('.');
      day.week = number();
      expect('.');
      day.day = number();
      if (day.month < 1 || day.month > 12 || day.week < 1 || day.week > 5 || day.day > 6) fail();
    } else {
      day.kind = take('J') ? Day::Kind::julian_without_leap : Day::Kind::day_of_year;
      day.day = number();
    }
    if (take('/')) day.time = time();
    return day;
  }

  [[noreturn]] static void fail() {
    throw Error(ErrorKind::corrupt, "the rule behind a time zone's table cannot be read");
  }

 private:
  std::string_view rest_;
};

YearlyRule YearlyRule::parse(std::string_view text) {
  Reader reader(text);
  YearlyRule rule;
  reader.name();
  rule.standard_ = -reader.time();
  rule.summer_ = rule.standard_ + std::chrono::hours(1);
  if (reader.at_end()) return rule;
  rule.has_summer_ = true;
  reader.name();
  if (!reader.next_is(',')) rule.summer_ = -reader.time();
  reader.expect(',');
  rule.begins_ = reader.day();
  reader.expect(',');
  rule.ends_ = reader.day();
  if (!reader.at_end()) Reader::fail();
  return rule;
}

LocalSeconds YearlyRule::Day::in(std::chrono::year year) const {
  using std::chrono::days;
  using std::chrono::local_days;
  const local_days first(year / std::chrono::January / 1);
  switch (kind) {
    case Kind::julian_without_leap: {
      const bool behind_february = year.is_leap() && day >= 60;
      return first + days(day - 1 + (behind_february ? 1 : 0)) + time;
    }
    case Kind::day_of_year:
      return first + days(day) + time;
    case Kind::weekday_of_month:
      break;
  }
  const std::chrono::weekday weekday(static_cast<unsigned>(day));
  const std::chrono::month month_of_it(static_cast<unsigned>(month));
  const local_days date =
      week == 5 ? local_days(year / month_of_it / weekday[std::chrono::last])
                : local_days(year / month_of_it / weekday[static_cast<unsigned>(week)]);
  return date + time;
}

seconds YearlyRule::offset_at(Seconds time) const {
  if (!has_summer_) return standard_;
  const auto day = std::chrono::floor<std::chrono::days>(time + standard_);
  const std::chrono::year year = std::chrono::year_month_day(day).year();
  // Each end is told in the time that holds before it.
  const Seconds begin(begins_.in(year).time_since_epoch() - standard_);
  const Seconds end(ends_.in(year).time_since_epoch() - summer_);
  const bool summer = begin <= end ? time >= begin && time < end : time >= begin || time < end;
  return summer ? summer_ : standard_;
}

}  // namespace lifeboat::drill
