#include "memcached/inventory.h"

#include <array>
#include <charconv>
#include <exception>

#include "memcached/stats.h"

namespace lifeboat::memcached {
namespace {

constexpr std::array kSettings = {
    "auth_enabled_ascii", "cas_enabled",   "dump_enabled", "evictions",     "flush_enabled",
    "growth_factor",      "item_size_max", "lru_crawler",  "lru_segmented", "maxconns",
    "slab_automove",      "slab_reassign", "ssl_enabled"};
constexpr std::size_t kLongestSetting = 200;

constexpr const char* kBinaryOnly =
    "it speaks the binary protocol only, as hosts with SASL do: it cannot be enumerated, and its "
    "statistics were not read";

void read_health(const Stats& stats, ServerInventory& server) {
  server.uptime_s = stats.number("uptime");
  server.items = stats.number("curr_items");
  server.bytes = stats.number("bytes");
  server.limit_bytes = stats.number("limit_maxbytes");
  server.connections = stats.number("curr_connections");
  server.max_connections = stats.number("max_connections");
  server.gets = stats.number("cmd_get");
  server.hits = stats.number("get_hits");
  server.misses = stats.number("get_misses");
  server.evictions = stats.number("evictions");
  server.evicted_unfetched = stats.number("evicted_unfetched");
  server.expired_unfetched = stats.number("expired_unfetched");
}

void read_settings(Connection& connection, ServerInventory& server) {
  const Stats stats = ask_stats(connection, "settings");
  if (!stats.refusal.empty()) server.notes.push_back("settings: " + stats.refusal);
  for (const char* name : kSettings) {
    const std::string value = stats.text(name).substr(0, kLongestSetting);
    // Where accounts lie is told as the file's path, which is nobody's business.
    const bool path = value.starts_with('/');
    if (!value.empty()) server.settings.emplace(name, path ? "yes" : value);
  }
}

/// "1:used_chunks" of each class, and two totals.
void read_slabs(Connection& connection, ServerInventory& server) {
  const Stats stats = ask_stats(connection, "slabs");
  if (!stats.refusal.empty()) {
    server.notes.push_back("slabs: " + stats.refusal);
    return;
  }
  Slabs slabs;
  slabs.classes = stats.number("active_slabs").value_or(0);
  slabs.allocated_bytes = stats.number("total_malloced").value_or(0);
  for (const auto& [name, value] : stats.values) {
    const auto number = stats.number(name).value_or(0);
    if (name.ends_with(":total_pages")) slabs.pages += number;
    if (name.ends_with(":used_chunks")) slabs.used_chunks += number;
    if (name.ends_with(":free_chunks")) slabs.free_chunks += number;
  }
  server.slabs = slabs;
}

ServerInventory ask(const Address& address, const std::stop_token& stop, Timeouts timeouts,
                    WalkLimits walk_limits) {
  ServerInventory server;
  server.address = address.text();
  Connection connection(address, stop, timeouts);
  server.protocol = connection.protocol();
  server.version = connection.version();
  if (server.protocol == Protocol::binary) {
    server.notes.emplace_back(kBinaryOnly);
    return server;
  }
  const Stats stats = ask_stats(connection, "");
  if (!stats.refusal.empty()) server.notes.push_back("statistics: " + stats.refusal);
  read_health(stats, server);
  read_settings(connection, server);
  read_slabs(connection, server);
  // Last: a walk that is broken off leaves the connection in the middle of an answer.
  const auto now = static_cast<std::int64_t>(stats.number("time").value_or(0));
  Walk walk = count_keys(connection, now, walk_limits);
  server.keys = walk.counts;
  if (!walk.note.empty()) server.notes.push_back(std::move(walk.note));
  return server;
}

std::uint64_t total(const std::vector<ServerInventory>& servers,
                    std::optional<std::uint64_t> ServerInventory::*field) {
  std::uint64_t sum = 0;
  for (const ServerInventory& server : servers) sum += (server.*field).value_or(0);
  return sum;
}

}  // namespace

std::uint64_t Inventory::items() const { return total(servers, &ServerInventory::items); }
std::uint64_t Inventory::bytes() const { return total(servers, &ServerInventory::bytes); }
std::uint64_t Inventory::limit_bytes() const {
  return total(servers, &ServerInventory::limit_bytes);
}

std::optional<double> Inventory::hit_ratio() const {
  const std::uint64_t hits = total(servers, &ServerInventory::hits);
  const std::uint64_t misses = total(servers, &ServerInventory::misses);
  if (hits == 0 && misses == 0) return std::nullopt;
  return static_cast<double>(hits) / (static_cast<double>(hits) + static_cast<double>(misses));
}

std::string Inventory::version() const {
  for (const ServerInventory& server : servers) {
    if (!server.version.empty()) return server.version;
  }
  return "";
}

std::string Inventory::eviction_policy() const {
  for (const ServerInventory& server : servers) {
    const auto found = server.settings.find("evictions");
    if (found != server.settings.end()) return found->second == "off" ? "none" : "lru";
  }
  return "";
}

Inventory take_inventory(const std::vector<Address>& servers, std::stop_token stop,
                         Timeouts timeouts, WalkLimits walk) {
  Inventory inventory;
  std::exception_ptr first_failure;
  bool any = false;
  for (const Address& address : servers) {
    try {
      inventory.servers.push_back(ask(address, stop, timeouts, walk));
      any = true;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled) throw;
      if (!first_failure) first_failure = std::current_exception();
      inventory.servers.emplace_back();
      inventory.servers.back().address = address.text();
      inventory.servers.back().notes.push_back(error.message());
    }
  }
  if (!any) std::rethrow_exception(first_failure);
  return inventory;
}

}  // namespace lifeboat::memcached
