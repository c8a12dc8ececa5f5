#ifndef LIFEBOAT_REDIS_COUNTERS_H_
#define LIFEBOAT_REDIS_COUNTERS_H_

#include <cstdint>
#include <string_view>

namespace lifeboat::redis {

/// How often commands ran that change data and that CLIENT TRACKING does not tell of: out of INFO
/// commandstats. Equal counts at two moments say that none ran between them, also none in a script
/// or a transaction.
struct Counters {
  std::uint64_t swaps = 0;  ///< SWAPDB
  std::uint64_t resets =
      0;  ///< CONFIG RESETSTAT (before 7.0: any CONFIG), which forgets the others
  std::uint64_t groups = 0;           ///< XGROUP, XREADGROUP, XACK, XCLAIM, XAUTOCLAIM, XSETID
  std::uint64_t group_creations = 0;  ///< XGROUP CREATE, which can make a key
  /// XINFO HELP (before 7.0: any XINFO), which a capture runs once before its first count: CONFIG
  /// RESETSTAT leaves its own count at 1 each time, and this one at 0.
  std::uint64_t marks = 0;

  /// Whether these, read later, rule out that databases were swapped or counts forgotten.
  [[nodiscard]] bool rules_out_swaps(const Counters& earlier) const noexcept {
    const bool counts_stand = earlier.marks > 0 ? marks >= earlier.marks : earlier.resets == 0;
    return swaps == earlier.swaps && resets == earlier.resets && groups >= earlier.groups &&
           counts_stand;
  }
  friend bool operator==(const Counters&, const Counters&) = default;
};

[[nodiscard]] Counters parse_counters(std::string_view commandstats);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_COUNTERS_H_
