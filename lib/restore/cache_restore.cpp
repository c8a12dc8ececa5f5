#include "restore/cache_restore.h"

#include <algorithm>

#include "base/error.h"
#include "base/units.h"
#include "bridge/cache_streams.h"
#include "bridge/redis_streams.h"
#include "memcached/flush.h"
#include "redis/flush.h"
#include "redis/server_json.h"

namespace lifeboat::restore {
namespace {

using std::chrono::steady_clock;

std::string kind_of(CacheEngine engine) {
  return engine == CacheEngine::redis ? bridge::kRedisKind : bridge::kMemcachedKind;
}

/// What the snapshot has of the cache.
enum class Held { inventory, keys };

/// Before anything is touched: the target by its name, and what would be gone.
void require_typed_name(const CacheRequest& request, const std::string& target, std::uint64_t items,
                        Held held) {
  if (request.flush == target) return;
  std::string hint = "look twice at which server is meant, then type its name: --flush " + target;
  if (held == Held::keys) hint += "; to load the snapshot's keys all the same: --data";
  if (request.flush) {
    throw Error(ErrorKind::refused,
                "--flush names \"" + *request.flush + "\", the target is \"" + target + "\"", hint);
  }
  throw Error(ErrorKind::refused,
              "a cache is not restored but emptied: " + target + ", which holds " +
                  human_count(items) + (items == 1 ? " key" : " keys"),
              hint);
}

/// A database that the same snapshot holds as data is none to empty: then the URL is the wrong one.
void refuse_place_of_data(const vault::SnapshotBody& body, const redis::FlushTarget& target,
                          std::uint16_t chosen) {
  for (std::size_t i = 0; i < body.sources.size(); ++i) {
    const vault::SourceSummary& source = body.sources[i];
    if (i == chosen || source.kind != bridge::kRedisKind || !source.holds_data()) continue;
    const redis::Place place = redis::place_from_identity_json(source.identity);
    const bool same_server = !place.run_id.empty() && place.run_id == target.server.run_id;
    if (place.name != target.name && !(same_server && place.database == target.database)) continue;
    throw Error(ErrorKind::refused,
                "the target is where the source " + source.name +
                    " of the snapshot is, which holds "
                    "data",
                "name the server of the cache");
  }
}

std::vector<EmptiedServer> empty_memcached(const CacheRequest& request, CacheReport& report,
                                           Observer& observer, const std::stop_token& stop) {
  const auto servers = memcached::parse_servers(request.url.text);
  report.target = memcached::name_of(servers);
  std::uint64_t items = 0;
  for (const auto& one : memcached::look_before_flush(servers, stop)) items += one.items;
  require_typed_name(request, report.target, items, Held::inventory);
  observer.phase("flush");
  std::vector<EmptiedServer> emptied;
  std::string done;
  for (const memcached::Address& server : servers) {
    try {
      const memcached::Flushed flushed = memcached::flush(server, stop);
      emptied.push_back({flushed.address, bridge::kMemcachedKind, flushed.version,
                         flushed.items_before, flushed.keys_after});
      done += (done.empty() ? "" : ", ") + flushed.address;
    } catch (Error& error) {
      if (!done.empty()) error.add_kept("emptied already: " + done);
      throw;
    }
  }
  return emptied;
}

std::vector<EmptiedServer> empty_redis(const vault::SnapshotBody& body, const CacheRequest& request,
                                       CacheReport& report, Observer& observer,
                                       const std::stop_token& stop) {
  const redis::FlushTarget target = redis::look_before_flush(request.url, stop);
  report.target = target.name;
  refuse_place_of_data(body, target, request.source);
  const bool inventory = !body.sources.at(request.source).holds_data();
  require_typed_name(request, report.target, target.keys, inventory ? Held::inventory : Held::keys);
  observer.phase("flush");
  const redis::Flushed flushed = redis::flush(request.url, stop);
  return {{target.name, target.server.engine, target.server.version, flushed.keys_before,
           flushed.keys_after}};
}

}  // namespace

bool CacheReport::found_anything() const {
  return std::ranges::any_of(
      warm_up, [](const WarmUpOutcome& outcome) { return outcome.answered < outcome.asked; });
}

std::uint16_t find_cache(const vault::SnapshotBody& body, const std::optional<std::string>& name,
                         CacheEngine engine,
                         const std::function<bool(const vault::SourceSummary&)>& is_cache) {
  const std::string kind = kind_of(engine);
  std::optional<std::uint16_t> found;
  for (std::size_t i = 0; i < body.sources.size(); ++i) {
    const vault::SourceSummary& source = body.sources[i];
    if (source.kind != kind || (name ? source.name != *name : !is_cache(source))) continue;
    if (!is_cache(source)) {
      throw Error(ErrorKind::refused, "the source " + source.name + " is no cache: it holds data",
                  "restore it into an empty server, without --flush");
    }
    if (found) {
      throw Error(ErrorKind::usage, "the snapshot holds several caches of kind " + kind,
                  "name one with --source");
    }
    found = static_cast<std::uint16_t>(i);
  }
  if (found) return *found;
  throw Error(
      ErrorKind::not_found,
      "the snapshot holds no cache " + (name ? *name + " " : std::string()) + "of kind " + kind,
      "lifeboat vault show lists its sources");
}

CacheReport restore_cache(const vault::SnapshotRecord& record, const CacheRequest& request,
                          Observer& observer, const std::stop_token& stop) {
  const auto started = steady_clock::now();
  const vault::SourceSummary& source = record.body->sources.at(request.source);
  CacheReport report;
  report.snapshot = record.id();
  report.source = source.name;
  report.kind = source.kind;
  report.at = source.at;
  report.servers = request.engine == CacheEngine::memcached
                       ? empty_memcached(request, report, observer, stop)
                       : empty_redis(*record.body, request, report, observer, stop);
  try {
    report.warm_up = warm_up(request.warm_up, observer, stop);
  } catch (Error& error) {
    error.add_kept("the cache is empty: " + report.target);
    throw;
  }
  report.took =
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - started);
  return report;
}

std::vector<std::string> caches_in(const vault::SnapshotBody& body) {
  std::vector<std::string> names;
  for (const vault::SourceSummary& source : body.sources) {
    if (!source.holds_data()) names.push_back(source.name);
  }
  return names;
}

}  // namespace lifeboat::restore
