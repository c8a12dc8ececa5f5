#ifndef LIFEBOAT_SNAPSHOT_REDIS_SOURCE_H_
#define LIFEBOAT_SNAPSHOT_REDIS_SOURCE_H_

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/observer.h"
#include "redis/capture.h"
#include "vault/snapshot_record.h"
#include "vault/snapshot_writer.h"

namespace lifeboat::snapshot {

/// A Redis or Valkey server to capture.
struct RedisSource {
  std::string name;
  redis::CaptureRequest capture;
};

/// Captures it into a snapshot that is being written, as the source at `place`; returns what the
/// record says of it. A capture that is not exact is a warning, and a NotCarried that says why.
/// Throws what redis::capture() and the store throw.
[[nodiscard]] vault::SourceSummary capture_redis(const RedisSource& source, std::uint16_t place,
                                                 vault::SnapshotWriter& writer, Observer& observer,
                                                 const std::stop_token& stop);

}  // namespace lifeboat::snapshot

#endif  // LIFEBOAT_SNAPSHOT_REDIS_SOURCE_H_
