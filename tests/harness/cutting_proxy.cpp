#include "harness/cutting_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.h"

namespace lifeboat::harness {
namespace {

constexpr std::size_t kHeader = 5;  // a type, and a length that counts itself

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void pass_on(int from, int to) {
  std::array<char, 65536> buffer{};
  for (ssize_t got = 0; (got = recv(from, buffer.data(), buffer.size(), 0)) > 0;) {
    if (!send_all(to, {buffer.data(), static_cast<std::size_t>(got)})) break;
  }
  shutdown(to, SHUT_WR);
}

std::size_t body_of(const std::string& header) {
  std::uint32_t length = 0;
  std::memcpy(&length, header.data() + 1, sizeof length);
  return ntohl(length) - sizeof length;
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

CuttingProxy::CuttingProxy(const PostgresServer& server, std::uint64_t at, Cut cut)
    : socket_path_(server.directory() / (".s.PGSQL." + std::to_string(server.port()))),
      at_(at),
      cut_(cut),
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

CuttingProxy::~CuttingProxy() {
  shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  cut_all();
  sessions_.clear();
  for (const int fd : open_) close(fd);
}

Secret CuttingProxy::url(const std::string& database) const {
  return Secret("postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database +
                "?sslmode=disable&gssencmode=disable");
}

std::uint64_t CuttingProxy::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

/// Whether the descriptor may be used.
bool CuttingProxy::remember(int fd) {
  const std::lock_guard lock(mutex_);
  if (gone_) return false;
  open_.push_back(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  return true;
}

void CuttingProxy::cut_all() {
  const std::lock_guard lock(mutex_);
  gone_ = true;
  for (const int fd : open_) shutdown(fd, SHUT_RDWR);
}

bool CuttingProxy::is_cut_here() {
  const std::lock_guard lock(mutex_);
  return ++messages_ == at_;
}

void CuttingProxy::accept_clients() {
  while (true) {
    os::UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    if (!remember(client.get())) continue;
    sessions_.emplace_back([this, mine = std::move(client)]() mutable { serve(std::move(mine)); });
  }
}

void CuttingProxy::serve(os::UniqueFd client) {
  const os::UniqueFd server = connect_to(socket_path_);
  if (server && remember(server.get())) {
    const std::jthread upstream([&] { pass_on(client.get(), server.get()); });
    std::string header;
    std::size_t body_left = 0;
    while (pass_on_chunk(server.get(), client.get(), header, body_left)) {
    }
    shutdown(client.get(), SHUT_RDWR);
    shutdown(server.get(), SHUT_RDWR);
  }
}

/// What the server has sent, message by message. False: the session is over.
bool CuttingProxy::pass_on_chunk(int server, int client, std::string& header,
                                 std::size_t& body_left) {
  std::array<char, 16384> buffer{};
  const ssize_t got = recv(server, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  const std::string_view chunk(buffer.data(), static_cast<std::size_t>(got));
  for (std::size_t at = 0; at < chunk.size();) {
    if (body_left > 0) {
      const std::size_t step = std::min(body_left, chunk.size() - at);
      body_left -= step;
      at += step;
      continue;
    }
    header += chunk[at++];
    if (header.size() < kHeader) continue;
    body_left = body_of(header);
    header.clear();
    if (!is_cut_here()) continue;
    static_cast<void>(send_all(client, chunk.substr(0, at)));  // a length, and nothing behind it
    if (cut_ == Cut::server) cut_all();
    return false;
  }
  return send_all(client, chunk);
}

}  // namespace lifeboat::harness
