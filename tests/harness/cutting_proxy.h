#ifndef LIFEBOAT_TESTS_HARNESS_CUTTING_PROXY_H_
#define LIFEBOAT_TESTS_HARNESS_CUTTING_PROXY_H_

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/secret.h"
#include "harness/postgres_server.h"
#include "os/unique_fd.h"

namespace lifeboat::harness {

/// Stands before a server on 127.0.0.1, passes everything on, and counts the server's messages, all
/// sessions together. At one of them it cuts: in the middle of that message.
class CuttingProxy {
 public:
  enum class Cut {
    session,  ///< the session whose message it is, as a firewall would; new ones are let in
    server,   ///< all sessions; new ones are closed at once, as if the machine were gone
  };

  /// Cuts at the server's message number `at`, from 1; 0 = never. The server must outlive it.
  CuttingProxy(const PostgresServer& server, std::uint64_t at, Cut cut);
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;
  ~CuttingProxy();

  /// As the superuser, over TCP without TLS.
  [[nodiscard]] Secret url(const std::string& database) const;
  /// That have begun so far.
  [[nodiscard]] std::uint64_t messages() const;

 private:
  void accept_clients();
  void serve(os::UniqueFd client);
  [[nodiscard]] bool pass_on_chunk(int server, int client, std::string& header,
                                   std::size_t& body_left);
  [[nodiscard]] bool is_cut_here();
  [[nodiscard]] bool remember(int fd);
  void cut_all();

  std::string socket_path_;
  std::uint64_t at_;
  Cut cut_;
  int port_ = 0;
  os::UniqueFd listener_;
  mutable std::mutex mutex_;
  std::uint64_t messages_ = 0;
  bool gone_ = false;
  std::vector<int> open_;  // own copies of the descriptors, shut down at the end
  std::vector<std::jthread> sessions_;
  std::jthread acceptor_;
};

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_CUTTING_PROXY_H_
