#include "drill/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::drill {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Instant at(const std::string& text) { return parse_instant(text).value(); }
Seconds second(const std::string& text) {
  return std::chrono::floor<std::chrono::seconds>(at(text));
}
std::string text(Seconds time) { return to_rfc3339(Instant(time)).substr(0, 16); }

std::string refusal(const std::string& cron) {
  try {
    static_cast<void>(Cron::parse(cron));
  } catch (const Error& error) {
    return error.kind() == ErrorKind::usage ? error.message() : "of another kind";
  }
  return "accepted";
}

std::vector<std::string> next(const std::string& cron, const std::string& zone,
                              const std::string& from, int count) {
  const Cron parsed = Cron::parse(cron);
  const TimeZone place = TimeZone::load(zone);
  std::vector<std::string> fires;
  Seconds time = second(from);
  for (int i = 0; i < count; ++i) {
    time = parsed.next_after(time, place);
    fires.push_back(text(time));
  }
  return fires;
}

TEST(Cron, FiresAtListsRangesStepsAndNames) {
  EXPECT_THAT(next("0,30 8-9 * * mon", "UTC", "2026-11-20", 5),
              ElementsAre("2026-11-23T08:00", "2026-11-23T08:30", "2026-11-23T09:00",
                          "2026-11-23T09:30", "2026-11-30T08:00"));
  EXPECT_THAT(
      next("*/20 0 1 JAN-feb *", "UTC", "2026-12-31", 4),
      ElementsAre("2027-01-01T00:00", "2027-01-01T00:20", "2027-01-01T00:40", "2027-02-01T00:00"));
  EXPECT_THAT(next("5/30 3 * * 7", "UTC", "2026-11-20", 3),
              ElementsAre("2026-11-22T03:05", "2026-11-22T03:35", "2026-11-29T03:05"));
}

TEST(Cron, TakesADayThatFitsEitherFieldIfBothAreRestricted) {
  EXPECT_THAT(
      next("0 0 13 * fri", "UTC", "2026-11-01", 4),
      ElementsAre("2026-11-06T00:00", "2026-11-13T00:00", "2026-11-20T00:00", "2026-11-27T00:00"));
  EXPECT_THAT(next("0 0 15 * fri", "UTC", "2026-11-13", 3),
              ElementsAre("2026-11-15T00:00", "2026-11-20T00:00", "2026-11-27T00:00"));
}

TEST(Cron, FindsTheTwentyNinthOfFebruary) {
  EXPECT_THAT(next("0 0 29 2 *", "UTC", "2026-01-01", 2),
              ElementsAre("2028-02-29T00:00", "2032-02-29T00:00"));
}

TEST(Cron, RefusesWhatNeverFiresOrIsNoExpression) {
  EXPECT_THAT(refusal("0 0 31 feb *"), HasSubstr("never fires"));
  EXPECT_THAT(refusal("0 0 31 4,6,9,11 *"), HasSubstr("never fires"));
  EXPECT_THAT(refusal("60 * * * *"), HasSubstr("no minute"));
  EXPECT_THAT(refusal("0 24 * * *"), HasSubstr("no hour"));
  EXPECT_THAT(refusal("0 0 0 * *"), HasSubstr("day of the month"));
  EXPECT_THAT(refusal("0 0 * 13 *"), HasSubstr("month"));
  EXPECT_THAT(refusal("0 0 * * 8"), HasSubstr("day of the week"));
  EXPECT_THAT(refusal("0 0 * * someday"), HasSubstr("day of the week"));
  EXPECT_THAT(refusal("0 5-3 * * *"), HasSubstr("no hour"));
  EXPECT_THAT(refusal("*/0 * * * *"), HasSubstr("no minute"));
  EXPECT_THAT(refusal(", * * * *"), HasSubstr("no minute"));
  EXPECT_THAT(refusal("0 0 * *"), HasSubstr("has 4"));
  EXPECT_THAT(refusal("@daily"), HasSubstr("has 1"));
}

TEST(Cron, FiresOnceWhereClocksGoForwardAndOnceWhereTheyGoBack) {
  // Berlin: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
  EXPECT_THAT(next("30 2 * * *", "Europe/Berlin", "2026-03-28", 3),
              ElementsAre("2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"));
  EXPECT_THAT(next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", 2),
              ElementsAre("2026-10-25T00:30", "2026-10-26T01:30"));
  // New York: 2026-03-08 02:00 becomes 03:00, 2026-11-01 02:00 becomes 01:00.
  EXPECT_THAT(next("30 2 * * *", "America/New_York", "2026-03-07T12:00", 2),
              ElementsAre("2026-03-08T07:00", "2026-03-09T06:30"));
  EXPECT_THAT(next("30 1 * * *", "America/New_York", "2026-10-31T12:00", 2),
              ElementsAre("2026-11-01T05:30", "2026-11-02T06:30"));
}

TEST(Cron, OfEveryHourFiresByElapsedTime) {
  EXPECT_THAT(
      next("0 * * * *", "Europe/Berlin", "2026-10-24T23:30", 4),
      ElementsAre("2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00", "2026-10-25T03:00"));
  EXPECT_THAT(next("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:30", 3),
              ElementsAre("2026-03-29T01:00", "2026-03-29T01:30", "2026-03-29T02:00"));
}

TEST(Cron, LooksBackToTheTimeThatNextGives) {
  const TimeZone berlin = TimeZone::load("Europe/Berlin");
  for (const char* expression : {"30 2 * * *", "0 * * * *", "15 2 1 * *", "7 3 * * sun"}) {
    const Cron cron = Cron::parse(expression);
    Seconds time = second("2026-01-01");
    for (int i = 0; i < 60; ++i) {
      const Seconds fires = cron.next_after(time, berlin);
      EXPECT_EQ(cron.last_until(fires, berlin), fires) << expression;
      EXPECT_LE(cron.last_until(fires - 1s, berlin), time) << expression;
      time = fires;
    }
  }
}

TEST(TimeZone, KnowsYearsBehindItsTable) {
  const TimeZone berlin = TimeZone::load("Europe/Berlin");
  EXPECT_EQ(berlin.offset_at(second("2060-07-01")), 2h);
  EXPECT_EQ(berlin.offset_at(second("2060-01-01")), 1h);
  EXPECT_EQ(berlin.offset_at(second("2060-03-28T00:59")), 1h);
  EXPECT_EQ(berlin.offset_at(second("2060-03-28T01:00")), 2h);
  const TimeZone sydney = TimeZone::load("Australia/Sydney");
  EXPECT_EQ(sydney.offset_at(second("2060-01-01")), 11h);
  EXPECT_EQ(sydney.offset_at(second("2060-07-01")), 10h);
  EXPECT_EQ(TimeZone::load("Asia/Kolkata").offset_at(second("2026-01-01")), 5h + 30min);
}

TEST(TimeZone, RefusesNamesThatLeaveItsFolder) {
  for (const char* name : {"../../etc/passwd", "/etc/localtime", "", "Europe/Bremen", "Europe"}) {
    EXPECT_THROW(static_cast<void>(TimeZone::load(name)), Error) << name;
  }
}

TEST(TimeZone, IsCorruptWhereItsFileIsCutShort) {
  EXPECT_THROW(static_cast<void>(TimeZone::parse(as_bytes("TZif2"), "x")), Error);
  EXPECT_THROW(static_cast<void>(YearlyRule::parse("CET-1CEST,M3.6.0,M10.5.0/3")), Error);
  EXPECT_THROW(static_cast<void>(YearlyRule::parse("CET-1CEST,M3.5.0")), Error);
}

Schedule schedule(const std::string& cron, std::vector<std::string> blackout,
                  std::chrono::seconds min_interval = 0s) {
  config::ScenarioSchedule section;
  section.cron = cron;
  section.tz = "Europe/Berlin";
  section.blackout = std::move(blackout);
  section.min_interval = min_interval;
  return Schedule::of(section, "x.toml");
}

std::vector<std::string> due(const Schedule& schedule, const std::string& after,
                             const std::string& until, std::size_t most = 100) {
  std::vector<std::string> names;
  for (const Instant time : schedule.due_between(at(after), at(until), most, at(after))) {
    names.push_back(due_text(time));
  }
  return names;
}

TEST(Schedule, LeavesOutBlackoutsByDateAndByHours) {
  EXPECT_THAT(due(schedule("0 12 * * *", {"2026-12-21/2026-12-23"}), "2026-12-19T12:00",
                  "2026-12-25T00:00"),
              ElementsAre("20261220t1100z", "20261224t1100z"));
  EXPECT_THAT(
      due(schedule("0 */6 * * *", {"mon-fri 08:00-19:00"}), "2026-11-22T18:00", "2026-11-24T00:00"),
      ElementsAre("20261122t2300z", "20261123t0500z", "20261123t2300z"));
  EXPECT_THAT(
      due(schedule("0 */2 * * *", {"daily 22:00-05:00"}), "2026-11-22T20:00", "2026-11-23T06:00"),
      ElementsAre("20261123t0500z"));
}

TEST(Schedule, KeepsTheLeastIntervalAndTheNewestOfMany) {
  EXPECT_THAT(due(schedule("0 0 * * *", {}, 48h), "2026-11-22T23:00", "2026-11-28T00:00"),
              ElementsAre("20261124t2300z", "20261126t2300z"));
  EXPECT_THAT(due(schedule("0 0 * * *", {}), "2026-11-01T23:00", "2026-11-28T00:00", 2),
              ElementsAre("20261126t2300z", "20261127t2300z"));
}

TEST(Schedule, RefusesBlackoutsThatAreNoneAndNamesTheLine) {
  for (const char* text : {"2026-12-23/2026-12-21", "mon 08:00", "moo 08:00-09:00",
                           "2026-02-30/2026-03-01", "mon 25:00-26:00"}) {
    EXPECT_THROW(static_cast<void>(Blackout::parse(text)), Error) << text;
  }
  config::ScenarioSchedule section;
  section.cron = "0 0 31 feb *";
  section.cron_line = 12;
  try {
    static_cast<void>(Schedule::of(section, "x.toml"));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("x.toml:12: the cron expression"));
  }
}

TEST(Schedule, NamesDueTimesAndReadsThemBack) {
  EXPECT_EQ(due_text(at("2026-11-23T01:15:00Z")), "20261123t0115z");
  EXPECT_EQ(parse_due("20261123t0115z"), at("2026-11-23T01:15:00Z"));
  for (const char* name : {"20261123t0115", "20261323t0115z", "2026112_t0115z", "", "latest"}) {
    EXPECT_EQ(parse_due(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace lifeboat::drill
