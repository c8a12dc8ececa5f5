#include "report/words.h"

#include <gtest/gtest.h>

namespace lifeboat::report {
namespace {

using namespace std::chrono_literals;

TEST(Words, TellADurationInTwoUnitsAtTheMost) {
  EXPECT_EQ(span(0ms), "0 s");
  EXPECT_EQ(span(410ms), "0.5 s");
  EXPECT_EQ(span(9800ms), "9.8 s");
  EXPECT_EQ(span(59'949ms), "60 s");
  EXPECT_EQ(span(60s), "1 min");
  EXPECT_EQ(span(22min + 5s), "22 min 5 s");
  EXPECT_EQ(span(60min), "1 h");
  EXPECT_EQ(span(4h + 36min), "4 h 36 min");
  EXPECT_EQ(span(24h), "24 h");
  EXPECT_EQ(span(76h), "3 d 4 h");
}

TEST(Words, NeverTellAMeasuredTimeShorterThanItWas) {
  EXPECT_EQ(span(60min + 1ms), "1 h 1 min");
  EXPECT_EQ(coarse_span(60min + 10s), "61 min");
  EXPECT_EQ(of_objective(60min + 10s, 60min), "61 min of 60");
  EXPECT_EQ(of_objective(24h + 1ms, 24h), "24 h 1 min of 24 h");
  EXPECT_EQ(per_cent(60min + 1ms, 60min), "101 %");
}

TEST(Words, TellAnObjectiveInTheUnitOfWhatWasMeasured) {
  EXPECT_EQ(of_objective(21min + 30s, 60min), "22 min of 60");
  EXPECT_EQ(of_objective(276min, 24h), "4 h 36 min of 24 h");
  EXPECT_EQ(of_objective(9800ms, 60min), "9.8 s of 1 h");
}

TEST(Words, TellDates) {
  const Instant day = *parse_instant("2026-11-03T07:41:00Z");
  EXPECT_EQ(long_date(day), "3 November 2026");
  EXPECT_EQ(day_and_month(std::chrono::floor<std::chrono::days>(day)), "3 Nov");
}

}  // namespace
}  // namespace lifeboat::report
