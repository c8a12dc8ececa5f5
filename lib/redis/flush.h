#ifndef LIFEBOAT_REDIS_FLUSH_H_
#define LIFEBOAT_REDIS_FLUSH_H_

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>

#include "redis/probe.h"
#include "resp/address.h"

namespace lifeboat::redis {

/// The one database that a URL names, about to be emptied.
struct FlushTarget {
  ServerFacts server;  ///< but for `allowed`
  std::string name;    ///< "cache.example:6379", "cache.example:6379/2", "/run/redis.sock?db=2"
  std::uint32_t database = 0;
  std::uint64_t keys = 0;  ///< in it now
};

/// What people call the database that a URL names: neither scheme nor credentials; /0 is left out.
[[nodiscard]] std::string flush_name_of(const resp::Url& url);

/// Looks, and touches nothing. Throws Error(refused) for a replica, a cluster's node and a
/// sentinel, and what a connection throws.
[[nodiscard]] FlushTarget look_before_flush(const resp::Url& url, std::stop_token stop);

struct Flushed {
  std::uint64_t keys_before = 0;
  std::uint64_t keys_after = 0;  ///< written since by somebody else
};

/// Empties the database of the URL (FLUSHDB ASYNC) and no other one. A key of its own, set before,
/// must be gone afterwards; then that key is set, read back, and must expire. It is removed at the
/// end. A server that is full takes no key before: there the one behind it shows the success.
/// Throws Error: denied, refused (the command is not there), unavailable (out of memory, lost),
/// corrupt (the key survives, or comes back otherwise).
[[nodiscard]] Flushed flush(const resp::Url& url, std::stop_token stop);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_FLUSH_H_
