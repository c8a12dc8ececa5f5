#ifndef LIFEBOAT_COMPARE_REDIS_COMPARISON_H_
#define LIFEBOAT_COMPARE_REDIS_COMPARISON_H_

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/not_carried.h"
#include "base/observer.h"
#include "redis/compare.h"
#include "vault/snapshot_record.h"
#include "vault/vault.h"

/// A snapshot against a live server: a list of what differs, and no proof.
namespace lifeboat::compare {

struct RedisRequest {
  std::optional<std::string> source;  ///< absent = the snapshot's only Redis source
  redis::CompareRequest compare;
};

struct RedisReport {
  vault::SnapshotId snapshot;
  std::string source;
  Instant at;             ///< the moment that the snapshot is of
  std::string guarantee;  ///< of the snapshot: exact, fuzzy
  std::string server;     ///< the URL without its password
  redis::Selection selection;
  std::vector<NotCarried> not_carried;  ///< what the snapshot itself does not hold
  redis::CompareReport compared;
  std::chrono::milliseconds took{0};
};

/// Compares one Redis source of a snapshot with a server that may be written to meanwhile. Writes
/// nothing. Throws what SnapshotReader and redis::compare() throw.
[[nodiscard]] RedisReport compare_redis(const vault::Vault& vault,
                                        const vault::SnapshotRecord& record,
                                        const RedisRequest& request, Observer& observer,
                                        std::stop_token stop);

}  // namespace lifeboat::compare

#endif  // LIFEBOAT_COMPARE_REDIS_COMPARISON_H_
