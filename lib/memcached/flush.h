#ifndef LIFEBOAT_MEMCACHED_FLUSH_H_
#define LIFEBOAT_MEMCACHED_FLUSH_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "memcached/address.h"
#include "memcached/connection.h"

namespace lifeboat::memcached {

/// A server that is about to be emptied.
struct FlushTarget {
  std::string address;
  std::string version;
  std::uint64_t items = 0;  ///< there now; 0 if it does not tell
};

/// Looks at all of them and touches none. Throws Error(refused) for one that speaks the binary
/// protocol alone, or was started without flush_all, and what Connection throws: so a pool is not
/// left half emptied for a reason that could be seen before.
[[nodiscard]] std::vector<FlushTarget> look_before_flush(const std::vector<Address>& servers,
                                                         std::stop_token stop,
                                                         Timeouts timeouts = {});

struct Flushed {
  std::string address;
  std::string version;
  std::uint64_t items_before = 0;
  /// Met by a walk right afterwards: written since by somebody else. Absent: not to be had.
  std::optional<std::uint64_t> keys_after;
};

struct FlushLimits {
  /// For the key to be gone, and to expire. A server counts in whole seconds, so a second or two
  /// are usual; the rest is for a loaded machine.
  std::chrono::milliseconds patience{10'000};
};

/// Empties one server. A key of its own, set before, must be gone afterwards; then that key is set,
/// read back, and must expire. It is removed at the end. A server that is full and
/// drops nothing takes no key before: there the one behind the flush shows the success. Takes a
/// second or two, for expiries are in seconds. Throws Error: refused (no flush_all), corrupt (the
/// key survives, or comes back otherwise), unavailable.
[[nodiscard]] Flushed flush(const Address& server, std::stop_token stop, Timeouts timeouts = {},
                            FlushLimits limits = {});

}  // namespace lifeboat::memcached

#endif  // LIFEBOAT_MEMCACHED_FLUSH_H_
