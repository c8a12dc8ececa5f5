#ifndef LIFEBOAT_TESTS_UNIT_MEMCACHED_SCRIPTED_SERVER_H_
#define LIFEBOAT_TESTS_UNIT_MEMCACHED_SCRIPTED_SERVER_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "memcached/address.h"
#include "os/unique_fd.h"

namespace lifeboat::memcached {

/// A server on 127.0.0.1 that serves one connection after the other by a function of the test,
/// which may say anything. The destructor ends the one that is open, and joins.
class ScriptedServer {
 public:
  class Peer {
   public:
    Peer(int fd, const std::atomic<bool>& ended) : fd_(fd), ended_(ended) {}
    /// Bytes as they are; false once the client, or the test, has gone.
    bool say(const std::string& bytes) const {
      return !ended_ && ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                            static_cast<ssize_t>(bytes.size());
    }
    /// Everything up to the line that ends with `last`, or less if the client goes.
    [[nodiscard]] std::string hear_until(const std::string& last) const {
      std::string heard;
      std::array<char, 4096> buffer{};
      while (!ended_ && heard.find(last) == std::string::npos) {
        const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (got <= 0) break;
        heard.append(buffer.data(), static_cast<std::size_t>(got));
      }
      return heard;
    }
    void wait_for_the_client_to_go() const { static_cast<void>(hear_until("\x01never\x01")); }

   private:
    int fd_;
    const std::atomic<bool>& ended_;
  };

  explicit ScriptedServer(std::function<void(const Peer&)> script)
      : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    static_cast<void>(::bind(listener_.get(), generic, length));
    static_cast<void>(::listen(listener_.get(), 8));
    static_cast<void>(::getsockname(listener_.get(), generic, &length));
    port_ = ntohs(address.sin_port);
    server_ = std::jthread([this] { serve(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    ended_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    if (const int open = open_.load(); open >= 0) ::shutdown(open, SHUT_RDWR);
    server_.join();
  }

  [[nodiscard]] Address address() const {
    Address address;
    address.host = "127.0.0.1";
    address.port = port_;
    return address;
  }

 private:
  void serve() {
    while (!ended_) {
      const os::UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client) return;
      open_ = client.get();
      script_(Peer(client.get(), ended_));
      open_ = -1;
    }
  }

  std::function<void(const Peer&)> script_;
  os::UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ended_{false};
  std::atomic<int> open_{-1};
  std::jthread server_;
};

}  // namespace lifeboat::memcached

#endif  // LIFEBOAT_TESTS_UNIT_MEMCACHED_SCRIPTED_SERVER_H_
