#include <gtest/gtest.h>

#include "drill_facts.h"
#include "report/calendar_chart.h"
#include "report/objective_bars.h"
#include "report/phase_chart.h"
#include "report/size_chart.h"
#include "report/trend_chart.h"

namespace lifeboat::report {
namespace {

using namespace std::chrono_literals;
using test::moment;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

const Instant kNow = moment("2026-11-23T07:41:00Z");

Trend trend_of(std::vector<TrendPoint> points) {
  return {.from = kNow - 24h * 365, .to = kNow, .points = std::move(points)};
}

TEST(Charts, AreNotDrawnWithoutSomethingToShow) {
  EXPECT_EQ(objective_bars({}, Width::wide), "");
  EXPECT_EQ(phase_chart({}, Width::wide), "");
  EXPECT_EQ(trend_chart(trend_of({}), Width::wide), "");
  EXPECT_EQ(trend_chart(trend_of({{kNow - 24h, 22min, 60min, "passed", ""},
                                  {kNow - 1h, std::nullopt, 60min, "missed", ""}}),
                        Width::wide),
            "");
  EXPECT_EQ(size_chart({.points = {{1000, 1s, "passed", ""}}, .objective = 60min}, Width::wide),
            "");
  EXPECT_EQ(calendar_chart({}, Width::narrow), "");
}

TEST(ObjectiveBars, SayInWordsWhatTheColourSays) {
  const std::string met = objective_bars({{"Recovery time", 22min, 60min}}, Width::wide);
  EXPECT_NE(met.find("22 min of 1 h · 37 %"), std::string::npos) << met;
  const std::string missed = objective_bars({{"Recovery time", 71min, 60min}}, Width::wide);
  EXPECT_NE(missed.find("missed by 11 min"), std::string::npos);
  const std::string unjudged = objective_bars({{"Exposure", 26h, 24h, false}}, Width::narrow);
  EXPECT_NE(unjudged.find("2 h above"), std::string::npos);
  EXPECT_EQ(unjudged.find("missed"), std::string::npos);
}

TEST(TrendChart, DrawsEveryRunOnce) {
  std::vector<TrendPoint> points;
  for (int day = 200; day > 0; --day)
    points.push_back({kNow - 24h * day, 20min, 60min, "passed", ""});
  points[50].mark = "failed";
  points[70] = {points[70].at, std::nullopt, 60min, "missed", ""};
  const std::string chart = trend_chart(trend_of(points), Width::narrow);
  EXPECT_EQ(count(chart, "h0"), 198U);
  EXPECT_EQ(count(chart, "<use href=\"#failed\""), 1U);
  EXPECT_EQ(count(chart, "<use href=\"#missed\""), 1U);
  EXPECT_NE(chart.find("no time"), std::string::npos);
}

TEST(TrendChart, SaysThatAnObjectiveFarAboveIsNotOnItsScale) {
  const std::string chart = trend_chart(
      trend_of({{kNow - 48h, 9s, 60min, "passed", ""}, {kNow - 24h, 12s, 60min, "passed", ""}}),
      Width::wide);
  EXPECT_NE(chart.find("objective 1 h, far above this scale"), std::string::npos);
  EXPECT_NE(chart.find(">10 s<"), std::string::npos) << chart;
}

TEST(TrendChart, LetsTheObjectiveChangeOnItsDay) {
  const std::string chart = trend_chart(trend_of({{kNow - 24h * 200, 20min, 30min, "passed", ""},
                                                  {kNow - 24h * 100, 20min, 60min, "passed", ""}}),
                                        Width::wide);
  const auto begin = chart.find("<path d=\"M", chart.find("class=\"rule\""));
  const std::string path = chart.substr(begin, chart.find('>', begin) - begin);
  EXPECT_EQ(count(path, "V"), 1U) << path;
  EXPECT_NE(path.find("class=\"goal\""), std::string::npos);
}

TEST(SizeChart, NamesTheSizeAtWhichTheObjectiveIsReached) {
  SizeAgainstTime data{
      .points = {{1'000'000, 10min, "passed", ""}, {2'000'000, 20min, "passed", ""}},
      .objective = 60min,
      .breach_bytes = 6'000'000,
      .breach_label = "1 h at 6.0 MB"};
  EXPECT_NE(size_chart(data, Width::wide).find("1 h at 6.0 MB</text>"), std::string::npos);
  EXPECT_NE(size_chart(data, Width::wide).find("#crossing"), std::string::npos);
  data.breach_bytes = 900'000'000;  // would press what was measured into a corner
  EXPECT_EQ(size_chart(data, Width::wide).find("#crossing"), std::string::npos);
}

TEST(CalendarChart, HasARowForEachMonthAndAHoleForWhatWasMissed) {
  using namespace std::chrono;
  const Calendar calendar{.from = 2026y / September,
                          .today = sys_days(2026y / November / 23),
                          .days = {{sys_days(2026y / September / 7), "passed", 1, ""},
                                   {sys_days(2026y / October / 5), "missed", 1, ""}}};
  const std::string chart = calendar_chart(calendar, Width::wide);
  for (const char* month : {">Sep 2026<", ">Oct<", ">Nov<"}) {
    EXPECT_NE(chart.find(month), std::string::npos) << month;
  }
  EXPECT_EQ(count(chart, "#missed"), 1U);
  EXPECT_EQ(count(chart, "h0"), 30U + 31U + 23U - 2U);  // the other days, up to today
  EXPECT_NE(chart.find("on 1 of them one was missed"), std::string::npos);
}

}  // namespace
}  // namespace lifeboat::report
