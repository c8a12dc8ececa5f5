#ifndef LIFEBOAT_POSTGRES_SNAPSHOT_HOLDER_H_
#define LIFEBOAT_POSTGRES_SNAPSHOT_HOLDER_H_

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "postgres/catalogue_reader.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// An exact moment of a database, held by one session: every lockable table is locked ACCESS SHARE
/// *before* the snapshot is taken, because TRUNCATE and rewriting ALTERs are not seen through
/// snapshots: a reader of an older snapshot finds an emptied table.
struct HeldSnapshot {
  std::string name;          ///< pg_export_snapshot()
  Instant at;                ///< the server's clock
  std::string wal_position;  ///< or empty
  std::vector<TableMark> tables;
};

/// Lists, locks, exports and lists again on `leader`, which is left in the transaction. Nothing,
/// and no transaction, if a table changed meanwhile. Throws Error(busy) when a lock is not to be
/// had within the session's lock_timeout; the caller rolls back.
[[nodiscard]] std::optional<HeldSnapshot> try_hold_snapshot(
    pq::Connection& leader, const std::vector<std::string>& exclude_tables);

/// LOCK statements for all lockable tables, some hundred in one.
[[nodiscard]] std::vector<std::string> lock_statements(const std::vector<TableMark>& tables,
                                                       bool no_wait);

/// Those of the tables ("schema.name") on which somebody holds or awaits a lock that excludes
/// readers.
[[nodiscard]] std::vector<std::string> contended_tables(pq::Connection& connection,
                                                        const std::vector<TableMark>& tables);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SNAPSHOT_HOLDER_H_
