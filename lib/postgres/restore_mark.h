#ifndef LIFEBOAT_POSTGRES_RESTORE_MARK_H_
#define LIFEBOAT_POSTGRES_RESTORE_MARK_H_

#include <optional>
#include <string>

#include "pq/connection.h"

namespace lifeboat::postgres {

/// What schema lifeboat_restore of a database says (docs/postgres-restore.md, "A restore that broke
/// off"): while it is there the database is incomplete. A value.
struct RestoreMark {
  /// In hex; "unknown" if this role may not read it.
  std::string snapshot_id;
  /// Whether lifeboat made the schema: a user may have one of that name.
  bool ours = false;
};

/// Nothing if there is no such schema. Sees what the session's present transaction sees. After a
/// failure that left the session alive the snapshot is unknown, and that transaction has failed.
/// Throws Error: busy (a restore ends at this moment), unavailable.
[[nodiscard]] std::optional<RestoreMark> read_restore_mark(pq::Connection& connection);

/// Throws Error(refused), with what to do, if the database holds a part of a restore: a snapshot of
/// it would pass for whole. A user's own schema of that name does not count.
void refuse_incomplete_database(pq::Connection& connection);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_RESTORE_MARK_H_
