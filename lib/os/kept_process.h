#ifndef LIFEBOAT_OS_KEPT_PROCESS_H_
#define LIFEBOAT_OS_KEPT_PROCESS_H_

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "os/subprocess.h"

namespace lifeboat::os {

/// A server that cannot outlive us. The kernel kills a child when the *thread* that
/// started it ends (prctl(2), PR_SET_PDEATHSIG), so a thread of its own starts it and waits until
/// this object is destroyed: the server dies with the process, not with whichever thread asked.
class KeptProcess {
 public:
  /// `end_signal` asks it to end. Throws what Subprocess throws.
  KeptProcess(Command command, UniqueFd log, int end_signal);
  KeptProcess(const KeptProcess&) = delete;
  KeptProcess& operator=(const KeptProcess&) = delete;
  ~KeptProcess();

  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  /// Waits at most this long for its end.
  [[nodiscard]] std::optional<ExitStatus> wait_for(std::chrono::milliseconds limit) {
    return process_->wait_for(limit);
  }

 private:
  void keep(Command command, UniqueFd log);

  int end_signal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool begun_ = false;
  bool over_ = false;
  std::exception_ptr failure_;
  std::optional<Subprocess> process_;
  std::thread keeper_;
};

}  // namespace lifeboat::os

#endif  // LIFEBOAT_OS_KEPT_PROCESS_H_
