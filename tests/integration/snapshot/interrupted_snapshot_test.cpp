#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "harness/disk_vault.h"
#include "harness/postgres_server.h"
#include "pq/connection.h"

namespace lifeboat {
namespace {

namespace fs = std::filesystem;
using harness::shared_server;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The state letter of a process: "T" = stopped.
std::string state_of(pid_t pid) {
  const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t end = stat.rfind(')');
  return end == std::string::npos ? "" : stat.substr(end + 2, 1);
}

/// A run of the real executable whose words are kept in files.
class InterruptedSnapshot : public testing::Test {
 protected:
  void SetUp() override {
    shared_server().create_database("shop");
    shared_server().execute(
        "shop",
        "CREATE TABLE orders (id int PRIMARY KEY, note text);"
        "INSERT INTO orders SELECT n, md5(n::text) FROM generate_series(1, 20000) n");
  }
  void TearDown() override { shared_server().drop_database("shop"); }

  os::Subprocess start() {
    os::Command command =
        vault_.tool("snapshot", vault::Role::writer, {"--postgres=env:SHOP_URL", "--quiet"});
    command.environment["SHOP_URL"] = shared_server().url("shop").reveal();
    const auto into = [](const fs::path& path) {
      return os::UniqueFd(open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
    };
    os::Subprocess::Streams streams;
    streams.out = into(out_);
    streams.err = into(err_);
    return {command, std::move(streams)};
  }

  /// Ends a run that a signal was sent to, and looks at what it says and leaves.
  void expect_clean_end(os::Subprocess& run) {
    const auto asked = steady_clock::now();
    const os::ExitStatus status = run.wait();
    EXPECT_LT(steady_clock::now() - asked, seconds(5));
    EXPECT_EQ(status.signal, 0);
    EXPECT_EQ(status.code, 5) << status.describe();
    EXPECT_EQ(text_of(out_), "");
    EXPECT_THAT(text_of(err_), HasSubstr("lifeboat snapshot: "));
    EXPECT_THAT(text_of(err_), HasSubstr("kept: earlier snapshots are untouched"));
    EXPECT_EQ(vault_.problems(), "");
    EXPECT_TRUE(vault_.history().snapshots.empty());
  }

  harness::DiskVault vault_;
  fs::path out_ = vault_.home() / "out";
  fs::path err_ = vault_.home() / "err";
};

TEST_F(InterruptedSnapshot, ByCtrlCWhileItWaitsForALockEndsCleanly) {
  pq::Connection other(shared_server().url("shop"), {});
  other.execute("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
  os::Subprocess run = start();
  pq::Connection watcher(shared_server().url("shop"), {});
  const auto deadline = steady_clock::now() + seconds(20);
  while (watcher.query("SELECT count(*) FROM pg_locks WHERE NOT granted").integer(0, 0) == 0) {
    ASSERT_LT(steady_clock::now(), deadline) << "it does not wait for the lock";
    static_cast<void>(watcher.query("SELECT pg_sleep(0.01)"));
  }
  run.signal(SIGINT);
  expect_clean_end(run);
}

TEST_F(InterruptedSnapshot, ByThePlatformInTheMiddleOfItsWorkEndsCleanly) {
  const std::size_t before = vault_.object_count();
  os::Subprocess run = start();
  while (vault_.object_count() == before) {
    ASSERT_FALSE(run.wait_for(milliseconds(1))) << text_of(err_);
  }
  // Held still, so that the signal comes before the commit however fast this machine is.
  run.signal(SIGSTOP);
  while (state_of(run.pid()) != "T") ASSERT_FALSE(run.wait_for(milliseconds(1)));
  run.signal(SIGTERM);
  run.signal(SIGCONT);
  expect_clean_end(run);
}

}  // namespace
}  // namespace lifeboat
