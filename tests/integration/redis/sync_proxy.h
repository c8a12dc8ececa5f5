#ifndef LIFEBOAT_TESTS_INTEGRATION_REDIS_SYNC_PROXY_H_
#define LIFEBOAT_TESTS_INTEGRATION_REDIS_SYNC_PROXY_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "os/file.h"
#include "os/unique_fd.h"

namespace lifeboat::redis {

/// Stands before a server on a Unix socket and passes everything on, but for what it answers to
/// SYNC: that can be cut, or replaced by a lie.
class SyncProxy {
 public:
  struct Plan {
    std::optional<std::uint64_t> cut_at = {};  ///< the connection ends behind so many bytes
    int times = 1'000'000;                     ///< so many answers; further ones are passed on
    bool no_rdb_only = false;  ///< the server is told of an option that it does not know
    /// What to say instead, again and again until it is empty or the client has gone.
    std::function<std::string()> instead = {};
  };

  /// `server` is the path of its socket.
  SyncProxy(std::string server, Plan plan);
  SyncProxy(const SyncProxy&) = delete;
  SyncProxy& operator=(const SyncProxy&) = delete;
  ~SyncProxy();

  [[nodiscard]] Secret url() const;
  /// All bytes of the last answer to SYNC that was passed on, as far as it came.
  [[nodiscard]] std::string last_answer() const;
  [[nodiscard]] int answers() const { return answers_; }
  /// Blocks until so many SYNCs have come.
  void wait_for_answers(int count) const;

 private:
  void accept_clients();
  void serve(os::UniqueFd client);
  void answer_sync(int server, int client);
  [[nodiscard]] bool remember(int fd);

  std::string server_;
  Plan plan_;
  os::TempDir home_;
  os::UniqueFd listener_;
  mutable std::mutex mutex_;
  std::string last_answer_;
  std::atomic<int> answers_ = 0;
  bool gone_ = false;
  std::vector<int> open_;  // own copies of the descriptors, shut down at the end
  std::vector<std::jthread> sessions_;
  std::jthread acceptor_;
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_TESTS_INTEGRATION_REDIS_SYNC_PROXY_H_
