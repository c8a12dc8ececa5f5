#ifndef LIFEBOAT_TESTS_INTEGRATION_REDIS_COMMAND_LOG_H_
#define LIFEBOAT_TESTS_INTEGRATION_REDIS_COMMAND_LOG_H_

#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "harness/redis_server.h"
#include "writers.h"

namespace lifeboat::redis {

/// What a server with an append-only file has to be started with, for CommandLog.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> with_command_log(
    std::vector<std::pair<std::string, std::string>> settings = {});

/// The append-only file of a server: everything that changed it, in order, keys that expired or
/// were evicted included. So any state it ever had can be had again, on a second server.
class CommandLog {
 public:
  /// Reads the file of a running server that writes to it at once.
  explicit CommandLog(const harness::RedisServer& server);

  /// The ends of those beginnings of the log after which exactly these transactions of Writers are
  /// done: more than one where something else changed until the next transaction. Empty if there
  /// was no such moment.
  [[nodiscard]] std::vector<std::size_t> moments_of(const Steps& steps) const;
  /// The log up to there.
  [[nodiscard]] Bytes until(std::size_t end) const;

 private:
  /// Commands that took effect together.
  struct Change {
    Bytes commands;
    std::vector<std::pair<std::size_t, std::uint64_t>> steps;  ///< writer and its number
    bool only_selects = true;
  };
  void add(Change& open, bool& in_transaction, const resp::Value& command);

  std::vector<Change> changes_;
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_TESTS_INTEGRATION_REDIS_COMMAND_LOG_H_
