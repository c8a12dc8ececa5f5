#include "config/duration.h"

#include <gtest/gtest.h>

namespace lifeboat::config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsEveryUnitAndCombinations) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("10m"), 10min);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("7d"), 7 * 24h);
  EXPECT_EQ(parse_duration("2w"), 14 * 24h);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
}

TEST(Duration, RefusesWhatIsNotOne) {
  for (const char* text : {"", "7", "d", "7 d", "-1h", "1.5h", "30m1h", "1h1h", "7x", "0s", "h7",
                           "99999999999999999999d", "5000w300000d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, WritesWhatItCanReadBack) {
  for (const auto duration : {90s, 3600s, 86400s, 7 * 86400s, 10 * 86400s, 5400s}) {
    EXPECT_EQ(parse_duration(to_text(duration)), duration) << to_text(duration);
  }
  EXPECT_EQ(to_text(14 * 86400s), "2w");
  EXPECT_EQ(to_text(10 * 86400s), "10d");
}

}  // namespace
}  // namespace lifeboat::config
