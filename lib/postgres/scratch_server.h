#ifndef LIFEBOAT_POSTGRES_SCRATCH_SERVER_H_
#define LIFEBOAT_POSTGRES_SCRATCH_SERVER_H_

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "os/subprocess.h"

namespace lifeboat::postgres {

/// A server process that cannot outlive us. The kernel kills a child when the *thread* that
/// started it ends (prctl(2), PR_SET_PDEATHSIG), so a thread of its own starts it and waits until
/// this object is destroyed: the server dies with the process, not with whichever thread asked.
class ScratchServer {
 public:
  /// Throws what os::Subprocess throws.
  ScratchServer(os::Command command, os::UniqueFd log);
  ScratchServer(const ScratchServer&) = delete;
  ScratchServer& operator=(const ScratchServer&) = delete;
  ~ScratchServer();

  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  /// Waits at most this long for its end.
  [[nodiscard]] std::optional<os::ExitStatus> wait_for(std::chrono::milliseconds limit) {
    return process_->wait_for(limit);
  }

 private:
  void keep(os::Command command, os::UniqueFd log);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool begun_ = false;
  bool over_ = false;
  std::exception_ptr failure_;
  std::optional<os::Subprocess> process_;
  std::thread keeper_;
};

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SCRATCH_SERVER_H_
