#include "base/units.h"

#include <gtest/gtest.h>

#include "base/plural.h"

namespace lifeboat {
namespace {

using namespace std::chrono_literals;

TEST(Plural, TellsOneFromMany) {
  EXPECT_EQ(plural(0, "run"), "0 runs");
  EXPECT_EQ(plural(1, "run"), "1 run");
  EXPECT_EQ(plural(2000, "run"), "2,000 runs");
}

TEST(HumanBytes, UsesTheUnitThatPeopleRead) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(9'960), "10 kB");
  EXPECT_EQ(human_bytes(488'000'000), "488 MB");
  EXPECT_EQ(human_bytes(1'234'567'890), "1.2 GB");
  EXPECT_EQ(human_bytes(UINT64_MAX), "18447 PB");
}

TEST(HumanBytes, NeverShowsAThousandOfAUnit) {
  EXPECT_EQ(human_bytes(999'499), "999 kB");
  EXPECT_EQ(human_bytes(999'500), "1.0 MB");
}

TEST(HumanCount, GroupsThousands) {
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(999), "999");
  EXPECT_EQ(human_count(1'000), "1,000");
  EXPECT_EQ(human_count(2'812'331), "2,812,331");
}

TEST(HumanDuration, HasTwoUnitsAtMost) {
  EXPECT_EQ(human_duration(0ms), "0.0 s");
  EXPECT_EQ(human_duration(9'800ms), "9.8 s");
  EXPECT_EQ(human_duration(129s), "2 min 09 s");
  EXPECT_EQ(human_duration(4h + 29min + 59s), "4 h 29 min");
  EXPECT_EQ(human_duration(12 * 24h + 5h), "12 days");
}

}  // namespace
}  // namespace lifeboat
