#ifndef LIFEBOAT_RESTORE_CACHE_RESTORE_H_
#define LIFEBOAT_RESTORE_CACHE_RESTORE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/observer.h"
#include "resp/address.h"
#include "restore/warm_up.h"
#include "vault/snapshot_record.h"
#include "vault/vault.h"

namespace lifeboat::restore {

enum class CacheEngine { redis, memcached };

struct CacheRequest {
  std::uint16_t source = 0;  ///< its place in the snapshot
  CacheEngine engine = CacheEngine::memcached;
  resp::Url url;                     ///< the server to empty; of Redis, the one database it names
  std::optional<std::string> flush;  ///< that server's name, typed once more
  WarmUp warm_up;
};

struct EmptiedServer {
  std::string address;
  std::string engine;  ///< memcached, redis, valkey
  std::string version;
  std::uint64_t items_before = 0;
  std::optional<std::uint64_t> items_after;  ///< written since by others; absent = not to be had
};

struct CacheReport {
  vault::SnapshotId snapshot;
  std::string source;
  std::string kind;  ///< of the source: memcached, redis
  Instant at;        ///< when the snapshot looked at it
  std::string target;
  std::vector<EmptiedServer> servers;
  std::vector<WarmUpOutcome> warm_up;
  std::chrono::milliseconds took{0};

  /// Whether a warm-up request failed.
  [[nodiscard]] bool found_anything() const;
};

/// The place of the cache that is meant: the source of that name, or the only one of its kind of
/// which `is_cache` is true. Throws Error(not_found, usage); refused if the named one is no cache.
[[nodiscard]] std::uint16_t find_cache(
    const vault::SnapshotBody& body, const std::optional<std::string>& name, CacheEngine engine,
    const std::function<bool(const vault::SourceSummary&)>& is_cache);

/// "Restores" a cache: empties the target, shows that it is empty and stores and expires keys, then
/// runs the warm-up requests. What was in the cache when the snapshot was taken is not brought
/// back: it would be older than the databases beside it, or newer.
///
/// The target is not touched unless `flush` is its name. Throws Error: refused (no name or another
/// one; the place of a source of the snapshot that holds data; what look_before_flush() refuses),
/// and what memcached::flush() and redis::flush() throw. A failure of the second server of a pool
/// says in kept() which were emptied.
[[nodiscard]] CacheReport restore_cache(const vault::SnapshotRecord& record,
                                        const CacheRequest& request, Observer& observer,
                                        const std::stop_token& stop);

/// Names of the sources that are kept as inventories: what may be stale beside a restored database.
[[nodiscard]] std::vector<std::string> caches_in(const vault::SnapshotBody& body);

}  // namespace lifeboat::restore

#endif  // LIFEBOAT_RESTORE_CACHE_RESTORE_H_
