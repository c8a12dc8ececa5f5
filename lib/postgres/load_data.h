#ifndef LIFEBOAT_POSTGRES_LOAD_DATA_H_
#define LIFEBOAT_POSTGRES_LOAD_DATA_H_

#include <stop_token>

#include "base/observer.h"
#include "base/secret.h"
#include "postgres/load.h"
#include "postgres/table_choice.h"

namespace lifeboat::postgres {

struct DataRequest {
  Secret url = {};
  TableChoice choice = {};  ///< empty = every table with rows
  /// The database the snapshot was captured from: refused as a target.
  std::optional<Identity> source = {};
};

/// Puts rows into tables that exist and are empty (docs/postgres-restore.md, "Rows alone"): the
/// tables were made by a migration, say. Every table must be there with the columns of the
/// snapshot, hold no row, and belong to the role, whose triggers are disabled meanwhile. Tables are
/// filled in the order of the target's own foreign keys. Sequences that the tables own are raised
/// to the captured value, never lowered.
///
/// All of it is one transaction of one session, which locks the tables: after a failure or a kill
/// nothing has changed.
///
/// Memory: 1 MiB; rows are sent in pieces. Throws Error: usage (a name that means nothing), refused
/// (the source itself, a standby, an unfinished restore, a table that is missing, other, or not
/// empty, a constraint that the rows do not satisfy, a circle of foreign keys), denied,
/// unavailable, corrupt (the snapshot's rows), cancelled.
[[nodiscard]] LoadReport load_data(const DataRequest& request, const Catalogue& catalogue,
                                   LoadSource& source, Observer& observer, std::stop_token stop);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_DATA_H_
