#ifndef LIFEBOAT_CLI_SIGNAL_WATCH_H_
#define LIFEBOAT_CLI_SIGNAL_WATCH_H_

#include <signal.h>

#include <stop_token>
#include <thread>

#include "os/unique_fd.h"

namespace lifeboat::cli {

/// Turns SIGINT, SIGTERM and SIGHUP into a stop request, so that jobs end cleanly: no handler runs,
/// a thread reads them from a signalfd. Made before any other thread, since threads inherit the
/// blocked signals (children started with os::run do not). A second SIGINT kills the process at
/// once; a second SIGTERM or SIGHUP changes nothing, platforms repeat them. SIGPIPE is ignored from
/// here on: a write to a closed pipe is an error to report.
class SignalWatch {
 public:
  SignalWatch();
  /// Joins the thread and gives the signals back.
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  [[nodiscard]] std::stop_token stop() const noexcept { return stop_.get_token(); }

 private:
  void watch();

  sigset_t signals_{};
  sigset_t before_{};
  os::UniqueFd signal_fd_;
  os::UniqueFd end_fd_;
  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_SIGNAL_WATCH_H_
