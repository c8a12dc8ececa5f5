#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "harness/disk_vault.h"
#include "harness/long_run.h"
#include "harness/s3_server.h"
#include "model/model_world.h"
#include "store/directory_store.h"
#include "store/memory_store.h"
#include "store/s3_store.h"

namespace lifeboat::model {
namespace {

constexpr std::uint64_t kSteps = 20'000;

void print(const std::string& where, std::uint64_t seed, const Counts& counts) {
  std::cout << "[  model    ] " << where << ", seed " << seed << ": " << counts.steps << " steps, "
            << counts.begun << " snapshots begun (" << counts.races << " beside another of the same "
            << "credential), " << counts.committed << " committed, " << counts.forgotten
            << " forgotten, " << counts.marks << " marks, " << counts.sweeps << " sweeps, "
            << counts.swept << " gone, " << counts.killed << " killed, " << counts.lost
            << " answers lost, " << counts.restored << " restores compared\n";
}

/// What makes a run worth its name.
void expect_eventful(const Counts& counts, std::uint64_t steps) {
  EXPECT_GE(counts.steps, steps);
  EXPECT_GT(counts.committed, steps / 100);
  EXPECT_GT(counts.races, 10U);
  EXPECT_GT(counts.forgotten, 20U);
  EXPECT_GT(counts.marks, 2U);
  EXPECT_GT(counts.sweeps, 2U);
  EXPECT_GT(counts.swept, 10U);
  EXPECT_GT(counts.killed, 10U);
}

class Model : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Model, OfAVaultInMemoryLosesNothingWhateverHappensAtOnce) {
  const SystemClock clock;
  store::MemoryStore store(clock);
  ModelWorld world(store, GetParam());
  world.run(kSteps, 500);
  print("memory", GetParam(), world.counts());
  expect_eventful(world.counts(), kSteps);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Model, testing::Range<std::uint64_t>(1, 4));

}  // namespace
}  // namespace lifeboat::model
