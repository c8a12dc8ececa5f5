#include "resp/socket_transport.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/deleter.h"
#include "base/error.h"

namespace lifeboat::resp {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string words_of(int error_number) { return std::strerror(error_number); }

void set_option(int socket, int level, int name, int value) {
  static_cast<void>(setsockopt(socket, level, name, &value, sizeof value));
}

[[noreturn]] void throw_lost(int error_number) {
  throw Error(ErrorKind::unavailable, "the connection is lost: " + words_of(error_number));
}

}  // namespace

SocketTransport::SocketTransport(const Address& address, const std::stop_token& stop,
                                 milliseconds timeout)
    : Transport(stop) {
  const TimePoint deadline = steady_clock::now() + timeout;
  if (address.socket_path.empty()) {
    connect_tcp(address, deadline);
  } else {
    connect_unix(address, deadline, stop);
  }
}

void SocketTransport::connect_tcp(const Address& address, TimePoint deadline) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int failure = getaddrinfo(address.host.c_str(), port.c_str(), &wanted, &found);
  const std::unique_ptr<addrinfo, Deleter<freeaddrinfo>> owned(found);
  if (failure != 0) {
    throw Error(failure == EAI_AGAIN ? ErrorKind::unavailable : ErrorKind::not_found,
                std::string("the Redis host cannot be found: ") + gai_strerror(failure));
  }
  int error_number = ECONNREFUSED;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    socket_ =
        os::UniqueFd(socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket_) continue;
    error_number = connect(socket_.get(), one->ai_addr, one->ai_addrlen) == 0 ? 0 : errno;
    if (error_number == EINPROGRESS) {
      if (!wait(POLLOUT, deadline)) {
        throw Error(ErrorKind::unavailable, "connect: no answer in time",
                    "check host and port, and that the server can be reached from here");
      }
      socklen_t size = sizeof error_number;
      getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error_number, &size);
    }
    if (error_number != 0) continue;
    set_option(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket_.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket_.get(), IPPROTO_TCP, TCP_KEEPIDLE, 60);
    set_option(socket_.get(), IPPROTO_TCP, TCP_KEEPINTVL, 10);
    return;
  }
  throw Error(ErrorKind::unavailable, "connect: " + words_of(error_number));
}

void SocketTransport::connect_unix(const Address& address, TimePoint deadline,
                                   const std::stop_token& stop) {
  socket_ = os::UniqueFd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_) throw Error(ErrorKind::internal, "no socket: " + words_of(errno));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  // parse_address() has bounded the path; the struct is zeroed.
  std::memcpy(name.sun_path, address.socket_path.data(),
              std::min(address.socket_path.size(), sizeof name.sun_path - 1));
  const auto* generic = reinterpret_cast<const sockaddr*>(&name);
  while (connect(socket_.get(), generic, sizeof name) != 0) {
    // EAGAIN: the server's queue of connections is full; there is nothing to poll for.
    if (errno == EAGAIN && steady_clock::now() < deadline && !stop.stop_requested()) {
      static_cast<void>(poll(nullptr, 0, 10));
      continue;
    }
    const int error_number = errno;
    ErrorKind kind = ErrorKind::unavailable;
    if (error_number == ENOENT) kind = ErrorKind::not_found;
    if (error_number == EACCES) kind = ErrorKind::denied;
    throw Error(kind, "connect to the socket: " + words_of(error_number));
  }
}

std::size_t SocketTransport::write_some(ByteView bytes) {
  while (true) {
    const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) throw_lost(errno);
  }
}

std::size_t SocketTransport::read_some(MutableByteView buffer) {
  while (true) {
    const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == 0) {
      throw Error(ErrorKind::unavailable, "the server closed the connection");
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) throw_lost(errno);
  }
}

}  // namespace lifeboat::resp
