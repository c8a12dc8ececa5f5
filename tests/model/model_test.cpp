#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "harness/long_run.h"
#include "harness/s3_server.h"
#include "model/model_world.h"
#include "os/file.h"
#include "store/directory_store.h"
#include "store/memory_store.h"
#include "store/s3_store.h"

namespace lifeboat::model {
namespace {

void print(const std::string& where, std::uint64_t seed, const Counts& counts) {
  std::cout << "[  model    ] " << where << ", seed " << seed << ": " << counts.steps << " steps, "
            << counts.begun << " snapshots begun (" << counts.races
            << " beside another of the same "
            << "credential), " << counts.committed << " committed, " << counts.forgotten
            << " forgotten, " << counts.marks << " marks, " << counts.sweeps << " sweeps, "
            << counts.swept << " gone, " << counts.forks << " forks, " << counts.killed
            << " killed, " << counts.lost << " answers lost, " << counts.restored
            << " restores compared\n";
}

/// What makes a run worth its name.
void expect_eventful(const Counts& counts, std::uint64_t steps) {
  EXPECT_GE(counts.steps, steps);
  EXPECT_GT(counts.committed, steps / 250);
  EXPECT_GE(counts.races, 1U);
  EXPECT_GT(counts.forgotten, 20U);
  EXPECT_GT(counts.marks, 1U);
  EXPECT_GT(counts.sweeps, 1U);
  EXPECT_GT(counts.swept, 10U);
  EXPECT_GT(counts.killed, 10U);
}

Counts run(store::ObjectStore& store, const std::string& where, std::uint64_t seed,
           std::uint64_t steps, std::uint64_t looks, Naming naming = Naming::conditional) {
  ModelWorld world(store, seed, naming);
  world.run(steps, steps / looks);
  print(where, seed, world.counts());
  expect_eventful(world.counts(), steps);
  return world.counts();
}

std::uint64_t seeds() { return harness::long_run() ? 40 : 3; }

TEST(Model, OfAVaultInMemoryLosesNothingWhateverHappensAtOnce) {
  const SystemClock clock;
  for (std::uint64_t seed = 1; seed <= seeds() && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    store::MemoryStore store(clock);
    run(store, "memory", seed, 20'000, 40);
  }
}

TEST(Model, OfAVaultWithHashedNamesLosesNothingWhoeverForksAChain) {
  const SystemClock clock;
  std::uint64_t forks = 0;
  std::uint64_t sweeps = 0;
  for (std::uint64_t seed = 301; seed < 301 + seeds() && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    store::MemoryStore store(clock);
    const Counts counts = run(store, "memory, hashed names", seed, 24'000, 40, Naming::hashed);
    forks += counts.forks;
    sweeps += counts.sweeps;
  }
  EXPECT_GT(forks, 0U);
  EXPECT_GT(sweeps, 3 * seeds()) << "no more than those at the end of each run";
}

TEST(Model, OfAVaultInADirectoryLosesNothingWhateverHappensAtOnce) {
  const os::TempDir folder(std::filesystem::temp_directory_path(), "lifeboat-model-");
  store::DirectoryStore store(folder.path() / "vault");
  run(store, "directory", 101, 12'000, 20);
}

TEST(Model, OfAVaultInAnObjectStoreLosesNothingWhateverHappensAtOnce) {
  const SystemClock clock;
  store::S3Store store(harness::shared_s3_server().settings(), clock, {});
  run(store, "S3", 201, 10'000, 6);
}

}  // namespace
}  // namespace lifeboat::model
