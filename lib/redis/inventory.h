#ifndef LIFEBOAT_REDIS_INVENTORY_H_
#define LIFEBOAT_REDIS_INVENTORY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "redis/probe.h"
#include "resp/address.h"

namespace lifeboat::redis {

/// What a server of role cache told of itself. A value; what it did not tell is absent or empty.
struct Inventory {
  struct Database {
    std::uint64_t keys = 0;
    std::optional<std::uint64_t> with_expiry;
  };

  ServerFacts server;              ///< but for `allowed`, which is not probed
  std::string address;             ///< of the URL, without credentials
  std::vector<std::string> notes;  ///< what was not to be had, and why
  std::optional<std::uint64_t> uptime_s;
  std::optional<std::uint64_t> clients;
  std::optional<std::uint64_t> hits;
  std::optional<std::uint64_t> misses;
  std::optional<std::uint64_t> evictions;
  std::optional<std::uint64_t> expired;
  std::map<std::uint32_t, Database> databases;

  [[nodiscard]] std::uint64_t keys() const;
  /// Of what was asked for, from 0 to 1; absent if nothing was, or it was not told.
  [[nodiscard]] std::optional<double> hit_ratio() const;
};

/// Asks INFO; where that is refused, DBSIZE of each database. Reads no key and writes nothing, so
/// it needs less than probe(), and takes what that refuses: a cluster's node, a server that loads.
/// Throws what a connection throws.
[[nodiscard]] Inventory take_inventory(const resp::Url& url, std::stop_token stop);

/// Of the text of INFO. Pure.
void read_inventory(const std::string& info, Inventory& inventory);

/// The document inventory.json, and the identity for the snapshot's record:
/// docs/format/memcached.md.
[[nodiscard]] std::string to_json(const Inventory& inventory, Instant at);
[[nodiscard]] std::string identity_json(const Inventory& inventory);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_INVENTORY_H_
