#include "postgres/left_behind.h"

#include <algorithm>

namespace lifeboat::postgres {
namespace {

/// pg_dump leaves subscriptions out unless a superuser runs it; the columns named here are those
/// that everybody may read.
constexpr const char* kHiddenSubscriptions = R"(
SELECT pg_catalog.quote_ident(s.subname) FROM pg_catalog.pg_subscription s
WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d
                   WHERE d.datname = pg_catalog.current_database())
  AND pg_catalog.current_setting('is_superuser') <> 'on'
ORDER BY 1
)";

/// The condition of pg_user_mappings: where it does not hold, pg_dump writes a mapping without
/// options, whether it has any or not.
constexpr const char* kHiddenUserMappings = R"(
SELECT pg_catalog.quote_ident(u.usename) || ' on server ' || pg_catalog.quote_ident(u.srvname)
FROM pg_catalog.pg_user_mappings u JOIN pg_catalog.pg_foreign_server s ON s.oid = u.srvid
WHERE u.umoptions IS NULL AND pg_catalog.current_setting('is_superuser') <> 'on'
  AND NOT (u.umuser <> 0 AND u.usename = current_user
           AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE')
                OR pg_catalog.has_server_privilege(s.oid, 'USAGE')))
  AND NOT (u.umuser = 0 AND pg_catalog.pg_has_role(s.srvowner, 'USAGE'))
ORDER BY 1
)";

/// Where it is lifeboat's own mark, the capture was refused.
constexpr const char* kReservedSchema =
    "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = 'lifeboat_restore'";

constexpr const char* kPlatformSchema =
    "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = '_heroku'";

void name_tables(const Catalogue& catalogue, const std::vector<TableMark>& marks,
                 std::vector<NotCarried>& list) {
  for (const Table& table : catalogue.tables) {
    if (table.kind == 'f') {
      list.push_back(
          {"foreign table " + table.sql_name(), "its rows live on another server", Severity::loss});
    } else if (table.kind != 'm' && !table.readable) {
      const bool hidden = std::any_of(marks.begin(), marks.end(), [&](const TableMark& mark) {
        return mark.oid == table.oid && mark.lockable;
      });
      if (hidden && table.without_rows) continue;  // named as excluded
      list.push_back(
          {(hidden ? "rows of table " : "table ") + table.sql_name(),
           hidden ? "row-level security hides rows from this role" : "this role may not read it",
           Severity::loss});
    }
  }
}

void name_each(pq::Connection& connection, const char* query, const std::string& kind,
               const std::string& reason, Severity severity, std::vector<NotCarried>& list) {
  const pq::Rows rows = connection.query(query);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    list.push_back({kind + rows.text(row, 0), reason, severity});
  }
}

}  // namespace

std::vector<NotCarried> name_left_behind(pq::Connection& connection, const Catalogue& catalogue,
                                         const std::vector<TableMark>& tables) {
  std::vector<NotCarried> list;
  name_tables(catalogue, tables, list);
  for (const std::string& index : read_invalid_indexes(connection)) {
    list.push_back({"index " + index, "it is not valid (a failed CREATE INDEX CONCURRENTLY)",
                    Severity::harmless});
  }
  name_each(connection, kHiddenSubscriptions, "subscription ",
            "pg_dump writes it out for a superuser only", Severity::loss, list);
  name_each(connection, kHiddenUserMappings, "options of user mapping for ",
            "the server hides them from this role", Severity::loss, list);
  name_each(connection, kReservedSchema, "schema ",
            "lifeboat keeps this name for its mark of an unfinished restore: rename the schema",
            Severity::loss, list);
  name_each(connection, kPlatformSchema, "schema ", "left to the platform", Severity::harmless,
            list);
  return list;
}

}  // namespace lifeboat::postgres
