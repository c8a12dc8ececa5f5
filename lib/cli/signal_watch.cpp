#include "cli/signal_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "os/file.h"

namespace lifeboat::cli {
namespace {

/// nohup and shells that start a job in the background have a signal ignored: it stays so.
/// (A blocked signal would reach the signalfd all the same.)
bool ignored(int signal_number) {
  struct sigaction action {};
  ::sigaction(signal_number, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

/// Dies as if the signal had never been caught, so that a shell sees it.
void die_of(int signal_number) {
  ::signal(signal_number, SIG_DFL);
  ::kill(::getpid(), signal_number);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal_number);
  ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
}

}  // namespace

SignalWatch::SignalWatch() {
  ::signal(SIGPIPE, SIG_IGN);
  sigemptyset(&signals_);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (!ignored(number)) sigaddset(&signals_, number);
  }
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  signal_fd_ = os::UniqueFd(::signalfd(-1, &signals_, SFD_CLOEXEC));
  end_fd_ = os::UniqueFd(::eventfd(0, EFD_CLOEXEC));
  if (!signal_fd_ || !end_fd_) throw os::errno_error(errno, "watch for signals");
  thread_ = std::thread([this] { watch(); });
}

SignalWatch::~SignalWatch() {
  const std::uint64_t one = 1;
  static_cast<void>(::write(end_fd_.get(), &one, sizeof one));
  thread_.join();
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void SignalWatch::watch() {
  bool interrupted = false;
  while (true) {
    std::array<pollfd, 2> waiting = {pollfd{signal_fd_.get(), POLLIN, 0},
                                     pollfd{end_fd_.get(), POLLIN, 0}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
    if (waiting[1].revents != 0) return;
    if (waiting[0].revents == 0) continue;
    signalfd_siginfo info{};
    if (::read(signal_fd_.get(), &info, sizeof info) != sizeof info) continue;
    const bool interrupt = info.ssi_signo == static_cast<std::uint32_t>(SIGINT);
    if (interrupt && interrupted) die_of(SIGINT);
    interrupted = interrupted || interrupt;
    stop_.request_stop();
  }
}

}  // namespace lifeboat::cli
