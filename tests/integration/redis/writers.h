#ifndef LIFEBOAT_TESTS_INTEGRATION_REDIS_WRITERS_H_
#define LIFEBOAT_TESTS_INTEGRATION_REDIS_WRITERS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "harness/redis_server.h"

namespace lifeboat::redis {

/// Commands that any client could send: every type, in databases 0, 2, 3 and 7, on keys that many
/// share. Not thread-safe.
class Commands {
 public:
  explicit Commands(unsigned seed) : random_(seed) {}

  using Words = std::vector<std::string>;
  /// Of one database; most change something.
  Words next();
  std::string pick(std::initializer_list<const char*> of) {
    return *(of.begin() + random_() % of.size());
  }
  std::uint64_t number(std::uint64_t below) { return random_() % below; }

 private:
  std::string text(std::uint64_t below = 1000) { return std::to_string(random_() % below); }
  std::string key(const std::string& kind) { return kind + text(40); }
  Words of_a_string();
  Words of_a_collection();
  Words of_a_sorted_set();
  Words of_any_key();
  Words of_a_script();
  Words of_a_stream();

  std::mt19937 random_;
  std::uint64_t ids_ = 0;
};

struct WritersOptions {
  unsigned seed = 1;
  double rate = 8'000;    ///< commands a second, of all writers, the counting ones left out
  bool flushes = false;   ///< FLUSHDB and SWAPDB, now and then
  bool new_keys = false;  ///< also keys that nobody writes twice, so that a full server evicts
  std::string user = {};  ///< log in as
  std::string password = {};
};

/// Clients that write without pause, each in transactions of 1 to 20 commands; a transaction sets
/// the key `steps:N` of database 0 to its number, so that any state of the server says which
/// transactions are in it. Besides there is a client that waits in BLMOVE and XREADGROUP. They
/// begin with the constructor and end with stop() or the destructor.
class Writers {
 public:
  static constexpr std::size_t kCount = 3;

  Writers(const harness::RedisServer& server, WritersOptions options);
  ~Writers() { stop(); }

  /// So far, the counting ones left out.
  [[nodiscard]] std::uint64_t commands() const noexcept { return commands_.load(); }
  /// Whether each writer has done a transaction.
  [[nodiscard]] bool all_began() const noexcept { return began_.load() == kCount; }
  void stop();

 private:
  void write(std::size_t number, const Secret& url, const std::stop_token& stop);
  void take_step(resp::Connection& connection, Commands& commands, std::size_t number,
                 std::uint64_t step);
  void wait_for_others(const Secret& url, const std::stop_token& stop);

  WritersOptions options_;
  std::atomic<std::uint64_t> commands_{0};
  std::atomic<std::size_t> began_{0};
  std::vector<std::jthread> threads_;
};

/// The number of each writer's last transaction.
using Steps = std::array<std::uint64_t, Writers::kCount>;

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_TESTS_INTEGRATION_REDIS_WRITERS_H_
