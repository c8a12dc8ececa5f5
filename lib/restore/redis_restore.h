#ifndef LIFEBOAT_RESTORE_REDIS_RESTORE_H_
#define LIFEBOAT_RESTORE_REDIS_RESTORE_H_

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/not_carried.h"
#include "base/observer.h"
#include "redis/compare.h"
#include "redis/load.h"
#include "redis/load_target.h"
#include "vault/snapshot_record.h"
#include "vault/vault.h"

namespace lifeboat::restore {

struct RedisRequest {
  std::optional<std::string> source;  ///< absent = the snapshot's only Redis source
  redis::LoadRequest load;            ///< what the snapshot itself says is filled in
  bool compare = false;               ///< read back and compare all that was to be restored
};

struct RedisReport {
  vault::SnapshotId snapshot;
  std::string source;
  Instant at;                           ///< the moment whose data is on the target now
  std::string guarantee;                ///< of the snapshot: exact, fuzzy
  std::vector<NotCarried> not_carried;  ///< what the snapshot itself does not hold
  redis::LoadReport load;
  std::optional<redis::CompareReport> compared;
  std::chrono::milliseconds took{0};

  /// Whether anything of the user's is missing on the target, or differs there.
  [[nodiscard]] bool lost_anything() const;
};

/// What a restore would do, before it does anything.
struct RedisPlan {
  vault::SnapshotId snapshot;
  std::string source;
  Instant at;
  std::string guarantee;
  std::vector<NotCarried> not_carried;
  std::uint64_t keys = 0;   ///< of the source, a selection left aside
  std::uint64_t bytes = 0;  ///< of its records
  redis::TargetState target;
};

/// Looks at snapshot and target; writes nothing. Throws what restore_redis() throws before it
/// touches the target.
[[nodiscard]] RedisPlan plan_redis(const vault::Vault& vault, const vault::SnapshotRecord& record,
                                   RedisRequest request, Observer& observer, std::stop_token stop);

/// Restores one Redis source of a snapshot. The target is not touched before the snapshot's
/// documents and lists were read and authenticated and all its packs found. Throws what
/// SnapshotReader, redis::load() and redis::compare() throw.
[[nodiscard]] RedisReport restore_redis(const vault::Vault& vault,
                                        const vault::SnapshotRecord& record, RedisRequest request,
                                        Observer& observer, std::stop_token stop);

}  // namespace lifeboat::restore

#endif  // LIFEBOAT_RESTORE_REDIS_RESTORE_H_
