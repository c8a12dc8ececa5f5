#include "postgres/target.h"

#include "postgres/identity.h"
#include "postgres/load_phases.h"

namespace lifeboat::postgres {
namespace {

constexpr int kVersionsAMajor = 10000;
constexpr const char* kRestoreMark = "lifeboat_restore";

/// Namespaces of a user's; heroku_ext is there from the start on older Heroku databases.
constexpr std::string_view kUserSchemas = R"(
WITH user_schema AS (
  SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '_heroku', 'lifeboat_restore', 'lifeboat_scratch')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_namespace'::regclass
                    AND d.objid = n.oid AND d.deptype = 'e'))
)";

/// Relations, functions, types that stand by themselves, schemas, large objects, publications;
/// nothing that an extension brought.
constexpr std::string_view kCount = R"(
, found AS (
  SELECT 'pg_catalog.pg_class'::regclass AS catalogue, c.oid, c.relkind IN ('r', 'p', 'f') AS is_table
    FROM pg_catalog.pg_class c JOIN user_schema u ON u.oid = c.relnamespace WHERE c.relkind NOT IN ('i', 'I', 't', 'c')
  UNION ALL
  SELECT 'pg_catalog.pg_proc'::regclass, p.oid, false
    FROM pg_catalog.pg_proc p JOIN user_schema u ON u.oid = p.pronamespace
  UNION ALL
  SELECT 'pg_catalog.pg_type'::regclass, t.oid, false
    FROM pg_catalog.pg_type t JOIN user_schema u ON u.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE t.typcategory <> 'A' AND (t.typrelid = 0 OR c.relkind = 'c')
  UNION ALL
  SELECT 'pg_catalog.pg_namespace'::regclass, u.oid, false FROM user_schema u WHERE u.nspname NOT IN ('public', 'heroku_ext')
  UNION ALL
  SELECT 'pg_catalog.pg_publication'::regclass, p.oid, false FROM pg_catalog.pg_publication p
  UNION ALL
  SELECT 'pg_catalog.pg_largeobject'::regclass, l.oid, false FROM pg_catalog.pg_largeobject_metadata l)
SELECT count(*), count(*) FILTER (WHERE f.is_table) FROM found f
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                   WHERE d.classid = f.catalogue AND d.objid = f.oid AND d.deptype = 'e')
)";

/// Who holds a mark may not be able to read its table: then the mark alone counts.
std::string unfinished_snapshot(pq::Connection& connection) {
  const bool marked =
      connection.query("SELECT pg_catalog.to_regnamespace($1) IS NOT NULL", {kRestoreMark})
          .boolean(0, 0);
  if (!marked) return "";
  try {
    const pq::Rows rows =
        connection.query("SELECT snapshot_id FROM lifeboat_restore.progress LIMIT 1");
    return rows.size() == 0 || rows.text(0, 0).empty() ? "unknown" : rows.text(0, 0);
  } catch (const Error& error) {
    if (!connection.alive()) throw;
    return "unknown";
  }
}

std::string where(const Identity& identity) {
  return identity.host + ":" + identity.port + "/" + identity.database;
}

}  // namespace

TargetState inspect_target(pq::Connection& connection) {
  TargetState state;
  state.identity = read_identity(connection);
  state.unfinished_snapshot = unfinished_snapshot(connection);
  const pq::Rows count = connection.query(std::string(kUserSchemas) + std::string(kCount));
  state.user_objects = static_cast<std::size_t>(count.integer(0, 0));
  state.user_tables = static_cast<std::size_t>(count.integer(0, 1));
  return state;
}

TargetState inspect_target(const Secret& url) {
  pq::Connection connection(url, {});
  return inspect_target(connection);
}

bool same_database(const Identity& a, const Identity& b) {
  if (!a.system_identifier.empty() && !b.system_identifier.empty()) {
    return a.system_identifier == b.system_identifier && a.database_oid == b.database_oid;
  }
  return a.host == b.host && a.port == b.port && a.database == b.database;
}

void refuse_unfit_target(const TargetState& target, const LoadRequest& request) {
  const std::string place = where(target.identity);
  if (request.source && same_database(*request.source, target.identity)) {
    throw Error(ErrorKind::refused, "this is where the snapshot was captured from: " + place,
                "restore into a new database");
  }
  if (target.identity.in_recovery) {
    throw Error(ErrorKind::refused, "the target is a read-only standby: " + place,
                "give the URL of its primary, or of another server");
  }
  const bool same_snapshot = target.unfinished_snapshot == request.snapshot_id;
  if (!target.unfinished_snapshot.empty() && !same_snapshot) {
    throw Error(
        ErrorKind::refused,
        "the target holds an unfinished restore of snapshot " + target.unfinished_snapshot + ": " +
            place,
        "restore that snapshot again and it goes on; for another, drop and create the database \"" +
            target.identity.database + "\"");
  }
  if (target.user_objects > 0 && target.unfinished_snapshot.empty()) {
    throw Error(ErrorKind::refused,
                "the target is not empty: " + place + " holds " +
                    std::to_string(target.user_objects) +
                    (target.user_objects == 1 ? " object" : " objects") +
                    " (tables: " + std::to_string(target.user_tables) + ")",
                "restore into a new, empty database");
  }
}

void warn_of_differences(pq::Connection& connection, const TargetState& target,
                         const LoadRequest& request, const Catalogue& catalogue,
                         Observer& observer) {
  const int major = target.identity.server_version / kVersionsAMajor;
  if (request.source && major < request.source->server_version / kVersionsAMajor) {
    observer.warned("the target's Postgres " + target.identity.server_version_text +
                    " is older than the source's " + request.source->server_version_text +
                    ": what it cannot create is named");
  }
  const pq::Rows row = connection.query(
      "SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate FROM pg_catalog.pg_database"
      " WHERE datname = pg_catalog.current_database()");
  if (!catalogue.encoding.empty() && row.text(0, 0) != catalogue.encoding) {
    observer.warned("the target stores text as " + row.text(0, 0) + ", the source as " +
                    catalogue.encoding);
  }
  if (!catalogue.collate.empty() && row.text(0, 1) != catalogue.collate) {
    observer.warned("the target sorts text by " + row.text(0, 1) + ", the source by " +
                    catalogue.collate);
  }
}

void wipe_database(pq::Connection& connection) {
  // One at a time: a schema of many thousand tables would need as many locks at once.
  connection.execute(R"(
DO $wipe$
DECLARE statement text;
BEGIN
  PERFORM pg_catalog.set_config('client_min_messages', 'error', true);
  FOR statement IN SELECT format('DROP EVENT TRIGGER IF EXISTS %I', evtname) FROM pg_catalog.pg_event_trigger
    WHERE evtowner = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) OR
      (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) LOOP EXECUTE statement; END LOOP;
  FOR statement IN SELECT format('DROP PUBLICATION IF EXISTS %I', pubname) FROM pg_catalog.pg_publication LOOP EXECUTE statement; END LOOP;
  FOR statement IN SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM pg_catalog.pg_extension
    WHERE extname NOT IN ('plpgsql', 'pg_stat_statements') LOOP EXECUTE statement; END LOOP;
  PERFORM pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata;
END $wipe$;
)");
  const pq::Rows schemas = connection.query(std::string(kUserSchemas) +
                                            "SELECT nspname FROM user_schema UNION ALL SELECT "
                                            "'lifeboat_restore' ORDER BY 1");
  for (std::size_t i = 0; i < schemas.size(); ++i) {
    connection.execute("SET client_min_messages = error; DROP SCHEMA IF EXISTS " +
                       quote_identifier(schemas.text(i, 0)) + " CASCADE");
  }
  connection.execute("CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC");
}

}  // namespace lifeboat::postgres
