#include "report/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drill_facts.h"
#include "report/markup.h"

namespace lifeboat::report {
namespace {

using namespace std::chrono_literals;
using test::moment;
using testing::ElementsAre;

std::vector<std::string> labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> all;
  for (const Tick& tick : ticks) all.push_back(tick.label);
  return all;
}

TEST(DurationTicks, AreRoundInTheUnitThatFits) {
  EXPECT_THAT(labels(duration_ticks(700ms, 5)), ElementsAre("0", "0.2 s", "0.4 s", "0.6 s"));
  EXPECT_THAT(labels(duration_ticks(45s, 5)), ElementsAre("0", "15 s", "30 s", "45 s"));
  EXPECT_THAT(labels(duration_ticks(60min, 5)),
              ElementsAre("0", "15 min", "30 min", "45 min", "60 min"));
  EXPECT_THAT(labels(duration_ticks(7h, 5)), ElementsAre("0", "2 h", "4 h", "6 h"));
  EXPECT_THAT(labels(duration_ticks(24h * 9, 4)), ElementsAre("0", "5 d"));
}

TEST(DurationTicks, AreNeverMoreThanAskedFor) {
  for (std::chrono::milliseconds longest = 1ms; longest < 24h * 4000;
       longest = longest * 17 / 10 + 1ms) {
    for (const std::size_t most : {2U, 4U, 5U, 8U}) {
      EXPECT_LE(duration_ticks(longest, most).size(), most) << longest.count();
      EXPECT_GE(duration_ticks(longest, most).size(), 1U);
    }
  }
}

TEST(ByteTicks, AreRoundAndNeverMoreThanAskedFor) {
  EXPECT_THAT(labels(byte_ticks(1'900'000'000, 5)), ElementsAre("0", "500 MB", "1.0 GB", "1.5 GB"));
  for (std::uint64_t largest = 1; largest < 1'000'000'000'000'000; largest = largest * 3 + 1) {
    EXPECT_LE(byte_ticks(largest, 4).size(), 4U) << largest;
  }
}

TEST(TimeTicks, ChooseHoursDaysWeeksMonthsOrYears) {
  const Instant now = moment("2026-11-23T07:41:00Z");
  const auto over = [now](std::chrono::hours time) {
    return labels(time_ticks(now - time, now, 640, 12));
  };
  EXPECT_THAT(over(7h), testing::Contains("7:00"));
  EXPECT_THAT(over(24h * 8), testing::Contains("23 Nov"));
  EXPECT_THAT(over(24h * 60), testing::Contains("12 Oct"));  // a Monday
  EXPECT_THAT(over(24h * 365), testing::Contains("Jan 2026"));
  EXPECT_THAT(over(24h * 365 * 12), testing::Contains("2020"));
}

TEST(TimeTicks, NeverTouchAndNeverLeaveTheAxis) {
  const Instant now = moment("2026-11-23T07:41:00Z");
  for (std::chrono::minutes time = 30min; time < 24h * 4000; time = time * 13 / 10) {
    for (const double width : {180.0, 264.0, 650.0}) {
      double taken = -1;
      const Scale scale{.from = static_cast<double>((now - time).time_since_epoch().count()),
                        .to = static_cast<double>(now.time_since_epoch().count()),
                        .start = 0,
                        .end = width};
      for (const Tick& tick : time_ticks(now - time, now, width, 12)) {
        const double middle = scale(tick.value);
        const double half = text_width(tick.label, 12) / 2;
        EXPECT_GE(middle, 0);
        EXPECT_LE(middle, width);
        EXPECT_TRUE(taken < 0 || middle - half >= taken) << tick.label << " over " << time.count();
        taken = middle + half;
      }
    }
  }
}

}  // namespace
}  // namespace lifeboat::report
