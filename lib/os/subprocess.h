#ifndef LIFEBOAT_OS_SUBPROCESS_H_
#define LIFEBOAT_OS_SUBPROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "os/unique_fd.h"

namespace lifeboat::os {

/// How a child ended.
struct ExitStatus {
  int code = 0;    ///< exit code, if `signal` is 0
  int signal = 0;  ///< the signal that killed it, or 0
  [[nodiscard]] bool ok() const noexcept { return code == 0 && signal == 0; }
  /// "exit code 3" or "killed by signal 9".
  [[nodiscard]] std::string describe() const;
};

/// What to run. Nothing is inherited but what is named here: descriptors 0-2 and `passed_fds`.
/// `dies_with_parent` looks at the *thread* that started the child (prctl(2), PR_SET_PDEATHSIG):
/// switch it off for a child that must outlive a worker thread.
struct Command {
  std::filesystem::path program = {};                   ///< full path; no PATH search, no shell
  std::vector<std::string> arguments = {};              ///< without argv[0]; never a secret
  std::map<std::string, std::string> environment = {};  ///< added to, or replacing, our own
  std::vector<std::string> unset = {};                  ///< variables taken out of our own
  std::filesystem::path working_directory = {};         ///< empty = ours
  std::optional<uid_t> user = {};                       ///< run as this user (needs root)
  std::optional<gid_t> group = {};
  std::vector<int> passed_fds = {};  ///< kept open under the same numbers
  bool dies_with_parent = true;      ///< SIGKILL when the thread that started it is gone (Linux)
};

/// What run() collected.
struct Outcome {
  ExitStatus status;
  Bytes out;        ///< stdout, complete
  std::string err;  ///< the last 64 KiB of stderr
};

/// Runs a child to its end, feeding `input` and collecting stdout and stderr. Returns when the
/// child has ended and whoever inherited its streams has closed them. Throws Error(unavailable) if
/// it cannot be started, cancelled if `stop` was requested (the child is sent SIGTERM, 2 s later
/// SIGKILL, and reaped), corrupt once stdout passes `limit_bytes`.
[[nodiscard]] Outcome run(const Command& command, ByteView input, std::stop_token stop,
                          std::uint64_t limit_bytes = 1ULL << 30U);

/// A child that goes on while we work. Destruction kills (SIGTERM, then SIGKILL) and reaps it.
class Subprocess {
 public:
  struct Streams {
    UniqueFd in;   ///< invalid = /dev/null
    UniqueFd out;  ///< invalid = our own stdout
    UniqueFd err;  ///< invalid = our own stderr
  };
  Subprocess(const Command& command, Streams streams);
  Subprocess(Subprocess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Subprocess& operator=(Subprocess&&) = delete;
  ~Subprocess();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  void signal(int signal_number) const;
  /// Blocks until it ends.
  ExitStatus wait();
  /// Waits at most this long.
  std::optional<ExitStatus> wait_for(std::chrono::milliseconds limit);

 private:
  pid_t pid_ = -1;
};

/// The directory of the running executable (/proc/self/exe).
[[nodiscard]] std::filesystem::path own_directory();

}  // namespace lifeboat::os

#endif  // LIFEBOAT_OS_SUBPROCESS_H_
