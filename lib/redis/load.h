#ifndef LIFEBOAT_REDIS_LOAD_H_
#define LIFEBOAT_REDIS_LOAD_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/not_carried.h"
#include "base/observer.h"
#include "base/secret.h"
#include "redis/probe.h"
#include "stream/source.h"

namespace lifeboat::redis {

/// Where the records to be loaded come from: the ranges of a stream of keys, in order.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  [[nodiscard]] virtual std::size_t range_count() const = 0;
  [[nodiscard]] virtual std::unique_ptr<stream::Source> open_range(std::size_t range) = 0;
  [[nodiscard]] virtual std::uint64_t total_bytes() const = 0;
};

/// What of a snapshot is meant.
struct Selection {
  std::optional<std::string> match;       ///< only keys that fit this pattern (glob.h)
  std::optional<std::uint32_t> database;  ///< only this database of the snapshot

  [[nodiscard]] bool takes(std::uint32_t in_database, std::string_view key) const;
};

struct LoadRequest {
  Secret url;
  std::size_t depth = 1000;  ///< commands on their way at once, also bounded by 8 MiB
  Selection selection;
  std::optional<std::uint32_t> into_database;  ///< with Selection::database: where to put its keys
  bool replace = false;        ///< the target may hold keys; those of the snapshot replace them
  bool freeze_expiry = false;  ///< restore without expiries: for rehearsals
  /// Added to every expiry, so that none passes while a proof looks at it.
  std::chrono::milliseconds expiry_delay{0};
  bool allow_eviction = false;    ///< the target may be a cache that drops keys when it is full
  std::string source_run_id;      ///< the server that was captured: refused as a target
  std::uint16_t rdb_version = 0;  ///< of the snapshot's payloads; 0 = not known
};

struct LoadReport {
  ServerFacts target;
  std::uint64_t records = 0;   ///< applied, tombstones included
  std::uint64_t commands = 0;  ///< each with its reply
  std::uint64_t bytes = 0;     ///< of records
  std::uint64_t expired = 0;   ///< values whose expiry had passed: the server stores nothing
  std::uint64_t refused = 0;   ///< commands that the server answered with an error
  std::uint64_t evicted = 0;   ///< keys that the target dropped meanwhile, by its own count
  bool functions = false;      ///< restored
  std::vector<NotCarried> not_restored;
};

/// Looks at a target before it is touched. Throws Error(refused) if it is the source, holds keys
/// (unless `replace`), may evict, is too full, cannot read the payloads, or is a replica.
[[nodiscard]] ServerFacts check_target(const LoadRequest& request, std::uint64_t total_bytes,
                                       std::stop_token stop);

/// Checks the target and applies all records in order, in a pipeline; counts every reply. A key
/// that the server refuses is named, and all others are loaded. Expiries are absolute: what has
/// expired since the capture is not stored, and counted.
///
/// Memory: 8 MiB on their way, and the longest record twice. One thread. Throws Error: refused
/// (target), unavailable (lost, out of memory), corrupt (records), cancelled. What was loaded until
/// then stays, and kept() says so.
[[nodiscard]] LoadReport load(const LoadRequest& request, RecordSource& source,
                              const std::optional<Bytes>& functions, Observer& observer,
                              std::stop_token stop);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_LOAD_H_
