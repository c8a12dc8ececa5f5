#include "store/retry.h"

#include <gtest/gtest.h>

#include <thread>

namespace lifeboat::store {
namespace {

using std::chrono::milliseconds;

TEST(Retries, WaitLongerEachTimeAndNeverLongerThanTheMost) {
  RetryPolicy policy;
  policy.most_tries = 30;
  policy.budget = 100'000;
  Retries retries(policy);
  for (int tries = 1; tries < 30; ++tries) {
    milliseconds longest{0};
    for (int i = 0; i < 200; ++i) {
      const auto delay = retries.next_delay(tries, {});
      ASSERT_TRUE(delay);
      longest = std::max(longest, *delay);
    }
    const auto most = std::min<milliseconds>(milliseconds(200) * (1LL << std::min(tries - 1, 20)),
                                             policy.longest_delay);
    EXPECT_LE(longest, most);
    EXPECT_GE(longest, most / 2) << "200 random parts, and none in the upper half";
  }
}

TEST(Retries, EndAfterTheLastTry) {
  Retries retries(RetryPolicy{.most_tries = 3});
  EXPECT_TRUE(retries.next_delay(2, {}));
  EXPECT_FALSE(retries.next_delay(3, {}));
}

TEST(Retries, WaitAsLongAsTheServerAsksForWithinReason) {
  Retries retries(RetryPolicy{});
  EXPECT_GE(*retries.next_delay(1, milliseconds(7000)), milliseconds(7000));
  EXPECT_FALSE(retries.next_delay(1, milliseconds(3'600'000)));
}

TEST(Retries, HaveABudgetThatSuccessesFillAgain) {
  Retries retries(RetryPolicy{.budget = 3});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(retries.next_delay(1, {}));
  EXPECT_FALSE(retries.next_delay(1, {}));
  retries.succeeded();
  EXPECT_FALSE(retries.next_delay(1, {}));
  retries.succeeded();
  EXPECT_TRUE(retries.next_delay(1, {}));
  for (int i = 0; i < 100; ++i) retries.succeeded();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(retries.next_delay(1, {}));
  EXPECT_FALSE(retries.next_delay(1, {}));
}

TEST(Retries, WakeUpWhenStopped) {
  std::stop_source stop;
  std::jthread other([&] { stop.request_stop(); });
  wait_in_earnest(std::chrono::hours(24), stop.get_token());
  EXPECT_TRUE(stop.stop_requested());
}

}  // namespace
}  // namespace lifeboat::store
