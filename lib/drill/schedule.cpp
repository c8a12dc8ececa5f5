#include "drill/schedule.h"

#include <algorithm>
#include <deque>
#include <regex>

#include "base/error.h"

namespace lifeboat::drill {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed",
                                                       "thu", "fri", "sat"};

[[noreturn]] void refuse(const std::string& text) {
  throw Error(ErrorKind::usage, "\"" + text + "\" is no blackout",
              "\"2026-12-20/2027-01-02\" or \"mon-fri 08:00-18:00\"");
}

local_days date_of(const std::string& text, const std::string& whole) {
  const auto instant = parse_instant(text);
  if (!instant) refuse(whole);
  return local_days(std::chrono::floor<days>(*instant).time_since_epoch());
}

std::size_t weekday_of(const std::string& word, const std::string& whole) {
  const auto at = std::ranges::find(kWeekdays, word);
  if (at == kWeekdays.end()) refuse(whole);
  return static_cast<std::size_t>(at - kWeekdays.begin());
}

std::bitset<7> weekdays_of(const std::string& text, const std::string& whole) {
  std::bitset<7> set;
  if (text == "daily") return set.set();
  std::size_t from = 0;
  while (true) {
    const auto comma = text.find(',', from);
    const std::string item = text.substr(from, comma - from);
    const auto dash = item.find('-');
    const std::size_t first = weekday_of(item.substr(0, dash), whole);
    const std::size_t last =
        dash == std::string::npos ? first : weekday_of(item.substr(dash + 1), whole);
    for (std::size_t day = first;; day = (day + 1) % 7) {  // "fri-mon" goes over the week's end
      set.set(day);
      if (day == last) break;
    }
    if (comma == std::string::npos) return set;
    from = comma + 1;
  }
}

Instant to_instant(Seconds time) { return Instant(time); }
Seconds to_seconds(Instant time) { return std::chrono::floor<std::chrono::seconds>(time); }

template <typename Read>
auto at_line(const std::string& file, int line, Read&& read) {
  try {
    return read();
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, file + ":" + std::to_string(line) + ": " + error.message(),
                error.hint());
  }
}

}  // namespace

Blackout Blackout::parse(const std::string& text) {
  static const std::regex dates(R"((\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d))");
  static const std::regex hours(
      R"(([a-z,-]+) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d))");
  Blackout blackout;
  std::smatch part;
  if (std::regex_match(text, part, dates)) {
    blackout.dates_ = {date_of(part[1], text), date_of(part[2], text)};
    if (blackout.dates_->second < blackout.dates_->first) refuse(text);
    return blackout;
  }
  if (!std::regex_match(text, part, hours)) refuse(text);
  blackout.weekdays_ = weekdays_of(part[1], text);
  const auto time = [&](std::size_t at) {
    return std::chrono::hours(std::stoi(part[at])) + minutes(std::stoi(part[at + 1]));
  };
  blackout.begin_ = time(2);
  blackout.end_ = time(4);
  if (blackout.end_ <= blackout.begin_) blackout.end_ += days(1);
  return blackout;
}

bool Blackout::covers(LocalSeconds local) const {
  const auto day = std::chrono::floor<days>(local);
  if (dates_) return day >= dates_->first && day <= dates_->second;
  for (const auto begun : {day - days(1), day}) {
    if (!weekdays_[std::chrono::weekday(begun).c_encoding()]) continue;
    const auto since = local - LocalSeconds(begun);
    if (since >= begin_ && since < end_) return true;
  }
  return false;
}

Schedule Schedule::of(const config::ScenarioSchedule& section, const std::string& file) {
  Schedule schedule{
      .cron = at_line(file, section.cron_line, [&] { return Cron::parse(section.cron); }),
      .zone = at_line(file, section.tz_line, [&] { return TimeZone::load(section.tz); }),
      .min_interval = section.min_interval,
      .start_within = section.start_within,
      .max_runtime = section.max_runtime};
  for (const std::string& text : section.blackout) {
    schedule.blackouts.push_back(
        at_line(file, section.blackout_line, [&] { return Blackout::parse(text); }));
  }
  return schedule;
}

Schedule Schedule::of_snapshots(const std::string& cron, const std::string& zone) {
  return {.cron = Cron::parse(cron), .zone = TimeZone::load(zone)};
}

std::vector<Instant> Schedule::due_between(Instant after, Instant until, std::size_t most,
                                           std::optional<Instant> taken) const {
  std::deque<Seconds> fires;  // oldest first
  Seconds time = cron.last_until(to_seconds(until), zone);
  while (to_instant(time) > after && fires.size() < most) {
    const LocalSeconds local = zone.local(time);
    const bool dark = std::ranges::any_of(
        blackouts, [&](const Blackout& blackout) { return blackout.covers(local); });
    if (!dark) fires.push_front(time);
    time = cron.last_until(time - std::chrono::seconds(1), zone);
  }
  std::vector<Instant> due;
  for (const Seconds fire : fires) {
    const Instant at = to_instant(fire);
    if (min_interval.count() > 0 && taken && at - *taken < min_interval) continue;
    due.push_back(at);
    taken = at;
  }
  return due;
}

Instant Schedule::next_after(Instant time) const {
  Seconds next = cron.next_after(to_seconds(time), zone);
  // A blackout ends; one that covers every time there is would go on for ever.
  for (int tries = 0; tries < 100'000; ++tries) {
    const LocalSeconds local = zone.local(next);
    if (std::ranges::none_of(blackouts, [&](const auto& each) { return each.covers(local); }))
      break;
    next = cron.next_after(next, zone);
  }
  return to_instant(next);
}

std::string due_text(Instant due) {
  std::string text;  // 2026-11-23T01:15:00.000Z
  for (const char c : to_rfc3339(due).substr(0, 16)) {
    if (c == 'T') text += 't';
    if (c >= '0' && c <= '9') text += c;
  }
  return text + "z";
}

std::optional<Instant> parse_due(std::string_view text) {
  if (text.size() != 14 || text[8] != 't' || text[13] != 'z') return std::nullopt;
  const std::string t(text);
  const auto instant = parse_instant(t.substr(0, 4) + "-" + t.substr(4, 2) + "-" + t.substr(6, 2) +
                                     "T" + t.substr(9, 2) + ":" + t.substr(11, 2) + ":00Z");
  return instant && due_text(*instant) == text ? instant : std::nullopt;
}

}  // namespace lifeboat::drill
