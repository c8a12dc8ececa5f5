#include "memcached/inventory_json.h"

#include <nlohmann/json.hpp>

namespace lifeboat::memcached {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

/// A server's own words may be no UTF-8.
std::string dump(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

json or_null(const std::optional<std::uint64_t>& number) { return number ? json(*number) : json(); }

std::string protocol_text(const ServerInventory& server) {
  if (!server.protocol) return "";
  return *server.protocol == Protocol::text ? "text" : "binary";
}

json slabs_json(const std::optional<Slabs>& slabs) {
  if (!slabs) return nullptr;
  return {{"classes", slabs->classes},
          {"pages", slabs->pages},
          {"allocated_bytes", slabs->allocated_bytes},
          {"used_chunks", slabs->used_chunks},
          {"free_chunks", slabs->free_chunks}};
}

json keys_json(const std::optional<KeyCounts>& keys) {
  if (!keys) return nullptr;
  return {{"complete", keys->complete},
          {"keys", keys->keys},
          {"bytes", keys->bytes},
          {"no_expiry", keys->no_expiry},
          {"expired", keys->expired},
          {"within_minute", keys->within_minute},
          {"within_hour", keys->within_hour},
          {"within_day", keys->within_day},
          {"within_week", keys->within_week},
          {"later", keys->later}};
}

json server_json(const ServerInventory& server) {
  json settings = json::object();
  for (const auto& [name, value] : server.settings) settings[name] = value;
  return {{"address", server.address},
          {"protocol", protocol_text(server)},
          {"notes", server.notes},
          {"version", server.version},
          {"uptime_s", or_null(server.uptime_s)},
          {"items", or_null(server.items)},
          {"bytes", or_null(server.bytes)},
          {"limit_bytes", or_null(server.limit_bytes)},
          {"connections", or_null(server.connections)},
          {"max_connections", or_null(server.max_connections)},
          {"gets", or_null(server.gets)},
          {"hits", or_null(server.hits)},
          {"misses", or_null(server.misses)},
          {"evictions", or_null(server.evictions)},
          {"evicted_unfetched", or_null(server.evicted_unfetched)},
          {"expired_unfetched", or_null(server.expired_unfetched)},
          {"settings", settings},
          {"slabs", slabs_json(server.slabs)},
          {"keys", keys_json(server.keys)}};
}

}  // namespace

std::string to_json(const Inventory& inventory, Instant at) {
  json servers = json::array();
  for (const ServerInventory& server : inventory.servers) servers.push_back(server_json(server));
  return dump(
      {{"format", kFormat}, {"engine", "memcached"}, {"at", to_rfc3339(at)}, {"servers", servers}});
}

std::string identity_json(const Inventory& inventory, const std::vector<Address>& servers) {
  return dump({{"format", kFormat},
               {"engine", "memcached"},
               {"url", name_of(servers)},
               {"run_id", ""},
               {"limit_bytes", inventory.limit_bytes()},
               {"eviction_policy", inventory.eviction_policy()}});
}

}  // namespace lifeboat::memcached
