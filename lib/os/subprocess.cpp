#include "os/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <system_error>
#include <thread>

#include "base/error.h"
#include "os/file.h"
#include "os/spawn.h"

namespace lifeboat::os {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kGrace{2000};
constexpr std::size_t kErrTailBytes = 64 * 1024;

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw errno_error(errno, "make a pipe");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void make_non_blocking(const UniqueFd& fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
    throw errno_error(errno, "set up a pipe");
  }
}

ExitStatus decode(int status) {
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

/// Keeps SIGPIPE from this thread while it writes to a child that may have closed its stdin.
class SigpipeHeldBack {
 public:
  SigpipeHeldBack() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  SigpipeHeldBack(const SigpipeHeldBack&) = delete;
  SigpipeHeldBack& operator=(const SigpipeHeldBack&) = delete;
  ~SigpipeHeldBack() {
    if (sigismember(&before_, SIGPIPE) == 0) {
      const timespec at_once{};
      while (::sigtimedwait(&sigpipe_, nullptr, &at_once) < 0 && errno == EINTR) {
      }
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t sigpipe_{};
  sigset_t before_{};
};

/// Becomes readable once a stop is requested.
class StopEvent {
 public:
  explicit StopEvent(std::stop_token stop)
      : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        callback_(std::move(stop), Raise{fd_.get()}) {
    if (!fd_) throw errno_error(errno, "make an event descriptor");
  }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  struct Raise {
    int fd;
    void operator()() const noexcept { static_cast<void>(::eventfd_write(fd, 1)); }
  };
  UniqueFd fd_;
  std::stop_callback<Raise> callback_;
};

/// One child's three pipes, as run() sees them.
class Conversation {
 public:
  Conversation(ByteView input, std::uint64_t limit_bytes)
      : rest_of_input_(input), limit_bytes_(limit_bytes) {}

  Subprocess::Streams open() {
    Pipe in = make_pipe();
    Pipe out = make_pipe();
    Pipe err = make_pipe();
    in_ = std::move(in.write);
    out_ = std::move(out.read);
    err_ = std::move(err.read);
    for (const UniqueFd* fd : {&in_, &out_, &err_}) make_non_blocking(*fd);
    if (rest_of_input_.empty()) in_.reset();
    return {std::move(in.read), std::move(out.write), std::move(err.write)};
  }

  [[nodiscard]] bool over() const noexcept { return !out_ && !err_; }

  /// Waits until something moves, and moves it. Returns false once a stop was requested.
  bool step(const StopEvent& stop) {
    // poll(2) passes over negative descriptors.
    std::array<pollfd, 4> polled = {pollfd{stop.fd(), POLLIN, 0}, pollfd{in_.get(), POLLOUT, 0},
                                    pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), -1) < 0) {
      if (errno == EINTR) return true;
      throw errno_error(errno, "wait for a child process");
    }
    if (polled[0].revents != 0) return false;
    if (polled[1].revents != 0) feed();
    if (polled[2].revents != 0) collect_out();
    if (polled[3].revents != 0) collect_err();
    return true;
  }

  Bytes take_out() { return std::move(collected_out_); }
  std::string take_err() { return std::move(collected_err_); }

 private:
  void feed() {
    const SigpipeHeldBack quiet;
    const ssize_t written = ::write(in_.get(), rest_of_input_.data(), rest_of_input_.size());
    if (written >= 0) {
      rest_of_input_ = rest_of_input_.subspan(static_cast<std::size_t>(written));
    } else if (errno != EAGAIN && errno != EINTR) {
      // A child may stop reading when it knows enough; its exit status tells whether that is bad.
      rest_of_input_ = {};
    }
    if (rest_of_input_.empty()) in_.reset();
  }

  /// What is there now; empty at the end or when nothing is.
  ByteView receive(UniqueFd& from) {
    const ssize_t got = ::read(from.get(), buffer_.data(), buffer_.size());
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) from.reset();
    return ByteView(buffer_).first(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }

  void collect_out() {
    append(collected_out_, receive(out_));
    if (collected_out_.size() > limit_bytes_) {
      throw Error(ErrorKind::corrupt,
                  "printed more than the " + std::to_string(limit_bytes_) + " bytes allowed");
    }
  }

  void collect_err() {
    collected_err_ += as_text(receive(err_));
    if (collected_err_.size() > kErrTailBytes) {
      collected_err_.erase(0, collected_err_.size() - kErrTailBytes);
    }
  }

  ByteView rest_of_input_;
  std::uint64_t limit_bytes_;
  UniqueFd in_;
  UniqueFd out_;
  UniqueFd err_;
  std::array<std::uint8_t, 64 * 1024> buffer_{};
  Bytes collected_out_;
  std::string collected_err_;
};

}  // namespace

std::string ExitStatus::describe() const {
  if (signal != 0) return "killed by signal " + std::to_string(signal);
  return "exit code " + std::to_string(code);
}

Outcome run(const Command& command, ByteView input, std::stop_token stop,
            std::uint64_t limit_bytes) {
  return with_context(command.program.filename().string(), [&] {
    Conversation conversation(input, limit_bytes);
    const StopEvent stopped(stop);
    Subprocess child(command, conversation.open());
    bool go_on = true;
    while (go_on && !conversation.over()) go_on = conversation.step(stopped);

    // A child may close its streams long before it ends.
    std::optional<ExitStatus> status;
    while (go_on && !status) {
      status = child.wait_for(milliseconds(100));
      go_on = status || !stop.stop_requested();
    }
    if (!status) throw Error(ErrorKind::cancelled, "stopped on request");
    return Outcome{*status, conversation.take_out(), conversation.take_err()};
  });
}

Subprocess::Subprocess(const Command& command, Streams streams) : pid_(spawn(command, streams)) {}

Subprocess::~Subprocess() {
  if (pid_ < 0) return;
  try {
    signal(SIGTERM);
    if (wait_for(kGrace)) return;
    signal(SIGKILL);
    wait();
  } catch (const std::exception&) {
    // Nothing is left to reap.
  }
}

void Subprocess::signal(int signal_number) const {
  if (pid_ > 0) static_cast<void>(::kill(pid_, signal_number));
}

ExitStatus Subprocess::wait() {
  if (pid_ < 0) throw Error(ErrorKind::internal, "a child process was waited for twice");
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) throw errno_error(errno, "wait for a child process");
  }
  pid_ = -1;
  return decode(status);
}

std::optional<ExitStatus> Subprocess::wait_for(milliseconds limit) {
  if (pid_ < 0) throw Error(ErrorKind::internal, "a child process was waited for twice");
  const auto deadline = steady_clock::now() + limit;
  milliseconds pause{1};
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) {
      pid_ = -1;
      return decode(status);
    }
    if (ended < 0 && errno != EINTR) throw errno_error(errno, "wait for a child process");
    const auto left = deadline - steady_clock::now();
    if (left <= milliseconds(0)) return std::nullopt;
    std::this_thread::sleep_for(std::min<steady_clock::duration>(pause, left));
    pause = std::min(pause * 2, milliseconds(20));
  }
}

std::filesystem::path own_directory() {
  std::error_code failure;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure) throw errno_error(failure.value(), "find the running executable");
  return executable.parent_path();
}

}  // namespace lifeboat::os
