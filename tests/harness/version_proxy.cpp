#include "harness/version_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "base/error.h"

namespace lifeboat::harness {
namespace {

bool send_all(int fd, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t sent = send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_exactly(int fd, char* into, std::size_t count) {
  while (count > 0) {
    const ssize_t got = recv(fd, into, count, 0);
    if (got <= 0) return false;
    into += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

void pass_on(int from, int to) {
  std::array<char, 16 * 1024> buffer{};
  while (true) {
    const ssize_t got = recv(from, buffer.data(), buffer.size(), 0);
    if (got <= 0 || !send_all(to, {buffer.data(), static_cast<std::size_t>(got)})) break;
  }
  shutdown(to, SHUT_WR);
}

std::string in_network_order(std::size_t length) {
  const std::uint32_t value = htonl(static_cast<std::uint32_t>(length));
  std::string text(sizeof value, '\0');
  std::memcpy(text.data(), &value, sizeof value);
  return text;
}

/// One message of the server's: a type, a length that counts itself, a body.
bool pass_start_up_message(int from, int to, const std::string& version, char& type) {
  std::array<char, 5> head{};
  if (!receive_exactly(from, head.data(), head.size())) return false;
  type = head[0];
  std::uint32_t length = 0;
  std::memcpy(&length, head.data() + 1, sizeof length);
  std::string body(ntohl(length) - sizeof length, '\0');
  if (!receive_exactly(from, body.data(), body.size())) return false;
  constexpr std::string_view kName("server_version\0", 15);
  if (type == 'S' && body.starts_with(kName)) {
    body = std::string(kName) + version + std::string(1, '\0');
  }
  return send_all(to, std::string(1, type) + in_network_order(body.size() + 4) + body);
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

VersionProxy::VersionProxy(const PostgresServer& server, std::string version)
    : socket_path_(server.directory() / (".s.PGSQL." + std::to_string(server.port()))),
      version_(std::move(version)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_.get(), generic, size) != 0 || listen(listener_.get(), 16) != 0 ||
      getsockname(listener_.get(), generic, &size) != 0) {
    throw Error(ErrorKind::internal, "the version proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { accept_clients(); });
}

VersionProxy::~VersionProxy() {
  shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  sessions_.clear();
  for (const int fd : open_) close(fd);
}

Secret VersionProxy::url(const std::string& database) const {
  return Secret("postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database +
                "?sslmode=disable&gssencmode=disable");
}

void VersionProxy::remember(int fd) {
  const std::lock_guard lock(mutex_);
  open_.push_back(fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

void VersionProxy::accept_clients() {
  while (true) {
    os::UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    remember(client.get());
    sessions_.emplace_back([this, mine = std::move(client)]() mutable { serve(std::move(mine)); });
  }
}

void VersionProxy::serve(os::UniqueFd client) {
  const os::UniqueFd server = connect_to(socket_path_);
  if (!server) return;
  remember(server.get());
  const std::jthread upstream([&] { pass_on(client.get(), server.get()); });
  char type = '\0';
  while (type != 'Z' && pass_start_up_message(server.get(), client.get(), version_, type)) {
  }
  pass_on(server.get(), client.get());
  shutdown(client.get(), SHUT_RDWR);
}

}  // namespace lifeboat::harness
