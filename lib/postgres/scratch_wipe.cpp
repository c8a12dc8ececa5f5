#include "postgres/scratch_wipe.h"

#include <algorithm>

#include "postgres/scratch_mark.h"
#include "postgres/user_objects.h"

namespace lifeboat::postgres {
namespace {

/// A schema of many thousand tables would need as many locks at once.
constexpr std::size_t kDropsATransaction = 32;

/// Event triggers first: one of the snapshot's could forbid all that follows. The words of each
/// statement are the client's own: a platform's trigger looks into current_query().
constexpr const char* kDropsOutsideOfSchemas = R"(
SELECT pg_catalog.format('DROP EVENT TRIGGER IF EXISTS %I', t.evtname), 1
  FROM pg_catalog.pg_event_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.evtfoid
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE pg_catalog.pg_has_role(t.evtowner, 'USAGE') AND n.nspname <> '_heroku'
UNION ALL
SELECT pg_catalog.format('DROP PUBLICATION IF EXISTS %I', pubname), 2
  FROM pg_catalog.pg_publication WHERE pg_catalog.pg_has_role(pubowner, 'USAGE')
UNION ALL
SELECT pg_catalog.format('DROP EXTENSION IF EXISTS %I CASCADE', extname), 3
  FROM pg_catalog.pg_extension
  WHERE pg_catalog.pg_has_role(extowner, 'USAGE') AND extname NOT IN ('plpgsql', 'pg_stat_statements')
UNION ALL
SELECT pg_catalog.format('DROP SERVER IF EXISTS %I CASCADE', srvname), 4
  FROM pg_catalog.pg_foreign_server WHERE pg_catalog.pg_has_role(srvowner, 'USAGE')
UNION ALL
SELECT pg_catalog.format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', fdwname), 5
  FROM pg_catalog.pg_foreign_data_wrapper w WHERE pg_catalog.pg_has_role(fdwowner, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.deptype = 'e' AND d.objid = w.oid
                  AND d.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass)
ORDER BY 2, 1)";

constexpr const char* kUnlinkSome = R"(
SELECT count(pg_catalog.lo_unlink(oid)) FROM (
  SELECT oid FROM pg_catalog.pg_largeobject_metadata
  WHERE pg_catalog.pg_has_role(lomowner, 'USAGE') LIMIT 500) AS piece)";

/// Emptied before: what is left in a schema now is somebody else's, and the schema stays with it.
constexpr const char* kEmptyOwnSchemas = R"(
SELECT n.nspname FROM pg_catalog.pg_namespace n
WHERE n.nspname = ANY ($1::pg_catalog.text[]) AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.refobjid = n.oid
                  AND d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.deptype = 'n'))";

constexpr const char* kResetSettings = R"(
SELECT CASE WHEN s.setrole = 0
         THEN pg_catalog.format('ALTER DATABASE %I RESET ALL', d.datname)
         ELSE pg_catalog.format('ALTER ROLE %I IN DATABASE %I RESET ALL', pg_catalog.pg_get_userbyid(s.setrole), d.datname) END
FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
WHERE d.datname = pg_catalog.current_database()
  AND pg_catalog.pg_has_role(CASE WHEN s.setrole = 0 THEN d.datdba ELSE s.setrole END, 'USAGE'))";

void execute_all(pq::Connection& connection, const std::vector<std::string>& statements) {
  for (std::size_t i = 0; i < statements.size(); i += kDropsATransaction) {
    std::string together;
    for (std::size_t j = i; j < std::min(i + kDropsATransaction, statements.size()); ++j) {
      together += statements[j] + ";";
    }
    connection.execute(together);
  }
}

std::vector<std::string> first_column(const pq::Rows& rows) {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < rows.size(); ++i) list.push_back(rows.text(i, 0));
  return list;
}

/// {"a","b"}
std::string text_array(const std::vector<std::string>& items) {
  std::string text = "{";
  for (const std::string& item : items) {
    text += text.size() > 1 ? ",\"" : "\"";
    for (const char c : item) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

void drop_schemas(pq::Connection& connection) {
  const std::string names = text_array(user_schemas(connection));
  for (const std::string& name : first_column(connection.query(kEmptyOwnSchemas, {names}))) {
    connection.execute("DROP SCHEMA IF EXISTS " + quote_identifier(name) + " CASCADE");
    if (name == "public") {
      connection.execute("CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC");
    }
  }
  connection.execute("DROP SCHEMA IF EXISTS lifeboat_restore CASCADE");
}

}  // namespace

void end_left_sessions(pq::Connection& connection) {
  static_cast<void>(connection.query(R"(
SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a
WHERE a.datname = pg_catalog.current_database() AND a.usename = current_user
  AND a.application_name = 'lifeboat' AND a.pid <> pg_catalog.pg_backend_pid()
  AND EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND l.locktype = 'relation'
              AND l.database = a.datid AND l.relation >= 16384))"));
}

void wipe_scratch(pq::Connection& connection, const Identity& identity) {
  if (read_scratch_mark(connection, identity) != ScratchMark::valid) {
    throw Error(ErrorKind::refused,
                "the database " + identity.database +
                    " does not carry lifeboat's scratch mark: nothing in it was wiped",
                "empty it, and mark it again: --adopt-scratch");
  }
  connection.execute(
      "SET search_path = pg_catalog; SET client_min_messages = error; SET lock_timeout = '60s';"
      "SET statement_timeout = 0; SET default_transaction_read_only = off");
  execute_all(connection, first_column(connection.query(kDropsOutsideOfSchemas)));
  while (connection.query(kUnlinkSome).integer(0, 0) > 0) {
  }
  execute_all(connection, drops_of_own_objects(connection));
  drop_schemas(connection);
  execute_all(connection, first_column(connection.query(kResetSettings)));
  const std::string left = name_user_objects(connection);
  if (left.empty()) return;
  throw Error(
      ErrorKind::refused,
      "the scratch database " + identity.database + " holds what is another role's: " + left,
      "drop it as that role, or use another scratch database");
}

}  // namespace lifeboat::postgres
