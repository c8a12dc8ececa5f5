#include "sync_proxy.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

#include "base/error.h"

namespace lifeboat::redis {
namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

os::UniqueFd new_socket() { return os::UniqueFd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// What has come; empty at the end.
std::string receive(int fd) {
  std::string buffer(65536, '\0');
  const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
  buffer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return buffer;
}

}  // namespace

SyncProxy::SyncProxy(std::string server, Plan plan)
    : server_(std::move(server)),
      plan_(std::move(plan)),
      home_("/tmp", "lbsync-"),
      listener_(new_socket()) {
  const sockaddr_un address = address_of(home_.path() / "socket");
  if (bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_.get(), 16) != 0) {
    throw Error(ErrorKind::internal, "the proxy cannot listen");
  }
  acceptor_ = std::jthread([this] { accept_clients(); });
}

SyncProxy::~SyncProxy() {
  shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  sessions_.clear();
  for (const int fd : open_) close(fd);
}

Secret SyncProxy::url() const { return Secret("unix://" + (home_.path() / "socket").string()); }

std::string SyncProxy::last_answer() const {
  const std::lock_guard lock(mutex_);
  return last_answer_;
}

void SyncProxy::wait_for_answers(int count) const {
  for (int now = answers_; now < count; now = answers_) answers_.wait(now);
}

bool SyncProxy::remember(int fd) {
  const std::lock_guard lock(mutex_);
  if (gone_) return false;
  open_.push_back(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  return true;
}

void SyncProxy::accept_clients() {
  while (true) {
    os::UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    if (!remember(client.get())) continue;
    sessions_.emplace_back([this, mine = std::move(client)]() mutable { serve(std::move(mine)); });
  }
}

void SyncProxy::serve(os::UniqueFd client) {
  const os::UniqueFd server = new_socket();
  const sockaddr_un address = address_of(server_);
  if (connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      !remember(server.get())) {
    return;
  }
  std::array<pollfd, 2> watched = {{{client.get(), POLLIN, 0}, {server.get(), POLLIN, 0}}};
  while (poll(watched.data(), watched.size(), -1) > 0) {
    if (watched[0].revents != 0) {
      std::string asked = receive(client.get());
      const std::size_t option = asked.find("rdb-only");
      if (plan_.no_rdb_only && option != std::string::npos) asked.replace(option, 8, "not-only");
      if (asked.empty() || !send_all(server.get(), asked)) break;
      if (asked.find("\r\nSYNC\r\n") != std::string::npos) {
        answer_sync(server.get(), client.get());
        break;
      }
    }
    if (watched[1].revents != 0) {
      const std::string said = receive(server.get());
      if (said.empty() || !send_all(client.get(), said)) break;
    }
  }
  shutdown(client.get(), SHUT_RDWR);
}

void SyncProxy::answer_sync(int server, int client) {
  const bool as_planned = ++answers_ <= plan_.times;
  answers_.notify_all();
  if (plan_.instead && as_planned) {
    for (std::string lie; !(lie = plan_.instead()).empty();) {
      if (!send_all(client, lie)) return;
    }
    return;
  }
  std::uint64_t passed = 0;
  for (std::string part; !(part = receive(server)).empty();) {
    bool cut = false;
    if (plan_.cut_at && as_planned && *plan_.cut_at <= passed + part.size()) {
      part.resize(static_cast<std::size_t>(*plan_.cut_at - passed));
      cut = true;
    }
    {
      const std::lock_guard lock(mutex_);
      if (passed == 0) last_answer_.clear();
      last_answer_ += part;
    }
    passed += part.size();
    if (!send_all(client, part) || cut) return;
  }
}

}  // namespace lifeboat::redis
