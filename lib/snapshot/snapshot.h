#ifndef LIFEBOAT_SNAPSHOT_SNAPSHOT_H_
#define LIFEBOAT_SNAPSHOT_SNAPSHOT_H_

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/observer.h"
#include "postgres/capture.h"
#include "snapshot/cache_source.h"
#include "snapshot/redis_source.h"
#include "vault/snapshot_record.h"
#include "vault/vault.h"

namespace lifeboat::snapshot {

/// A Postgres database to capture.
struct PostgresSource {
  std::string name;
  postgres::CaptureRequest capture;
  std::vector<std::string> accept;  ///< omissions that are known and wanted: told, but no loss
};

struct Request {
  std::vector<PostgresSource> postgres;
  std::vector<RedisSource> redis = {};
  std::vector<CacheSource> caches = {};
  std::vector<std::string> tags = {};
};

/// What became of one source.
struct SourceReport {
  std::string name;
  vault::SourceSummary summary;
  int connections = 0;
  std::vector<postgres::LongRows> long_rows;
  std::chrono::milliseconds took{0};
};

struct Failure {
  std::string source;
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::string hint = {};  ///< what to do about it; may be empty
};

struct Report {
  vault::SnapshotId id;
  Instant finished;
  std::uint64_t seq = 0;
  std::uint64_t stored_bytes = 0;
  std::uint64_t resumed_bytes = 0;     ///< that runs which broke off had stored, not counted there
  std::vector<vault::SeenHead> heads;  ///< of all chains, this snapshot's first
  std::vector<SourceReport> sources;
  std::vector<Failure> failures;  ///< sources that are not in the snapshot, while others are

  /// Whether anything of the user's is missing from it.
  [[nodiscard]] bool lost_anything() const;
};

/// Captures all sources, one after the other, into one snapshot and commits it. A source that fails
/// is left out and reported if another one succeeded; if none did, the first failure is thrown and
/// nothing is committed.
///
/// Memory: docs/performance.md; bounded whatever the size of the sources. Throws Error: denied (no
/// writer's credential), cancelled, and what capture() and the store throw.
[[nodiscard]] Report take(const vault::Vault& vault, const Request& request, const Clock& clock,
                          Observer& observer, std::stop_token stop);

}  // namespace lifeboat::snapshot

#endif  // LIFEBOAT_SNAPSHOT_SNAPSHOT_H_
