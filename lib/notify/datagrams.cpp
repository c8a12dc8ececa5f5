#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <thread>

#include "base/deleter.h"
#include "base/error.h"
#include "notify/courier.h"
#include "os/unique_fd.h"

namespace lifeboat::notify {
namespace {

using std::chrono::steady_clock;

constexpr int kPauseForRefusalMs = 20;

using Addresses = std::unique_ptr<addrinfo, Deleter<freeaddrinfo>>;

Addresses look_up(const std::string& host, const std::string& port, int flags) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_DGRAM;
  wanted.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0) return {};
  return Addresses(found);
}

/// A name's resolution cannot be interrupted: a thread of its own waits for it, and is left behind
/// with what it holds if it is too late.
Addresses resolve(const std::string& address, steady_clock::time_point deadline) {
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  const std::string port = address.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (auto numeric = look_up(host, port, AI_NUMERICHOST)) return numeric;
  auto promise = std::make_shared<std::promise<Addresses>>();
  auto found = promise->get_future();
  std::thread([promise, host, port] { promise->set_value(look_up(host, port, 0)); }).detach();
  if (found.wait_until(deadline) != std::future_status::ready) return {};
  return found.get();
}

std::string send_all(int fd, const std::vector<std::string>& datagrams) {
  for (const std::string& datagram : datagrams) {
    if (::send(fd, datagram.data(), datagram.size(), MSG_NOSIGNAL) < 0) {
      return std::strerror(errno);
    }
  }
  // On this machine a port that nobody listens on says so, if it is given a moment.
  pollfd waits{fd, POLLIN, 0};
  ::poll(&waits, 1, kPauseForRefusalMs);
  int failure = 0;
  socklen_t size = sizeof failure;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size);
  return failure == 0 ? "" : std::strerror(failure);
}

}  // namespace

Delivered deliver_datagrams(const std::string& address, const std::vector<std::string>& datagrams,
                            steady_clock::time_point deadline) {
  Delivered result{.tries = 1};
  const Addresses found = resolve(address, deadline);
  if (!found) {
    result.said = address + ": the name is not known";
    return result;
  }
  const os::UniqueFd fd(::socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), found->ai_addr, found->ai_addrlen) != 0) {
    result.said = address + ": " + std::strerror(errno);
    return result;
  }
  const std::string failure = send_all(fd.get(), datagrams);
  result.done = failure.empty();
  result.said = result.done ? "sent, " + std::to_string(datagrams.size()) +
                                  (datagrams.size() == 1 ? " datagram" : " datagrams")
                            : address + ": " + failure;
  return result;
}

}  // namespace lifeboat::notify
