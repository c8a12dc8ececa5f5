#include "vault/lock_length.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::vault {
namespace {

using std::chrono::hours;
using ::testing::HasSubstr;

Trust trust() {
  Trust trust;
  trust.floor_age = hours(7 * 24);
  trust.max_run = hours(24);
  return trust;
}

std::string objection(int lock_days, std::optional<std::chrono::seconds> kept = {}) {
  return lock_objection(hours(24 * lock_days), trust(), kept).value_or("none");
}

TEST(LockLength, MustNotEndBeforeTheFloorOfTrust) {
  EXPECT_THAT(objection(6), HasSubstr("floor keeps snapshots for 7 days"));
  EXPECT_EQ(objection(7), "none");
}

TEST(LockLength, MustNotEndBeforeThePolicysShortestPromise) {
  EXPECT_THAT(objection(13, hours(14 * 24)), HasSubstr("[keep] keeps everything for 14 days"));
  EXPECT_EQ(objection(14, hours(14 * 24)), "none");
}

TEST(LockLength, MustEndBeforeASweepMayDelete) {
  // 14 days, and the grace: two longest runs and a day.
  EXPECT_EQ(objection(17, hours(14 * 24)), "none");
  EXPECT_THAT(objection(18, hours(14 * 24)), HasSubstr("lets a sweep delete after 17 days"));
  EXPECT_EQ(objection(365), "none") << "without a policy nothing is swept";
}

}  // namespace
}  // namespace lifeboat::vault
