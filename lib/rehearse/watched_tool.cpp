#include "rehearse/watched_tool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.h"
#include "os/file.h"

namespace lifeboat::rehearse {
namespace {

using std::chrono::steady_clock;

constexpr int kBetweenLooksMilliseconds = 100;
constexpr std::size_t kMostOutBytes = std::size_t{64} << 20U;
constexpr std::size_t kMostErrBytes = std::size_t{64} << 10U;

struct Ends {
  os::UniqueFd ours;
  os::UniqueFd theirs;
};

Ends make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw os::errno_error(errno, "make a pipe");
  return {os::UniqueFd(ends[0]), os::UniqueFd(ends[1])};
}

Ends make_socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw os::errno_error(errno, "make a socket pair");
  }
  return {os::UniqueFd(ends[0]), os::UniqueFd(ends[1])};
}

/// What the tool says on its three ways out.
class Listener {
 public:
  Listener(os::UniqueFd out, os::UniqueFd err, os::UniqueFd watch)
      : out_(std::move(out)), err_(std::move(err)), watch_(std::move(watch)) {}

  [[nodiscard]] bool over() const { return !out_ && !err_; }

  /// Waits a little; takes in what came. Moments are handed to `at`.
  void step(const std::function<void(const ProofMoment&)>& at) {
    std::array<pollfd, 3> polled = {pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0},
                                    pollfd{watch_.get(), POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), kBetweenLooksMilliseconds) <= 0) return;
    if (polled[2].revents != 0) {
      take(watch_, lines_);
      tell_lines(at);
    }
    if (polled[0].revents != 0) take(out_, out_text);
    if (polled[1].revents != 0) take(err_, err_text);
    if (out_text.size() > kMostOutBytes) throw Error(ErrorKind::corrupt, "it prints without end");
    if (err_text.size() > kMostErrBytes) err_text.erase(0, err_text.size() - kMostErrBytes);
  }

  std::string out_text;
  std::string err_text;

 private:
  void take(os::UniqueFd& from, std::string& to) {
    std::array<char, 16384> buffer{};
    const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
    if (count > 0) {
      to.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      from.reset();
    }
  }

  void tell_lines(const std::function<void(const ProofMoment&)>& at) {
    for (auto end = lines_.find('\n'); end != std::string::npos; end = lines_.find('\n')) {
      const ProofMoment moment = parse_moment(std::string_view(lines_).substr(0, end));
      lines_.erase(0, end + 1);
      at(moment);
      if (moment.moment == "compared" && watch_) let_go_on();
    }
  }

  /// A tool that has ended meanwhile tells why by its status.
  void let_go_on() {
    try {
      os::write_all(watch_.get(), as_bytes("on\n"));
    } catch (const Error&) {
      watch_.reset();
    }
  }

  os::UniqueFd out_;
  os::UniqueFd err_;
  os::UniqueFd watch_;
  std::string lines_;
};

/// Lets it clean up, then makes an end.
os::ExitStatus end_tool(os::Subprocess& child, Listener& listener) {
  child.signal(SIGTERM);
  const auto deadline = steady_clock::now() + kEndPatience;
  const auto ignore = [](const ProofMoment&) {};
  while (steady_clock::now() < deadline) {
    if (!listener.over()) listener.step(ignore);
    if (const auto status = child.wait_for(std::chrono::milliseconds(20))) return *status;
  }
  child.signal(SIGKILL);
  return child.wait();
}

}  // namespace

ToolEnd run_tool(os::Command command, const std::function<void(const ProofMoment&)>& at,
                 steady_clock::time_point deadline, const std::stop_token& stop) {
  Ends out = make_pipe();
  Ends err = make_pipe();
  Ends watch;
  if (at) {
    watch = make_socket_pair();
    command.arguments.push_back("--watch=" + std::to_string(watch.theirs.get()));
    command.passed_fds.push_back(watch.theirs.get());
  }
  os::Subprocess child(command,
                       {.in = {}, .out = std::move(out.theirs), .err = std::move(err.theirs)});
  watch.theirs.reset();
  Listener listener(std::move(out.ours), std::move(err.ours), std::move(watch.ours));
  ToolEnd end;
  try {
    while (!listener.over() && !end.interrupted) {
      listener.step(at);
      end.interrupted = stop.stop_requested() || steady_clock::now() > deadline;
    }
  } catch (const Error&) {
    static_cast<void>(end_tool(child, listener));
    throw;
  }
  end.status = end.interrupted ? end_tool(child, listener) : child.wait();
  end.out = std::move(listener.out_text);
  end.err = std::move(listener.err_text);
  return end;
}

}  // namespace lifeboat::rehearse
