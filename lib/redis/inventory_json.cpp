#include <nlohmann/json.hpp>

#include "redis/inventory.h"

namespace lifeboat::redis {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

/// A server's own words may be no UTF-8.
std::string dump(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

json or_null(const std::optional<std::uint64_t>& number) { return number ? json(*number) : json(); }

}  // namespace

std::string to_json(const Inventory& inventory, Instant at) {
  json databases = json::array();
  for (const auto& [number, database] : inventory.databases) {
    databases.push_back({{"number", number},
                         {"keys", database.keys},
                         {"with_expiry", or_null(database.with_expiry)}});
  }
  const ServerFacts& server = inventory.server;
  const bool told = server.allowed.info;
  return dump({{"format", kFormat},
               {"engine", server.engine},
               {"at", to_rfc3339(at)},
               {"address", inventory.address},
               {"notes", inventory.notes},
               {"version", server.version},
               {"mode", server.mode},
               {"role", server.role},
               {"run_id", server.run_id},
               {"eviction_policy", server.eviction_policy},
               {"uptime_s", or_null(inventory.uptime_s)},
               {"used_bytes", told ? json(server.used_memory) : json()},
               {"limit_bytes", told ? json(server.maxmemory) : json()},
               {"clients", or_null(inventory.clients)},
               {"hits", or_null(inventory.hits)},
               {"misses", or_null(inventory.misses)},
               {"evictions", or_null(inventory.evictions)},
               {"expired", or_null(inventory.expired)},
               {"databases", databases}});
}

std::string identity_json(const Inventory& inventory) {
  return dump({{"format", kFormat},
               {"engine", inventory.server.engine},
               {"url", inventory.address},
               {"run_id", inventory.server.run_id},
               {"limit_bytes", inventory.server.maxmemory},
               {"eviction_policy", inventory.server.eviction_policy}});
}

}  // namespace lifeboat::redis
