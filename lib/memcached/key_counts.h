#ifndef LIFEBOAT_MEMCACHED_KEY_COUNTS_H_
#define LIFEBOAT_MEMCACHED_KEY_COUNTS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "memcached/connection.h"

namespace lifeboat::memcached {

/// How many keys there are, by how long they still live. Best effort: the server's walk is no
/// moment, and may meet an item twice or not at all.
struct KeyCounts {
  bool complete = false;  ///< the server said that it had walked to the end
  std::uint64_t keys = 0;
  std::uint64_t bytes = 0;
  std::uint64_t no_expiry = 0;
  std::uint64_t expired = 0;
  std::uint64_t within_minute = 0;
  std::uint64_t within_hour = 0;
  std::uint64_t within_day = 0;
  std::uint64_t within_week = 0;
  std::uint64_t later = 0;
  friend bool operator==(const KeyCounts&, const KeyCounts&) = default;
};

/// Counts "key=NAME exp=SECONDS ... size=BYTES"; `now` is the server's clock, in seconds since
/// 1970. False if the line is none.
[[nodiscard]] bool count_key(std::string_view line, std::int64_t now, KeyCounts& counts);

struct WalkLimits {
  std::chrono::milliseconds whole{30'000};
  /// Old versions do not say when they are done; so long without a line means that they are.
  std::chrono::milliseconds silence{3'000};
};

struct Walk {
  std::optional<KeyCounts> counts;  ///< absent: not to be had
  std::string note;                 ///< why not, or why it is not complete; empty = all is well
};

/// Asks `lru_crawler metadump all` and counts; keeps no key. After a walk that is not complete the
/// connection must not be used again. Throws Error: corrupt, unavailable (lost), cancelled.
[[nodiscard]] Walk count_keys(Connection& connection, std::int64_t now, WalkLimits limits = {});

}  // namespace lifeboat::memcached

#endif  // LIFEBOAT_MEMCACHED_KEY_COUNTS_H_
