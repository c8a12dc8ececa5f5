#include "os/spawn.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "base/error.h"
#include "os/file.h"

extern char** environ;

namespace lifeboat::os {
namespace {

/// Where a child failed before its program ran.
enum class Stage : int { descriptors, directory, user, program };

struct Failure {
  Stage stage;
  int error_number;
};

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    const std::string name(text.substr(0, text.find('=')));
    const bool taken_out =
        std::find(command.unset.begin(), command.unset.end(), name) != command.unset.end();
    if (!taken_out && !command.environment.contains(name)) environment.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) environment.push_back(name + "=" + value);
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::optional<gid_t> group_of(const Command& command) {
  if (command.group || !command.user) return command.group;
  std::array<char, 16 * 1024> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(*command.user, &entry, buffer.data(), buffer.size(), &found) != 0 || !found) {
    throw Error(ErrorKind::unavailable, "no user has the number " + std::to_string(*command.user));
  }
  return entry.pw_gid;
}

/// Everything the child needs, so that it allocates nothing.
struct Prepared {
  Prepared(const Command& from, const Subprocess::Streams& streams)
      : command(from),
        program(from.program.string()),
        directory(from.working_directory.string()),
        group(group_of(from)),
        streams_in_order{streams.in.get(), streams.out.get(), streams.err.get()},
        parent(::getpid()),
        texts{program},
        environment_texts(environment_of(from)) {
    texts.insert(texts.end(), from.arguments.begin(), from.arguments.end());
    arguments = pointers_to(texts);
    environment = pointers_to(environment_texts);
  }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  const Command& command;
  std::string program;
  std::string directory;
  std::optional<gid_t> group;
  std::array<int, 3> streams_in_order;
  pid_t parent;
  std::vector<std::string> texts;
  std::vector<std::string> environment_texts;
  std::vector<char*> arguments;
  std::vector<char*> environment;
};

// From here to start_child(): async-signal-safe calls only.

[[noreturn]] void give_up(int report_fd, Stage stage) {
  const Failure failure{stage, errno};
  static_cast<void>(!::write(report_fd, &failure, sizeof failure));
  ::_exit(127);
}

bool arrange_streams(const Prepared& child) {
  std::array<int, 3> sources = child.streams_in_order;
  if (sources[0] < 0) sources[0] = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (sources[0] < 0) return false;
  // Out of the way first: a stream may itself stand on 0, 1 or 2.
  for (int& source : sources) {
    if (source < 0) continue;
    source = ::fcntl(source, F_DUPFD_CLOEXEC, 3);
    if (source < 0) return false;
  }
  for (int number = 0; number < 3; ++number) {
    const int source = sources[static_cast<std::size_t>(number)];
    if (source >= 0 && ::dup2(source, number) < 0) return false;
  }
  return true;
}

/// exec closes all that is marked; marking, unlike closing, spares the report pipe.
void mark_all_to_be_closed() {
  if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = 1024;
  const int end = limit.rlim_cur > 65536 ? 65536 : static_cast<int>(limit.rlim_cur);
  for (int fd = 3; fd < end; ++fd) static_cast<void>(::fcntl(fd, F_SETFD, FD_CLOEXEC));
}

bool keep_passed(const Command& command) {
  for (const int fd : command.passed_fds) {
    if (::fcntl(fd, F_SETFD, 0) != 0) return false;
  }
  return true;
}

bool become_user(const Prepared& child) {
  if (child.group) {
    if (child.command.user && ::setgroups(1, &*child.group) != 0) return false;
    if (::setgid(*child.group) != 0) return false;
  }
  return !child.command.user || ::setuid(*child.command.user) == 0;
}

/// After become_user(): a change of user clears the wish (prctl(2), PR_SET_PDEATHSIG).
void die_with(pid_t parent) {
  static_cast<void>(::prctl(PR_SET_PDEATHSIG, SIGKILL));
  if (::getppid() != parent) ::_exit(127);  // it died before we asked
}

void reset_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) {
    static_cast<void>(::sigaction(number, &standard, nullptr));
  }
  sigset_t none;
  sigemptyset(&none);
  static_cast<void>(::sigprocmask(SIG_SETMASK, &none, nullptr));
}

[[noreturn]] void start_child(const Prepared& child, int report_fd) {
  reset_signals();
  // Off 0, 1 and 2, which it may have been given if we were started without them.
  report_fd = ::fcntl(report_fd, F_DUPFD_CLOEXEC, 3);
  if (!arrange_streams(child)) give_up(report_fd, Stage::descriptors);
  mark_all_to_be_closed();
  if (!keep_passed(child.command)) give_up(report_fd, Stage::descriptors);
  if (!become_user(child)) give_up(report_fd, Stage::user);
  if (child.command.dies_with_parent) die_with(child.parent);
  if (!child.directory.empty() && ::chdir(child.directory.c_str()) != 0) {
    give_up(report_fd, Stage::directory);
  }
  ::execve(child.program.c_str(), child.arguments.data(), child.environment.data());
  give_up(report_fd, Stage::program);
}

/// No handler of ours may run in the child, so nothing is delivered while it is made.
pid_t fork_with_signals_blocked(const Prepared& child, int report_fd) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) start_child(child, report_fd);
  const int error_number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    throw Error(ErrorKind::unavailable, errno_error(error_number, "start a process").message());
  }
  return pid;
}

std::string describe(Stage stage, const Command& command) {
  const std::string start = "start " + command.program.string();
  switch (stage) {
    case Stage::descriptors:
      return start + ": hand over descriptors";
    case Stage::directory:
      return start + ": in " + command.working_directory.string();
    case Stage::user:
      return start + ": as another user";
    case Stage::program:
      return start;
  }
  return start;
}

}  // namespace

pid_t spawn(const Command& command, const Subprocess::Streams& streams) {
  const Prepared child(command, streams);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw errno_error(errno, "make a pipe");
  const UniqueFd report(ends[0]);
  UniqueFd report_by_child(ends[1]);
  const pid_t pid = fork_with_signals_blocked(child, report_by_child.get());
  report_by_child.reset();

  Failure failure{};
  ssize_t got = 0;
  do {
    got = ::read(report.get(), &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof failure) return pid;

  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  const Error reason = errno_error(failure.error_number, describe(failure.stage, command));
  throw Error(ErrorKind::unavailable, reason.message());
}

}  // namespace lifeboat::os
