#include "postgres/restore_mark.h"

namespace lifeboat::postgres {
namespace {

/// Catalogues as the transaction sees them, which to_regnamespace() does not ask. Everybody may
/// read them, so a mark is told from a user's schema without a right to either.
constexpr const char* kMark = R"(
SELECT count(a.attname) = 4,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE')
         AND coalesce(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false)
FROM pg_catalog.pg_namespace n
LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = 'progress'
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
  AND a.attname IN ('snapshot_id', 'started_at', 'state', 'plan')
WHERE n.nspname = 'lifeboat_restore'
GROUP BY n.oid, c.oid)";

constexpr const char* kUnknown = "unknown";

std::string snapshot_of(pq::Connection& connection) {
  try {
    const pq::Rows rows =
        connection.query("SELECT snapshot_id FROM lifeboat_restore.progress LIMIT 1");
    return rows.size() == 0 || rows.text(0, 0).empty() ? kUnknown : rows.text(0, 0);
  } catch (const Error& error) {
    if (!connection.alive() || error.kind() == ErrorKind::busy) throw;
    return kUnknown;
  }
}

}  // namespace

std::optional<RestoreMark> read_restore_mark(pq::Connection& connection) {
  const pq::Rows found = connection.query(kMark);
  if (found.size() == 0) return std::nullopt;
  RestoreMark mark{kUnknown, found.boolean(0, 0)};
  if (mark.ours && found.boolean(0, 1)) mark.snapshot_id = snapshot_of(connection);
  return mark;
}

void refuse_incomplete_database(pq::Connection& connection) {
  const auto mark = read_restore_mark(connection);
  if (!mark || !mark->ours) return;
  throw Error(
      ErrorKind::refused,
      "the database is incomplete: schema lifeboat_restore says that a restore of snapshot " +
          mark->snapshot_id + " has not ended in it",
      "end that restore (run it again, it goes on), then take the snapshot; SELECT * FROM "
      "lifeboat_restore.progress tells how far it came");
}

}  // namespace lifeboat::postgres
