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
#include "vault/snapshot_record.h"
#include "vault/vault.h"

namespace lifeboat::restore {

struct RedisRequest {
  std::optional<std::string> source;  ///< absent = the snapshot's only Redis source
  redis::LoadRequest load;            ///< what the snapshot itself says is filled in
  bool compare = false;  ///< read the target back and compare all of it; not with a selection
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

/// The place of a source in a snapshot: the one of that name, or the only one of kind redis that
/// holds keys (caches are inventories).
/// Throws Error(not_found, usage).
[[nodiscard]] std::uint16_t find_redis_source(const vault::SnapshotBody& body,
                                              const std::optional<std::string>& name);

/// Throws Error(refused) for a source of which the snapshot holds an inventory alone.
void refuse_inventory(const vault::SourceSummary& source);

/// Restores one Redis source of a snapshot. The target is not touched before the snapshot's
/// documents and lists were read and authenticated and all its packs found. Throws what
/// SnapshotReader, redis::load() and redis::compare() throw; usage for a comparison of a part.
[[nodiscard]] RedisReport restore_redis(const vault::Vault& vault,
                                        const vault::SnapshotRecord& record, RedisRequest request,
                                        Observer& observer, std::stop_token stop);

}  // namespace lifeboat::restore

#endif  // LIFEBOAT_RESTORE_REDIS_RESTORE_H_
