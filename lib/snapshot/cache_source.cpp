#include "snapshot/cache_source.h"

#include <cmath>

#include "base/units.h"
#include "bridge/cache_streams.h"
#include "bridge/redis_streams.h"
#include "memcached/inventory_json.h"
#include "redis/inventory.h"

namespace lifeboat::snapshot {
namespace {

/// "1,234 items, 12 MB, 93 % of reads found".
std::string held_text(std::uint64_t count, const std::string& word, std::uint64_t bytes,
                      std::optional<double> hit_ratio) {
  std::string text = human_count(count) + " " + word + (count == 1 ? "" : "s");
  if (bytes > 0) text += ", " + human_bytes(bytes);
  if (hit_ratio) text += ", " + std::to_string(std::lround(*hit_ratio * 100)) + " % of reads found";
  return text;
}

NotCarried held_by(const std::string& name, const std::string& what) {
  return {"what " + name + " holds (" + what + ")",
          "a cache is recorded as an inventory, and rebuilt empty", Severity::harmless};
}

void note_servers(const memcached::Inventory& inventory, vault::SourceSummary& summary) {
  for (const memcached::ServerInventory& server : inventory.servers) {
    for (const std::string& note : server.notes) {
      const Severity severity = server.protocol ? Severity::harmless : Severity::loss;
      summary.not_carried.push_back({"part of the inventory of " + server.address, note, severity});
    }
  }
}

std::string look_at_memcached(const CacheSource& source, Instant now, vault::SourceSummary& summary,
                              const std::stop_token& stop) {
  const auto servers = memcached::parse_servers(source.url.text);
  const memcached::Inventory inventory = memcached::take_inventory(servers, stop);
  summary.kind = bridge::kMemcachedKind;
  summary.identity = memcached::identity_json(inventory, servers);
  summary.version = inventory.version();
  summary.not_carried.push_back(held_by(
      source.name, held_text(inventory.items(), "item", inventory.bytes(), inventory.hit_ratio())));
  note_servers(inventory, summary);
  return memcached::to_json(inventory, now);
}

std::string look_at_redis(const CacheSource& source, Instant now, vault::SourceSummary& summary,
                          const std::stop_token& stop) {
  const redis::Inventory inventory = redis::take_inventory(source.url, stop);
  summary.kind = bridge::kRedisKind;
  summary.identity = redis::identity_json(inventory);
  summary.version = inventory.server.version;
  summary.not_carried.push_back(held_by(
      source.name,
      held_text(inventory.keys(), "key", inventory.server.used_memory, inventory.hit_ratio())));
  for (const std::string& note : inventory.notes) {
    summary.not_carried.push_back(
        {"part of the inventory of " + source.name, note, Severity::harmless});
  }
  return redis::to_json(inventory, now);
}

}  // namespace

vault::SourceSummary take_inventory(const CacheSource& source, std::uint16_t place,
                                    vault::SnapshotWriter& writer, const Clock& clock,
                                    const std::stop_token& stop) {
  vault::SourceSummary summary;
  summary.name = source.name;
  summary.guarantee = vault::kInventory;
  summary.at = clock.now();
  const std::string document = source.engine == CacheEngine::memcached
                                   ? look_at_memcached(source, summary.at, summary, stop)
                                   : look_at_redis(source, summary.at, summary, stop);
  writer.add_document(place, bridge::kInventoryDocument, as_bytes(document));
  return summary;
}

}  // namespace lifeboat::snapshot
