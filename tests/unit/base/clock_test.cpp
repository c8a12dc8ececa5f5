#include "base/clock.h"

#include <gtest/gtest.h>

namespace lifeboat {
namespace {

using std::chrono::milliseconds;
using std::chrono::sys_days;
using namespace std::chrono_literals;

constexpr Instant kMoment = sys_days{2026y / 11 / 23} + 3h + 12min + 9s + 120ms;

TEST(Instant, IsPrintedForMachinesAndForPeople) {
  EXPECT_EQ(to_rfc3339(kMoment), "2026-11-23T03:12:09.120Z");
  EXPECT_EQ(to_minute(kMoment), "2026-11-23 03:12");
  EXPECT_EQ(to_rfc3339(Instant{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(Instant(milliseconds(-1))), "1969-12-31T23:59:59.999Z");
}

TEST(Instant, IsReadBackAsItWasPrinted) { EXPECT_EQ(parse_instant(to_rfc3339(kMoment)), kMoment); }

TEST(Instant, IsReadInEveryLengthThatPeopleType) {
  const Instant day = sys_days{2026y / 11 / 23};
  EXPECT_EQ(parse_instant("2026-11-23"), day);
  EXPECT_EQ(parse_instant("2026-11-23T03:12"), day + 3h + 12min);
  EXPECT_EQ(parse_instant("2026-11-23 03:12:09"), day + 3h + 12min + 9s);
  EXPECT_EQ(parse_instant("2026-11-23t03:12:09z"), day + 3h + 12min + 9s);
  EXPECT_EQ(parse_instant("2024-02-29"), sys_days{2024y / 2 / 29});
}

TEST(Instant, IsNotGuessedFromAnythingElse) {
  for (const char* text :
       {"", "yesterday", "2026", "2026-13-01", "2026-02-29", "2026-11-23T", "2026-11-23T24:00",
        "2026-11-23T03:60", "2026-11-23T03:12:60", "2026-11-23T03:12:09.12",
        "2026-11-23T03:12+01:00", "2026-11-23T03:12Zx", " 2026-11-23", "26-11-23"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(FakeClock, MovesOnlyWhenTold) {
  FakeClock clock(kMoment);
  EXPECT_EQ(clock.now(), kMoment);
  clock.advance(5s);
  EXPECT_EQ(clock.now(), kMoment + 5s);
}

}  // namespace
}  // namespace lifeboat
