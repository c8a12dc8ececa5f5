#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <future>
#include <iostream>
#include <random>

#include "crash/crash_place.h"
#include "harness/disk_vault.h"
#include "os/file.h"

namespace lifeboat::crash {
namespace {

constexpr unsigned kWave = 8;
constexpr std::size_t kLatestStep = 48;  ///< about as many as a run takes

unsigned runs() { return harness::long_run() ? 1000 : 200; }

/// Processes on one credential, eight at a time.
class ManyRuns : public testing::Test {
 protected:
  ManyRuns() : place_(home_.path()) {
    EXPECT_TRUE(os::run(place_.vault_create(), {}, {}).status.ok());
  }

  /// Runs snapshots 1 to runs(), each beside seven others. `point` tells where one is killed.
  /// Returns how each ended.
  std::map<unsigned, os::Outcome> run_all(const std::function<Point(unsigned number)>& point) {
    std::map<unsigned, os::Outcome> outcomes;
    for (unsigned first = 1; first <= runs(); first += kWave) {
      std::map<unsigned, std::future<os::Outcome>> wave;
      for (unsigned number = first; number < first + kWave; ++number) {
        wave[number] = std::async(std::launch::async, [this, number, at = point(number)] {
          return place_.run_without_log(place_.snapshot(number), at);
        });
      }
      for (auto& [number, run] : wave) outcomes[number] = run.get();
    }
    return outcomes;
  }

  os::TempDir home_{parent_of_places(), "lifeboat-runs-"};
  CrashPlace place_;
};

TEST_F(ManyRuns, OfOneCredentialAreAllCommittedOnceInOneChain) {
  const auto outcomes = run_all([](unsigned) { return Point{}; });
  for (const auto& [number, outcome] : outcomes) {
    EXPECT_TRUE(outcome.status.ok()) << number << ": " << outcome.err;
  }
  const Contents contents = place_.read();
  EXPECT_EQ(contents.problems, "");
  EXPECT_TRUE(contents.one_chain);
  EXPECT_EQ(contents.numbers.size(), outcomes.size());
  for (const auto& [number, times] : contents.numbers) EXPECT_EQ(times, 1U) << number;
  std::cout << "[  runs  ] " << contents.numbers.size() << " runs in waves of " << kWave
            << ", each committed once\n";
}

TEST_F(ManyRuns, AreNotDisturbedByHalfOfThemDying) {
  const unsigned seed = 20;
  const auto outcomes = run_all([](unsigned number) {
    std::mt19937 random(seed + number);
    const std::size_t at = 1 + random() % kLatestStep;
    return number % 2 == 0 ? Point{at, random() % 2 == 0} : Point{};
  });
  const Contents contents = place_.read();
  EXPECT_EQ(contents.problems, "");
  EXPECT_TRUE(contents.one_chain);
  std::size_t killed = 0;
  std::size_t killed_after_commit = 0;
  for (const auto& [number, outcome] : outcomes) {
    const auto found = contents.numbers.find(number);
    const std::size_t times = found == contents.numbers.end() ? 0 : found->second;
    if (outcome.status.signal == SIGKILL) {
      ++killed;
      killed_after_commit += times;
      EXPECT_LE(times, 1U) << number;
    } else {
      EXPECT_TRUE(outcome.status.ok()) << number << ": " << outcome.err;
      EXPECT_EQ(times, 1U) << number;
    }
  }
  EXPECT_GE(killed, outcomes.size() * 2 / 5);
  std::cout << "[  runs  ] " << outcomes.size() << " runs, " << killed << " of them killed, "
            << killed_after_commit << " of those after their commit\n";
}

}  // namespace
}  // namespace lifeboat::crash
