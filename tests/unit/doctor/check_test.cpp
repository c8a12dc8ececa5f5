#include "doctor/check.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "surroundings.h"

namespace lifeboat::doctor {
namespace {

Check check_of(Level level) {
  return {"id", "title", [level](const Surroundings&) { return Finding{level, "found", ""}; }};
}

TEST(Report, IsAsBadAsItsWorstFinding) {
  const FakeSurroundings here({});
  EXPECT_EQ(run_checks({}, here.value).worst(), Level::ok);
  EXPECT_EQ(run_checks({check_of(Level::ok), check_of(Level::attention)}, here.value).worst(),
            Level::attention);
  EXPECT_EQ(run_checks({check_of(Level::danger), check_of(Level::ok)}, here.value).worst(),
            Level::danger);
}

TEST(Report, CountsACheckThatThrowsAsDangerAndGoesOn) {
  const FakeSurroundings here({});
  const Check throwing{"bad", "bad", [](const Surroundings&) -> Finding {
                         throw Error(ErrorKind::denied, "no entry", "ask");
                       }};
  const Report report = run_checks({throwing, check_of(Level::ok)}, here.value);
  ASSERT_EQ(report.entries.size(), 2U);
  EXPECT_EQ(report.entries[0].finding.level, Level::danger);
  EXPECT_EQ(report.entries[0].finding.what, "no entry");
  EXPECT_EQ(report.entries[0].finding.hint, "ask");
}

TEST(Report, IsNotMadeOnceAStopWasRequested) {
  FakeSurroundings here({});
  std::stop_source stop;
  here.value.stop = stop.get_token();
  stop.request_stop();
  EXPECT_THROW(static_cast<void>(run_checks({check_of(Level::ok)}, here.value)), Error);
}

}  // namespace
}  // namespace lifeboat::doctor
