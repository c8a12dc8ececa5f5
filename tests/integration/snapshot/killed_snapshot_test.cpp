#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <iostream>

#include "harness/disk_vault.h"
#include "harness/faulty_store.h"
#include "harness/postgres_server.h"
#include "pq/connection.h"
#include "verify/verify.h"

namespace lifeboat {
namespace {

using harness::shared_server;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr const char* kShop = "shop";

/// A vault with one snapshot, and a shop of which a part changes before every further one.
class KilledSnapshot : public testing::Test {
 protected:
  void SetUp() override {
    shared_server().create_database(kShop);
    shared_server().execute(
        kShop,
        "CREATE TABLE customers (id int PRIMARY KEY, name text);"
        "INSERT INTO customers SELECT n, md5(n::text) FROM generate_series(1, 20000) n;"
        "CREATE TABLE orders (id int PRIMARY KEY, note text);"
        "INSERT INTO orders SELECT n, '' FROM generate_series(1, 2000) n;"
        "CREATE INDEX customers_name ON customers (name);");
    change_orders();
    vault_.take(shared_server().url(kShop));
  }
  void TearDown() override { shared_server().drop_database(kShop); }

  /// So that there is something new to store: about 1 MB that nothing compresses.
  static void change_orders() {
    shared_server().execute(
        kShop,
        "UPDATE orders SET note = (SELECT string_agg(md5(random()::text || id || n), '')"
        " FROM generate_series(1, 16) n)");
  }

  os::Subprocess start() {
    os::Command command =
        vault_.tool("snapshot", vault::Role::writer, {"--postgres=env:SHOP_URL", "--quiet"});
    command.environment["SHOP_URL"] = shared_server().url(kShop).reveal();
    os::Subprocess::Streams streams;
    streams.out = os::UniqueFd(open("/dev/null", O_WRONLY | O_CLOEXEC));
    return {command, std::move(streams)};
  }

  /// A killed run may have come to its commit. Either way nothing is half there.
  void expect_whole() {
    ASSERT_EQ(vault_.problems(), "");
    const vault::History history = vault_.history();
    ASSERT_TRUE(history.problems.empty());
    ASSERT_GE(history.snapshots.size(), known_.size());
    ASSERT_LE(history.snapshots.size(), known_.size() + 1);
    std::vector<vault::SnapshotId> now;
    for (const vault::SnapshotRecord& snapshot : history.snapshots) {
      now.push_back(snapshot.id());
      EXPECT_TRUE(snapshot.complete);
      EXPECT_EQ(vault_.unreadable_tables(snapshot), "");
    }
    for (const vault::SnapshotId& id : known_) {
      EXPECT_NE(std::ranges::find(now, id), now.end()) << "lost " << vault::short_id(id);
    }
    known_ = now;
  }

  /// Shows that what is left behind disturbs nobody.
  void expect_next_run_to_be_proven() {
    change_orders();
    const std::size_t before = known_.size();
    EXPECT_TRUE(start().wait().ok());
    expect_whole();
    EXPECT_EQ(known_.size(), before + 1);

    verify::Request request;
    request.scratch_url = shared_server().create_database("scratch");
    request.adopt_scratch = true;
    SilentObserver observer;
    const vault::Vault reader = vault_.open_as(vault::Role::identity);
    const auto proof = verify::verify(reader, vault::resolve_snapshot(reader, "latest"), request,
                                      SystemClock(), observer, {});
    EXPECT_EQ(proof.verdict, vault::Verdict::proven);
    shared_server().drop_database("scratch");
  }

  harness::DiskVault vault_;
  std::vector<vault::SnapshotId> known_;  ///< snapshots that were listed last time
};

/// Returns once nobody but us is connected to the shop: the server has noticed every death.
void await_silence() {
  pq::Connection watcher(shared_server().url("postgres"), {});
  const auto deadline = steady_clock::now() + seconds(20);
  while (
      watcher.query("SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop'").integer(0, 0) >
      0) {
    ASSERT_LT(steady_clock::now(), deadline) << "a killed snapshot left sessions behind";
    static_cast<void>(watcher.query("SELECT pg_sleep(0.01)"));
  }
}

/// Ends a run at once, unless it has ended by itself. True if it was the signal that ended it.
bool kill_now(os::Subprocess& run) {
  run.signal(SIGKILL);
  return run.wait().signal == SIGKILL;
}

bool kill_after(os::Subprocess& run, milliseconds delay) {
  return !run.wait_for(delay) && kill_now(run);
}

/// Kills a run once it has added `count` objects.
bool kill_after_objects(os::Subprocess& run, const harness::DiskVault& vault, std::size_t count) {
  const std::size_t enough = vault.object_count() + count;
  while (!run.wait_for(milliseconds(1))) {
    if (vault.object_count() >= enough) return kill_now(run);
  }
  return false;
}

TEST_F(KilledSnapshot, AtAnyMomentLeavesEverySnapshotWhole) {
  expect_whole();
  steady_clock::duration whole_run = std::chrono::hours(1);
  for (int i = 0; i < 3; ++i) {  // the first one may find everything cold
    change_orders();
    const auto begun = steady_clock::now();
    ASSERT_TRUE(start().wait().ok());
    whole_run = std::min(whole_run, steady_clock::now() - begun);
    expect_whole();
  }

  const int moments = harness::long_run() ? 150 : 30;
  int kills = 0;
  for (int i = 0; i < moments && !HasFailure(); ++i) {
    change_orders();
    os::Subprocess run = start();
    kills += kill_after(run, std::chrono::duration_cast<milliseconds>(whole_run * i / moments));
    expect_whole();
  }
  for (std::size_t objects = 1; objects <= 5 && !HasFailure(); ++objects) {
    change_orders();
    os::Subprocess run = start();
    kills += kill_after_objects(run, vault_, objects);
    expect_whole();
  }
  await_silence();
  std::cout << "[  points  ] " << kills << " kills over "
            << std::chrono::duration_cast<milliseconds>(whole_run).count() << " ms\n";
  EXPECT_GE(kills, 25);
  expect_next_run_to_be_proven();
}

/// A process of its own that dies at the `nth` object: just before it would be stored, or just
/// after. Returns whether it came so far.
bool die_at_object(harness::DiskVault& vault, int nth, bool before) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      harness::FaultyStore store(vault.store());
      std::atomic<int> puts = 0;
      const auto die = [&](harness::StoreOperation operation, const std::string&) {
        if (operation == harness::StoreOperation::put && ++puts == nth) raise(SIGKILL);
      };
      before ? store.call_before(die) : store.call_after(die);
      const vault::Vault writer = vault.open_as(vault::Role::writer, store);
      snapshot::Request request;
      request.postgres.emplace_back().name = "shop";
      request.postgres.back().capture.url = shared_server().url(kShop);
      SilentObserver observer;
      static_cast<void>(snapshot::take(writer, request, SystemClock(), observer, {}));
      _exit(0);
    } catch (const std::exception&) {
      _exit(1);
    }
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  return WIFSIGNALED(status);
}

TEST_F(KilledSnapshot, BeforeOrAfterAnyObjectLeavesEverySnapshotWhole) {
  expect_whole();
  int kills = 0;
  for (const bool before : {true, false}) {
    change_orders();
    for (int object = 1; die_at_object(vault_, object, before); ++object) {
      ++kills;
      expect_whole();
      ASSERT_FALSE(HasFailure());
    }
    expect_whole();  // the run that none of them ended
  }
  await_silence();
  std::cout << "[  points  ] " << kills << " kills beside an object\n";
  EXPECT_GE(kills, 10) << "session, data, lists, index, record";
  expect_next_run_to_be_proven();
}

}  // namespace
}  // namespace lifeboat
