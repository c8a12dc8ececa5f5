#include "postgres/scratch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "harness/postgres_server.h"
#include "os/file.h"
#include "os/throwaway_owner.h"
#include "postgres/load.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A directory that the server's user may pass through.
class ScratchParent {
 public:
  ScratchParent() : directory_("/tmp", "lifeboat-test-") {
    fs::permissions(directory_.path(),
                    fs::perms::all & ~fs::perms::others_write & ~fs::perms::group_write);
  }
  [[nodiscard]] const fs::path& path() const { return directory_.path(); }
  [[nodiscard]] std::vector<fs::path> contents() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(path())) found.push_back(entry.path());
    return found;
  }

 private:
  os::TempDir directory_;
};

pid_t server_pid(const fs::path& scratch) {
  std::ifstream file(scratch / "data" / "postmaster.pid");
  pid_t pid = 0;
  file >> pid;
  return pid;
}

std::string value(const Secret& url, const std::string& sql) {
  pq::Connection connection(url, {});
  return connection.query(sql).text(0, 0);
}

/// Ends once `condition` holds; bounded by the test's own time limit.
template <typename Condition>
void wait_until(Condition&& condition) {
  while (!condition()) std::this_thread::yield();
}

/// A process of its own that starts a scratch cluster and then waits to be killed.
pid_t start_scratch_in_another_process(const fs::path& parent, int ready_fd) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  try {
    SilentObserver observer;
    const auto scratch = start_local_scratch({.parent = parent}, observer, {});
    static_cast<void>(!write(ready_fd, "1", 1));
    while (true) pause();
  } catch (const Error&) {
    _exit(1);
  }
}

TEST(LocalScratch, IsAThrowawayPostgresOfTheSourcesEncoding) {
  const ScratchParent parent;
  SilentObserver observer;
  const auto scratch = start_local_scratch(
      {.parent = parent.path(), .encoding = "LATIN1", .collate = "xx_XX.nowhere", .ctype = "C"},
      observer, {});
  EXPECT_TRUE(scratch->local());
  EXPECT_THAT(scratch->describe(), HasSubstr("throwaway Postgres "));
  EXPECT_EQ(value(scratch->url(), "SHOW server_encoding"), "LATIN1");
  EXPECT_EQ(value(scratch->url(), "SHOW fsync"), "off");
  EXPECT_EQ(value(scratch->url(), "SHOW listen_addresses"), "");
  EXPECT_EQ(inspect_target(scratch->url()).user_objects, 0U);
}

TEST(LocalScratch, LeavesNothingBehind) {
  const ScratchParent parent;
  SilentObserver observer;
  auto scratch = start_local_scratch({.parent = parent.path()}, observer, {});
  const pid_t pid = server_pid(parent.contents().at(0));
  ASSERT_TRUE(os::process_of(pid));
  scratch->close();
  EXPECT_FALSE(os::process_of(pid));
  EXPECT_THAT(parent.contents(), testing::IsEmpty());
}

TEST(LocalScratch, OutlivesTheThreadThatAskedForIt) {
  const ScratchParent parent;
  SilentObserver observer;
  std::unique_ptr<Scratch> scratch;
  std::thread([&] {
    scratch = start_local_scratch({.parent = parent.path()}, observer, {});
  }).join();
  EXPECT_EQ(value(scratch->url(), "SELECT 1"), "1");
}

TEST(LocalScratch, IsGoneAfterItsProcessWasKilledAndTheNextRunRemovesItsFiles) {
  const ScratchParent parent;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = start_scratch_in_another_process(parent.path(), ready[1]);
  close(ready[1]);
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  const fs::path left = parent.contents().at(0);
  const pid_t server = server_pid(left);
  ASSERT_TRUE(os::process_of(server));

  EXPECT_EQ(reap_local_scratch(parent.path()), 0U) << "it is in use";
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  wait_until([&] { return !os::process_of(server); });

  EXPECT_TRUE(fs::exists(left));
  EXPECT_EQ(reap_local_scratch(parent.path()), 1U);
  EXPECT_THAT(parent.contents(), testing::IsEmpty());
}

TEST(LocalScratch, EndsAServerThatOutlivedItsLifeboat) {
  const ScratchParent parent;
  const fs::path left = parent.path() / (std::string(kScratchPrefix) + "old");
  fs::create_directory(left);
  const pid_t server = fork();
  if (server == 0) {
    while (true) pause();
  }
  const os::ProcessId now = os::process_of(server).value();
  std::ofstream(left / "owner") << server << ' ' << now.started_ticks - 1 << '\n'
                                << server << ' ' << now.started_ticks << '\n';
  EXPECT_EQ(reap_local_scratch(parent.path()), 1U);
  int status = 0;
  ASSERT_EQ(waitpid(server, &status, 0), server);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_THAT(parent.contents(), testing::IsEmpty());
}

TEST(LocalScratch, DoesNotTouchAProcessThatGotTheNumberOfADeadOne) {
  const ScratchParent parent;
  const fs::path left = parent.path() / (std::string(kScratchPrefix) + "old");
  fs::create_directory(left);
  const pid_t bystander = fork();
  if (bystander == 0) {
    while (true) pause();
  }
  const os::ProcessId now = os::process_of(bystander).value();
  // The same number, but of a process that started earlier.
  std::ofstream(left / "owner") << bystander << ' ' << now.started_ticks - 1 << '\n'
                                << bystander << ' ' << now.started_ticks - 1 << '\n';
  EXPECT_EQ(reap_local_scratch(parent.path()), 1U);
  EXPECT_TRUE(os::process_of(bystander));
  kill(bystander, SIGKILL);
  waitpid(bystander, nullptr, 0);
}

TEST(LocalScratch, LeavesADirectoryAloneThatOthersMayWriteTo) {
  const ScratchParent parent;
  const fs::path planted = parent.path() / (std::string(kScratchPrefix) + "planted");
  fs::create_directory(planted);
  std::ofstream(planted / "owner") << "1 1\n1 1\n";
  fs::permissions(planted, fs::perms::all);
  EXPECT_EQ(reap_local_scratch(parent.path()), 0U);
  EXPECT_TRUE(fs::exists(planted));
}

TEST(LocalScratch, TakesADirectoryWithoutAnOwnerForOneBeingStartedUntilItIsOld) {
  const ScratchParent parent;
  fs::create_directory(parent.path() / (std::string(kScratchPrefix) + "starting"));
  EXPECT_EQ(reap_local_scratch(parent.path()), 0U);
  EXPECT_EQ(reap_local_scratch(parent.path(), std::chrono::seconds(0)), 1U);
  EXPECT_THAT(parent.contents(), testing::IsEmpty());
}

TEST(LocalScratch, AsksForSpaceBeforeItStarts) {
  const ScratchParent parent;
  SilentObserver observer;
  try {
    static_cast<void>(start_local_scratch(
        {.parent = parent.path(), .expected_bytes = std::uint64_t{1} << 60U}, observer, {}));
    FAIL() << "it started";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_THAT(error.hint(), HasSubstr("--scratch-dir"));
  }
  EXPECT_THAT(parent.contents(), testing::IsEmpty());
}

TEST(LocalScratch, NamesThePackageWhereNoServerIsNewEnough) {
  const ScratchParent parent;
  SilentObserver observer;
  try {
    static_cast<void>(start_local_scratch({.parent = parent.path(), .least_server_version = 990000},
                                          observer, {}));
    FAIL() << "it started";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::not_found);
    EXPECT_THAT(error.hint(), HasSubstr("postgresql-99"));
  }
}

TEST(GivenScratch, IsWipedAfterUseAndBeforeTheNext) {
  harness::PostgresServer& server = harness::shared_server();
  const Secret url = server.create_database("dr_scratch");
  auto scratch = open_given_scratch({.url = url, .adopt = true}, {});
  EXPECT_FALSE(scratch->local());
  EXPECT_THAT(scratch->describe(), HasSubstr("dr_scratch"));
  server.execute("dr_scratch",
                 "CREATE SCHEMA app; CREATE TABLE app.t (x integer); CREATE TABLE public.u ();"
                 "CREATE TYPE app.e AS ENUM ('a'); SELECT lo_create(7);"
                 "CREATE PUBLICATION p FOR TABLE app.t; CREATE SCHEMA lifeboat_restore");
  scratch->close();
  EXPECT_EQ(inspect_target(url).user_objects, 0U);
  EXPECT_EQ(inspect_target(url).unfinished_snapshot, "");
  server.execute("dr_scratch", "CREATE TABLE left_behind ()");
  scratch = open_given_scratch({.url = url}, {});
  EXPECT_EQ(inspect_target(url).user_objects, 0U);
}

TEST(GivenScratch, IsRefusedIfItHoldsAnythingAndIsNotMarked) {
  harness::PostgresServer& server = harness::shared_server();
  const Secret url = server.create_database("production");
  server.execute("production", "CREATE TABLE precious (x integer)");
  try {
    static_cast<void>(open_given_scratch({.url = url, .adopt = true}, {}));
    FAIL() << "it was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
  }
  EXPECT_EQ(inspect_target(url).user_tables, 1U);
}

TEST(GivenScratch, IsBusyWhileAnotherProofUsesIt) {
  const Secret url = harness::shared_server().create_database("shared_scratch");
  const auto scratch = open_given_scratch({.url = url, .adopt = true}, {});
  try {
    static_cast<void>(open_given_scratch({.url = url, .adopt = true}, {}));
    FAIL() << "it was given out twice";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::busy);
  }
}

}  // namespace
}  // namespace lifeboat::postgres
