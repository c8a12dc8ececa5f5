#include "redis/inventory.h"

#include <algorithm>
#include <charconv>

namespace lifeboat::redis {
namespace {

using resp::Connection;
using resp::Value;

/// INFO of a real server has some 5 KiB; what is longer is not looked at.
constexpr std::size_t kLongestInfo = 1U << 20U;

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failure != std::errc()) return std::nullopt;
  return number;
}

/// "keys=5,expires=1,avg_ttl=0": the number behind `name`.
std::optional<std::uint64_t> part_of(std::string_view line, std::string_view name) {
  while (!line.empty()) {
    const std::size_t comma = line.find(',');
    const std::string_view part = line.substr(0, comma);
    if (part.starts_with(name)) return number_of(part.substr(name.size()));
    line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t Inventory::keys() const {
  std::uint64_t sum = 0;
  for (const auto& [number, database] : databases) sum += database.keys;
  return sum;
}

std::optional<double> Inventory::hit_ratio() const {
  if (hits.value_or(0) == 0 && misses.value_or(0) == 0) return std::nullopt;
  const auto found = static_cast<double>(hits.value_or(0));
  return found / (found + static_cast<double>(misses.value_or(0)));
}

void read_inventory(const std::string& text, Inventory& inventory) {
  read_facts(text, inventory.server);
  const auto info = parse_info(text);
  const auto number = [&](std::string_view name) -> std::optional<std::uint64_t> {
    const auto found = info.find(name);
    return found == info.end() ? std::nullopt : number_of(found->second);
  };
  inventory.uptime_s = number("uptime_in_seconds");
  inventory.clients = number("connected_clients");
  inventory.hits = number("keyspace_hits");
  inventory.misses = number("keyspace_misses");
  inventory.evictions = number("evicted_keys");
  inventory.expired = number("expired_keys");
  for (const auto& [name, value] : info) {
    const auto keys = part_of(value, "keys=");
    const auto database =
        number_of(std::string_view(name).substr(std::min<std::size_t>(2, name.size())));
    if (!name.starts_with("db") || !keys || !database) continue;
    inventory.databases[static_cast<std::uint32_t>(*database)] = {*keys,
                                                                  part_of(value, "expires=")};
  }
}

Inventory take_inventory(const resp::Url& url, std::stop_token stop) {
  Connection connection(url, std::move(stop));
  Inventory inventory;
  resp::Address address = connection.address();
  address.user.clear();
  inventory.address = address.text();
  const Value info = connection.ask({"INFO"});
  if (info.is_text() && info.text.size() <= kLongestInfo) {
    inventory.server.allowed.info = true;
    read_inventory(info.text, inventory);
    return inventory;
  }
  inventory.notes.push_back("statistics: " + (info.is_error() ? info.text : "no INFO is told"));
  for (const auto& [number, keys] : databases_of(connection, inventory.server.allowed)) {
    if (keys > 0) inventory.databases[number] = {keys, std::nullopt};
  }
  return inventory;
}

}  // namespace lifeboat::redis
