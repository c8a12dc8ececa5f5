#ifndef LIFEBOAT_RESTORE_PLAN_H_
#define LIFEBOAT_RESTORE_PLAN_H_

#include <chrono>
#include <optional>
#include <string>

#include "postgres/load_forecast.h"
#include "restore/past_run_json.h"
#include "restore/restore.h"

namespace lifeboat::restore {

/// What a restore would do, before it does anything.
struct Plan {
  vault::SnapshotId snapshot;
  std::string source;
  Instant at;
  std::uint64_t rows = 0;
  postgres::LoadForecast load;
  std::vector<NotCarried> not_carried;  ///< what the snapshot itself does not hold
  std::optional<PastRun> past;          ///< the newest proof of this source
  /// Its time, in proportion of the rows; a disk that must keep what it is given takes longer.
  std::optional<std::chrono::milliseconds> estimate;
};

/// Looks at snapshot, target and past proofs; writes nothing. Throws what restore_postgres() would,
/// and usage for requests of another kind (into_schema, data_only).
[[nodiscard]] Plan plan_restore(const vault::Vault& vault, const vault::SnapshotRecord& record,
                                const Request& request, Observer& observer, std::stop_token stop);

}  // namespace lifeboat::restore

#endif  // LIFEBOAT_RESTORE_PLAN_H_
