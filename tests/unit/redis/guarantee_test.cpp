#include <gtest/gtest.h>

#include "redis/capture.h"

namespace lifeboat::redis {
namespace {

using std::chrono::milliseconds;

TEST(RedisGuarantee, SaysHowAMomentWasGot) {
  Capture capture;
  capture.exact = true;
  EXPECT_EQ(capture.guarantee(), "exact (tracking)");
  capture.path = CapturePath::replication;
  EXPECT_EQ(capture.guarantee(), "exact (replication)");
}

TEST(RedisGuarantee, SaysHowMuchOfAFuzzySnapshotIsNotOfOneMoment) {
  Capture capture;
  capture.unsettled = 17;
  capture.window = milliseconds(3'140);
  EXPECT_EQ(capture.guarantee(), "fuzzy (17 keys, 3.2 seconds)");
  capture.unsettled = 1;
  capture.window = milliseconds(1);
  EXPECT_EQ(capture.guarantee(), "fuzzy (1 key, 0.1 seconds)");
  capture.unsettled.reset();
  capture.window = milliseconds(60'000);
  EXPECT_EQ(capture.guarantee(), "fuzzy (keys not counted, 60.0 seconds)");
}

}  // namespace
}  // namespace lifeboat::redis
