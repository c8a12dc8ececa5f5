#ifndef LIFEBOAT_TESTS_HARNESS_REDIS_CUTTING_PROXY_H_
#define LIFEBOAT_TESTS_HARNESS_REDIS_CUTTING_PROXY_H_

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/secret.h"
#include "os/unique_fd.h"

namespace lifeboat::harness {

/// Stands before a server's Unix socket, on 127.0.0.1, passes everything on, and counts the bytes
/// in one direction, all connections together. Behind one of them it cuts all connections, and
/// closes new ones at once, as if the machine were gone.
class RedisCuttingProxy {
 public:
  enum class Count {
    to_server,   ///< what is cut off has not reached it
    from_server  ///< it was done, and its reply is lost
  };

  /// Cuts behind byte number `at`; 0 = never. The server must outlive it.
  RedisCuttingProxy(std::string socket_path, Count count, std::uint64_t at);
  RedisCuttingProxy(const RedisCuttingProxy&) = delete;
  RedisCuttingProxy& operator=(const RedisCuttingProxy&) = delete;
  ~RedisCuttingProxy();

  [[nodiscard]] Secret url() const;
  [[nodiscard]] std::uint64_t bytes() const;

 private:
  void accept_clients();
  void serve(os::UniqueFd client);
  void pass_on(int from, int to, bool counted);
  /// How many of so many bytes may still pass.
  [[nodiscard]] std::size_t allowed(std::size_t bytes);
  [[nodiscard]] bool remember(int fd);
  void cut_all();

  std::string socket_path_;
  Count count_;
  std::uint64_t at_;
  int port_ = 0;
  os::UniqueFd listener_;
  mutable std::mutex mutex_;
  std::uint64_t bytes_ = 0;
  bool gone_ = false;
  std::vector<int> open_;  // own copies of the descriptors, shut down at the end
  std::vector<std::jthread> sessions_;
  std::jthread acceptor_;
};

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_REDIS_CUTTING_PROXY_H_
