#ifndef LIFEBOAT_POSTGRES_TARGET_H_
#define LIFEBOAT_POSTGRES_TARGET_H_

#include <stop_token>

#include "base/observer.h"
#include "postgres/load.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// The same as inspect_target(url), on a session that stands.
[[nodiscard]] TargetState inspect_target(pq::Connection& connection);

/// Whether two identities are one database: by system identifier and OID where both could be
/// read, else by host, port and name. A failover partner of a database counts as that database.
[[nodiscard]] bool same_database(const Identity& a, const Identity& b);

/// Throws Error(refused), with what to do, if a restore of this request must not touch the target:
/// it is the source, a standby, somebody's scratch, holds an unfinished restore of another
/// snapshot, or is not empty. Pure.
void refuse_unfit_target(const TargetState& target, const LoadRequest& request);

/// Differences that do not forbid a restore but may show in it: an older server, another encoding,
/// another sort order.
void warn_of_differences(pq::Connection& connection, const TargetState& target,
                         const LoadRequest& request, const Catalogue& catalogue,
                         Observer& observer);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_TARGET_H_
