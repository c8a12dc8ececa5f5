#ifndef LIFEBOAT_TESTS_HARNESS_VERSION_PROXY_H_
#define LIFEBOAT_TESTS_HARNESS_VERSION_PROXY_H_

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/secret.h"
#include "harness/postgres_server.h"
#include "os/unique_fd.h"

namespace lifeboat::harness {

/// Stands before a server on 127.0.0.1 and makes clients believe that it is of another version: it
/// rewrites server_version among the parameters that the server reports at start-up, and passes
/// everything else on as it is. PQserverVersion() is made from that text.
class VersionProxy {
 public:
  /// `version` as a server would print it: "99.1". The server must outlive the proxy.
  VersionProxy(const PostgresServer& server, std::string version);
  VersionProxy(const VersionProxy&) = delete;
  VersionProxy& operator=(const VersionProxy&) = delete;
  ~VersionProxy();

  /// As the superuser, over TCP without TLS.
  [[nodiscard]] Secret url(const std::string& database = "postgres") const;

 private:
  void accept_clients();
  void serve(os::UniqueFd client);
  void remember(int fd);

  std::string socket_path_;
  std::string version_;
  int port_ = 0;
  os::UniqueFd listener_;
  std::mutex mutex_;
  std::vector<int> open_;  // own copies of the descriptors, shut down at the end
  std::vector<std::jthread> sessions_;
  std::jthread acceptor_;
};

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_VERSION_PROXY_H_
