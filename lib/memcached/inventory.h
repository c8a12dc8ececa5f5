#ifndef LIFEBOAT_MEMCACHED_INVENTORY_H_
#define LIFEBOAT_MEMCACHED_INVENTORY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "memcached/address.h"
#include "memcached/connection.h"
#include "memcached/key_counts.h"

namespace lifeboat::memcached {

struct Slabs {
  std::uint64_t classes = 0;  ///< in use
  std::uint64_t pages = 0;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t used_chunks = 0;
  std::uint64_t free_chunks = 0;
};

/// What one server told of itself. A value; what it did not tell is absent.
struct ServerInventory {
  std::string address;
  std::optional<Protocol> protocol;  ///< absent: it did not answer
  std::vector<std::string> notes;    ///< what was not to be had, and why
  std::string version;
  std::optional<std::uint64_t> uptime_s;
  std::optional<std::uint64_t> items;
  std::optional<std::uint64_t> bytes;
  std::optional<std::uint64_t> limit_bytes;
  std::optional<std::uint64_t> connections;
  std::optional<std::uint64_t> max_connections;
  std::optional<std::uint64_t> gets;
  std::optional<std::uint64_t> hits;
  std::optional<std::uint64_t> misses;
  std::optional<std::uint64_t> evictions;
  std::optional<std::uint64_t> evicted_unfetched;
  std::optional<std::uint64_t> expired_unfetched;
  std::map<std::string, std::string> settings;  ///< those that matter (docs/format/memcached.md)
  std::optional<Slabs> slabs;
  std::optional<KeyCounts> keys;
};

struct Inventory {
  std::vector<ServerInventory> servers;

  /// Of all servers together.
  [[nodiscard]] std::uint64_t items() const;
  [[nodiscard]] std::uint64_t bytes() const;
  [[nodiscard]] std::uint64_t limit_bytes() const;
  /// Of what was asked for, from 0 to 1; absent if nothing was, or it was not told.
  [[nodiscard]] std::optional<double> hit_ratio() const;
  /// Of the first server that told one.
  [[nodiscard]] std::string version() const;
  [[nodiscard]] std::string eviction_policy() const;  ///< lru, none, or empty
};

/// Asks every server, one after the other; writes nothing and reads no value. A server of the
/// binary protocol alone is a note, and so is one that does not answer if another one does; if none
/// does, the first failure is thrown. Memory: what it returns, and a connection's. Blocks at the
/// most 30 s for the walk through the keys of a server, and `timeouts` for each answer. Throws what
/// Connection throws.
[[nodiscard]] Inventory take_inventory(const std::vector<Address>& servers, std::stop_token stop,
                                       Timeouts timeouts = {}, WalkLimits walk = {});

}  // namespace lifeboat::memcached

#endif  // LIFEBOAT_MEMCACHED_INVENTORY_H_
