#include "os/subprocess.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "base/error.h"
#include "os/file.h"

namespace lifeboat::os {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Command shell(const std::string& script) { return {"/bin/sh", {"-c", script}}; }

Outcome run_shell(const std::string& script, std::string_view input = "") {
  return run(shell(script), as_bytes(input), {});
}

bool alive(pid_t pid) { return ::kill(pid, 0) == 0; }

TEST(Run, CollectsOutputErrorAndExitCode) {
  const Outcome outcome = run_shell("echo out; echo err >&2; exit 3");
  EXPECT_EQ(as_text(outcome.out), "out\n");
  EXPECT_EQ(outcome.err, "err\n");
  EXPECT_EQ(outcome.status.code, 3);
  EXPECT_FALSE(outcome.status.ok());
  EXPECT_EQ(outcome.status.describe(), "exit code 3");
}

TEST(Run, TellsTheSignalThatKilledAChild) {
  const Outcome outcome = run_shell("kill -9 $$");
  EXPECT_EQ(outcome.status.signal, 9);
  EXPECT_FALSE(outcome.status.ok());
  EXPECT_EQ(outcome.status.describe(), "killed by signal 9");
}

TEST(Run, FeedsAndCollectsMoreThanAPipeHoldsWithoutDeadlock) {
  const std::string much(3'000'000, 'm');
  const Outcome outcome = run_shell("cat; head -c 1000000 /dev/zero >&2", much);
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(as_text(outcome.out), much);
  EXPECT_EQ(outcome.err.size(), 64U * 1024U) << "the tail of stderr, no more";
}

TEST(Run, SurvivesAChildThatDoesNotReadItsInput) {
  EXPECT_TRUE(run_shell("exec <&-; echo done", std::string(3'000'000, 'm')).status.ok());
}

TEST(Run, GivesAnEmptyInputWhenThereIsNone) {
  EXPECT_EQ(as_text(run_shell("cat; echo end").out), "end\n");
}

TEST(Run, StopsAChildThatPrintsTooMuch) {
  try {
    static_cast<void>(run(shell("yes"), {}, {}, 100'000));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  }
}

TEST(Run, SaysThatAProgramIsMissing) {
  try {
    static_cast<void>(run({"/no/such/program", {}}, {}, {}));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_EQ(error.message(), "program: start /no/such/program: no such file or directory");
  }
}

TEST(Run, SaysThatAFolderIsMissing) {
  Command command = shell("pwd");
  command.working_directory = "/no/such/folder";
  EXPECT_THROW(static_cast<void>(run(command, {}, {})), Error);
  command.working_directory = "/usr";
  EXPECT_EQ(as_text(run(command, {}, {}).out), "/usr\n");
}

TEST(Run, EndsTheChildWhenAskedToStop) {
  std::stop_source stop;
  std::jthread asker([&] { stop.request_stop(); });
  try {
    static_cast<void>(run(shell("exec sleep 600"), {}, stop.get_token()));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  }
}

TEST(Run, EndsAlsoAChildThatClosedItsStreams) {
  std::stop_source stop;
  std::jthread asker([&] { stop.request_stop(); });
  EXPECT_THROW(static_cast<void>(run(shell("exec sleep 600 <&- >&- 2>&-"), {}, stop.get_token())),
               Error);
}

TEST(Run, KillsAChildThatIgnoresTheRequest) {
  const TempDir folder(std::filesystem::temp_directory_path(), "lifeboat-run-");
  const auto ready = folder.path() / "ready";
  std::stop_source stop;
  std::jthread asker([&] {
    while (!std::filesystem::exists(ready)) std::this_thread::yield();
    stop.request_stop();
  });
  const Command stubborn = shell("trap '' TERM; : >" + ready.string() + "; while :; do :; done");
  EXPECT_THROW(static_cast<void>(run(stubborn, {}, stop.get_token())), Error);
}

TEST(Run, SetsAndTakesAwayEnvironmentVariables) {
  ::setenv("LIFEBOAT_TEST_A", "ours", 1);
  ::setenv("LIFEBOAT_TEST_B", "ours", 1);
  Command command = shell("echo \"$LIFEBOAT_TEST_A,${LIFEBOAT_TEST_B-none},$LIFEBOAT_TEST_C\"");
  command.environment = {{"LIFEBOAT_TEST_A", "theirs"}, {"LIFEBOAT_TEST_C", "new"}};
  command.unset = {"LIFEBOAT_TEST_B"};
  EXPECT_EQ(as_text(run(command, {}, {}).out), "theirs,none,new\n");
}

TEST(Run, HandsOverOnlyTheDescriptorsThatAreNamed) {
  const UniqueFd kept(::open("/dev/null", O_RDONLY));
  const UniqueFd not_kept(::open("/dev/null", O_RDONLY));
  Command command{"/bin/ls", {"/proc/self/fd"}};
  command.passed_fds = {kept.get()};
  const std::string listed(as_text(run(command, {}, {}).out));
  EXPECT_NE(listed.find("\n" + std::to_string(kept.get()) + "\n"), std::string::npos) << listed;
  // 0, 1, 2, the passed one, and the one that ls has open on the folder.
  EXPECT_EQ(std::count(listed.begin(), listed.end(), '\n'), 5) << listed;
}

TEST(Run, StartsChildrenWithDefaultSignals) {
  ::signal(SIGPIPE, SIG_IGN);
  const std::string status(as_text(run({"/bin/cat", {"/proc/self/status"}}, {}, {}).out));
  ::signal(SIGPIPE, SIG_DFL);
  EXPECT_NE(status.find("SigIgn:\t0000000000000000"), std::string::npos) << status;
  EXPECT_NE(status.find("SigBlk:\t0000000000000000"), std::string::npos) << status;
}

TEST(Run, BecomesAnotherUserWithThatUsersGroupAlone) {
  if (::geteuid() != 0) {
    // Only root may; anyone else is told.
    Command command = shell("id -u");
    command.user = 0;
    EXPECT_THROW(static_cast<void>(run(command, {}, {})), Error);
    return;
  }
  const passwd* nobody = ::getpwnam("nobody");
  ASSERT_NE(nobody, nullptr);
  Command command = shell("echo $(id -u) $(id -G); grep PPid /proc/self/status >/dev/null");
  command.user = nobody->pw_uid;
  const gid_t group = nobody->pw_gid;
  EXPECT_EQ(as_text(run(command, {}, {}).out),
            std::to_string(*command.user) + " " + std::to_string(group) + "\n");
}

TEST(Subprocess, WaitsNoLongerThanTold) {
  Subprocess child(shell("exec sleep 600"), {});
  EXPECT_FALSE(child.wait_for(milliseconds(20)));
  child.signal(SIGTERM);
  EXPECT_EQ(child.wait().signal, SIGTERM);
}

TEST(Subprocess, IsEndedAndReapedByItsDestructor) {
  pid_t pid = -1;
  {
    const Subprocess child(shell("exec sleep 600"), {});
    pid = child.pid();
    EXPECT_TRUE(alive(pid));
  }
  EXPECT_FALSE(alive(pid));
}

TEST(Subprocess, WritesIntoTheDescriptorsItIsGiven) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd read_end(ends[0]);
  Subprocess child(shell("echo hello"), {{}, UniqueFd(ends[1]), {}});
  EXPECT_TRUE(child.wait().ok());
  std::array<char, 16> text{};
  EXPECT_EQ(::read(read_end.get(), text.data(), text.size()), 6);
}

/// A child of a process that was killed. `ended` reaches its end when the orphan does, whoever
/// reaps it.
struct Orphan {
  pid_t pid = -1;
  UniqueFd ended;
  [[nodiscard]] bool ends_within(milliseconds limit) const {
    pollfd polled{ended.get(), POLLIN, 0};
    return ::poll(&polled, 1, static_cast<int>(limit.count())) == 1;
  }
};

Orphan orphan_of_a_killed_parent(bool dies_with_parent) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const pid_t parent = ::fork();
  if (parent == 0) {
    Command command = shell("exec sleep 600");
    command.dies_with_parent = dies_with_parent;
    command.passed_fds = {write_end.get()};
    const Subprocess child(command, {});
    const pid_t pid = child.pid();
    static_cast<void>(!::write(write_end.get(), &pid, sizeof pid));
    for (;;) ::pause();
  }
  write_end.reset();
  Orphan orphan{-1, std::move(read_end)};
  EXPECT_EQ(::read(orphan.ended.get(), &orphan.pid, sizeof orphan.pid),
            static_cast<ssize_t>(sizeof orphan.pid));
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  return orphan;
}

TEST(Subprocess, DiesWithAParentThatWasKilled) {
  EXPECT_TRUE(orphan_of_a_killed_parent(true).ends_within(seconds(10)));
}

TEST(Subprocess, OutlivesItsParentWhenItIsMeantTo) {
  const Orphan orphan = orphan_of_a_killed_parent(false);
  EXPECT_FALSE(orphan.ends_within(milliseconds(50)));
  ::kill(orphan.pid, SIGKILL);
  EXPECT_TRUE(orphan.ends_within(seconds(10)));
}

TEST(OwnDirectory, HoldsTheRunningExecutable) {
  EXPECT_TRUE(std::filesystem::exists(own_directory() / "os_test"));
}

}  // namespace
}  // namespace lifeboat::os
