#ifndef LIFEBOAT_POSTGRES_LOAD_PREPARE_H_
#define LIFEBOAT_POSTGRES_LOAD_PREPARE_H_

#include "base/observer.h"
#include "postgres/load.h"
#include "postgres/load_plan.h"
#include "postgres/restore_part.h"
#include "pq/connection.h"

/// What load() does before it writes, and forecast_load() instead of it.
namespace lifeboat::postgres {

/// Throws Error(refused) if the restore must not touch the target; warns of differences.
[[nodiscard]] TargetState look_at_target(pq::Connection& connection, const LoadRequest& request,
                                         const Catalogue& catalogue, Observer& observer);

struct PreparedLoad {
  RestorePart part;
  LoadPlan plan;  ///< of the part; what the choice left out is in its `left_out`
};
/// Pure but for the source's sizes. Throws Error(usage) as part_of() does.
[[nodiscard]] PreparedLoad prepare_load(const LoadRequest& request, const Catalogue& catalogue,
                                        const Archive& archive, const LoadSource& source);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_PREPARE_H_
