#include "stream/pace.h"

#include <gtest/gtest.h>

namespace lifeboat::stream {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

TEST(Pace, LetsTheRateThroughAndNoMore) {
  Pace pace(1'000'000);
  const auto start = steady_clock::now();
  auto now = start;
  for (int i = 0; i < 100; ++i) now = std::max(now, pace.count(100'000, now));
  EXPECT_GE(now - start, 9'900ms);
  EXPECT_LE(now - start, 10'000ms);
}

TEST(Pace, DoesNotSaveUpWhatAPauseLeftUnused) {
  Pace pace(1'000'000);
  const auto start = steady_clock::now();
  static_cast<void>(pace.count(100'000, start));
  const auto later = start + 60s;
  static_cast<void>(pace.count(1'000'000, later));
  EXPECT_GE(pace.count(1'000'000, later) - later, 1'900ms);
}

TEST(Pace, CountsAllThreadsTogether) {
  Pace pace(1'000'000);
  const auto now = steady_clock::now();
  static_cast<void>(pace.count(500'000, now));
  EXPECT_GE(pace.count(500'000, now) - now, 900ms);
}

TEST(Pace, AStopRequestEndsTheWait) {
  Pace pace(1);
  std::stop_source stop;
  stop.request_stop();
  const auto start = steady_clock::now();
  pace.keep(3600, stop.get_token());
  EXPECT_LT(steady_clock::now() - start, 60s);
}

}  // namespace
}  // namespace lifeboat::stream
