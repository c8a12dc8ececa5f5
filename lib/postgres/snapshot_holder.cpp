#include "postgres/snapshot_holder.h"

#include <algorithm>
#include <set>

namespace lifeboat::postgres {
namespace {

constexpr std::size_t kTablesALock = 500;
constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A table that was dropped since the list was made is a reason to list again, not a failure.
bool lock_tables(pq::Connection& leader, const std::vector<TableMark>& tables) {
  for (const std::string& sql : lock_statements(tables, false)) {
    const std::optional<pq::ServerError> failure = leader.try_execute(sql);
    if (!failure) continue;
    if (failure->sqlstate == "42P01" || failure->sqlstate == "3F000" ||
        failure->sqlstate == "42809") {
      return false;
    }
    if (failure->sqlstate == "55P03") throw Error(ErrorKind::busy, failure->message + " (55P03)");
    const bool denied = failure->sqlstate == "42501";
    const bool scarce = failure->sqlstate.starts_with("53");
    throw Error(denied   ? ErrorKind::denied
                : scarce ? ErrorKind::unavailable
                         : ErrorKind::internal,
                "lock the tables: " + failure->message + " (" + failure->sqlstate + ")",
                scarce ? "raise max_locks_per_transaction on the server" : "");
  }
  return true;
}

HeldSnapshot export_snapshot(pq::Connection& leader) {
  const pq::Rows row = leader.query(
      "SELECT pg_catalog.pg_export_snapshot(),"
      " (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint,"
      " coalesce(CASE WHEN pg_catalog.pg_is_in_recovery()"
      "   THEN pg_catalog.pg_last_wal_replay_lsn()"
      "   ELSE pg_catalog.pg_current_wal_lsn() END::text, '')");
  HeldSnapshot snapshot;
  snapshot.name = row.text(0, 0);
  snapshot.at = Instant(std::chrono::milliseconds(row.integer(0, 1)));
  snapshot.wal_position = row.text(0, 2);
  return snapshot;
}

/// A table that was rewritten before we got its lock is as good as any: the snapshot is younger.
bool same_tables(const std::vector<TableMark>& now, std::vector<TableMark> before) {
  for (TableMark& table : before) table.rewritten = false;
  return now == before;
}

}  // namespace

std::vector<std::string> lock_statements(const std::vector<TableMark>& tables, bool no_wait) {
  const std::string end = no_wait ? " IN ACCESS SHARE MODE NOWAIT" : " IN ACCESS SHARE MODE";
  std::vector<std::string> statements;
  std::string list;
  std::size_t count = 0;
  for (const TableMark& table : tables) {
    if (!table.lockable) continue;
    list += list.empty() ? "LOCK TABLE ONLY " : ", ONLY ";
    list += quote_identifier(table.schema) + "." + quote_identifier(table.name);
    if (++count % kTablesALock != 0) continue;
    statements.push_back(list + end);
    list.clear();
  }
  if (!list.empty()) statements.push_back(list + end);
  return statements;
}

std::optional<HeldSnapshot> try_hold_snapshot(pq::Connection& leader,
                                              const std::vector<std::string>& exclude_tables) {
  const std::vector<TableMark> before = list_tables(leader, exclude_tables);
  leader.execute(kBegin);
  if (lock_tables(leader, before)) {
    HeldSnapshot snapshot = export_snapshot(leader);
    snapshot.tables = list_tables(leader, exclude_tables);
    if (same_tables(snapshot.tables, before)) return snapshot;
  }
  leader.execute("ROLLBACK");
  return std::nullopt;
}

std::vector<std::string> contended_tables(pq::Connection& connection,
                                          const std::vector<TableMark>& tables) {
  const pq::Rows rows = connection.query(
      "SELECT DISTINCT l.relation FROM pg_catalog.pg_locks l"
      " WHERE l.mode = 'AccessExclusiveLock' AND l.locktype = 'relation'"
      " AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d"
      "                   WHERE d.datname = pg_catalog.current_database())");
  std::set<Oid> contended;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    contended.insert(static_cast<Oid>(rows.integer(row, 0)));
  }
  std::vector<std::string> names;
  for (const TableMark& table : tables) {
    if (contended.contains(table.oid)) names.push_back(table.schema + "." + table.name);
  }
  return names;
}

}  // namespace lifeboat::postgres
