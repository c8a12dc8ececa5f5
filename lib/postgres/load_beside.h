#ifndef LIFEBOAT_POSTGRES_LOAD_BESIDE_H_
#define LIFEBOAT_POSTGRES_LOAD_BESIDE_H_

#include <stop_token>
#include <string>

#include "base/observer.h"
#include "base/secret.h"
#include "postgres/load.h"
#include "postgres/table_choice.h"

namespace lifeboat::postgres {

struct BesideRequest {
  Secret url = {};
  std::string schema = {};  ///< where the tables are made; created if it is not there
  TableChoice choice = {};
};

/// Puts tables of a snapshot beside live data, for a person to look at and copy from
/// (docs/postgres-restore.md, "Beside live data"): plain tables with their columns, NOT NULL,
/// primary keys and unique indexes, and nothing else. The target may be the source itself.
///
/// All of it is one transaction of one session: after a failure or a kill nothing of it is there.
/// Nothing that exists is changed. A type that the target lacks, or in which it refuses the rows,
/// becomes text and is named in `not_restored`, as is a key that could not be made.
///
/// Memory: 1 MiB; rows are sent in pieces. Throws Error: usage (plan_beside), refused (a name is
/// taken, a standby, an unfinished restore), denied, unavailable, corrupt (the source's),
/// cancelled.
[[nodiscard]] LoadReport load_beside(const BesideRequest& request, const Catalogue& catalogue,
                                     LoadSource& source, Observer& observer, std::stop_token stop);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_BESIDE_H_
