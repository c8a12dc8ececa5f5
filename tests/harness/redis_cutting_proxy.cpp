#include "harness/redis_cutting_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"

namespace lifeboat::harness {
namespace {

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

os::UniqueFd connect_to(const std::string& path) {
  os::UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fd.reset();
  return fd;
}

}  // namespace

RedisCuttingProxy::RedisCuttingProxy(std::string socket_path, Count count, std::uint64_t at)
    : socket_path_(std::move(socket_path)),
      count_(count),
      at_(at),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_.get(), generic, size) != 0 || listen(listener_.get(), 16) != 0 ||
      getsockname(listener_.get(), generic, &size) != 0) {
    throw Error(ErrorKind::internal, "the cutting proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { accept_clients(); });
}

RedisCuttingProxy::~RedisCuttingProxy() {
  shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  cut_all();
  sessions_.clear();
  for (const int fd : open_) close(fd);
}

Secret RedisCuttingProxy::url() const {
  return Secret("redis://127.0.0.1:" + std::to_string(port_));
}

std::uint64_t RedisCuttingProxy::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

bool RedisCuttingProxy::remember(int fd) {
  const std::lock_guard lock(mutex_);
  if (gone_) return false;
  open_.push_back(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  return true;
}

void RedisCuttingProxy::cut_all() {
  const std::lock_guard lock(mutex_);
  gone_ = true;
  for (const int fd : open_) shutdown(fd, SHUT_RDWR);
}

std::size_t RedisCuttingProxy::allowed(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t left = at_ == 0 ? bytes : at_ - std::min(at_, bytes_);
  const std::size_t passes = std::min<std::uint64_t>(bytes, left);
  bytes_ += passes;
  return passes;
}

void RedisCuttingProxy::accept_clients() {
  while (true) {
    os::UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    if (!remember(client.get())) continue;
    sessions_.emplace_back([this, mine = std::move(client)]() mutable { serve(std::move(mine)); });
  }
}

void RedisCuttingProxy::serve(os::UniqueFd client) {
  const os::UniqueFd server = connect_to(socket_path_);
  if (server && remember(server.get())) {
    const std::jthread upstream(
        [&] { pass_on(client.get(), server.get(), count_ == Count::to_server); });
    pass_on(server.get(), client.get(), count_ == Count::from_server);
  }
  shutdown(client.get(), SHUT_RDWR);
}

void RedisCuttingProxy::pass_on(int from, int to, bool counted) {
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = recv(from, buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    const auto count = static_cast<std::size_t>(got);
    const std::size_t passes = counted ? allowed(count) : count;
    if (!send_all(to, {buffer.data(), passes})) break;
    if (passes < count) return cut_all();
  }
  shutdown(from, SHUT_RDWR);
  shutdown(to, SHUT_RDWR);
}

}  // namespace lifeboat::harness
