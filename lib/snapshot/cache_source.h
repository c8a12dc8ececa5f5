#ifndef LIFEBOAT_SNAPSHOT_CACHE_SOURCE_H_
#define LIFEBOAT_SNAPSHOT_CACHE_SOURCE_H_

#include <cstdint>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "resp/address.h"
#include "vault/snapshot_record.h"
#include "vault/snapshot_writer.h"

namespace lifeboat::snapshot {

enum class CacheEngine { redis, memcached };

/// A cache: it is looked at, and none of its values is taken.
struct CacheSource {
  std::string name;
  CacheEngine engine = CacheEngine::memcached;
  resp::Url url;
};

/// Writes its inventory into a snapshot that is being written, as the source at `place`; returns
/// what the record says of it. What is in the cache stands there as left out, harmless; a server of
/// a pool that did not answer as a loss. Throws what memcached::take_inventory(),
/// redis::take_inventory() and the store throw.
[[nodiscard]] vault::SourceSummary take_inventory(const CacheSource& source, std::uint16_t place,
                                                  vault::SnapshotWriter& writer, const Clock& clock,
                                                  const std::stop_token& stop);

}  // namespace lifeboat::snapshot

#endif  // LIFEBOAT_SNAPSHOT_CACHE_SOURCE_H_
