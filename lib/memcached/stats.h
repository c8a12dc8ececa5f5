#ifndef LIFEBOAT_MEMCACHED_STATS_H_
#define LIFEBOAT_MEMCACHED_STATS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "memcached/connection.h"

namespace lifeboat::memcached {

/// Names and values of one answer to `stats`, and why there are none.
struct Stats {
  std::map<std::string, std::string, std::less<>> values;
  std::string refusal;  ///< what the server said instead, cut to 200 bytes; empty if it answered

  [[nodiscard]] std::string text(std::string_view name) const;
  /// Nothing if there is no such value, or if it is no number.
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
};

/// Asks `stats WHAT` ("" = the general ones). Throws Error(corrupt) on anything that is not such an
/// answer, on more than 4,096 values, and on more than 1 MiB.
[[nodiscard]] Stats ask_stats(Connection& connection, std::string_view what);

/// "STAT NAME VALUE" into `stats`. False if the line is none.
[[nodiscard]] bool add_stat(std::string_view line, Stats& stats);

/// Whether the server answers that it will not, or that it does not know the command.
[[nodiscard]] bool is_refusal(std::string_view line);
/// Such an answer as it may be shown: without control characters, at most 200 bytes.
[[nodiscard]] std::string shown_refusal(std::string_view line);

}  // namespace lifeboat::memcached

#endif  // LIFEBOAT_MEMCACHED_STATS_H_
