#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <future>

#include "harness/disk_vault.h"
#include "harness/postgres_server.h"

namespace lifeboat {
namespace {

constexpr std::size_t kProcesses = 6;
constexpr std::size_t kRounds = 2;

/// Starts all processes at the same moment and waits for their ends.
std::vector<os::Outcome> run_at_once(const os::Command& command) {
  std::barrier start(kProcesses);
  std::vector<std::future<os::Outcome>> runs;
  for (std::size_t i = 0; i < kProcesses; ++i) {
    runs.push_back(std::async(std::launch::async, [&] {
      start.arrive_and_wait();
      return os::run(command, {}, {});
    }));
  }
  std::vector<os::Outcome> outcomes;
  for (auto& run : runs) outcomes.push_back(run.get());
  return outcomes;
}

TEST(DoubledRuns, OfOneCredentialAreAllCommittedOnceInOneChain) {
  harness::PostgresServer& server = harness::shared_server();
  const Secret url = server.create_database("doubled");
  server.execute("doubled",
                 "CREATE TABLE orders (id int PRIMARY KEY, note text);"
                 "INSERT INTO orders SELECT n, md5(n::text) FROM generate_series(1, 5000) n");
  harness::DiskVault vault;
  os::Command command =
      vault.tool("snapshot", vault::Role::writer, {"--postgres=env:SHOP_URL", "--quiet"});
  command.environment["SHOP_URL"] = url.reveal();

  for (std::size_t round = 1; round <= kRounds; ++round) {
    for (const os::Outcome& outcome : run_at_once(command)) {
      EXPECT_TRUE(outcome.status.ok()) << outcome.status.describe() << "\n" << outcome.err;
    }
    const vault::History history = vault.history();
    EXPECT_TRUE(history.problems.empty());
    std::vector<std::uint64_t> seqs;
    std::vector<std::uint64_t> wanted;
    for (const vault::SnapshotRecord& snapshot : history.snapshots) {
      seqs.push_back(snapshot.link.seq);
      wanted.push_back(wanted.size() + 1);
    }
    EXPECT_EQ(seqs.size(), round * kProcesses);
    EXPECT_THAT(seqs, testing::UnorderedElementsAreArray(wanted));
  }
  EXPECT_EQ(vault.problems(), "");
  for (const vault::SnapshotRecord& snapshot : vault.history().snapshots) {
    EXPECT_EQ(vault.unreadable_tables(snapshot), "");
  }
  server.drop_database("doubled");
}

}  // namespace
}  // namespace lifeboat
