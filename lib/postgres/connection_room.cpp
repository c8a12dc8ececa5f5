#include "postgres/connection_room.h"

namespace lifeboat::postgres {

std::int64_t free_connections(pq::Connection& control) {
  return control
      .query(
          "WITH used AS (SELECT count(*) FILTER (WHERE s.backend_type = 'client backend') AS here,"
          "   count(*) FILTER (WHERE s.datname = pg_catalog.current_database()) AS in_database,"
          "   count(*) FILTER (WHERE s.usename = current_user) AS of_role"
          "  FROM pg_catalog.pg_stat_activity s)"
          " SELECT CASE WHEN r.rolsuper"
          "  THEN pg_catalog.current_setting('max_connections')::int - u.here"
          "  ELSE least("
          "   pg_catalog.current_setting('max_connections')::int"
          "    - pg_catalog.current_setting('superuser_reserved_connections')::int - u.here,"
          "   CASE WHEN d.datconnlimit < 0 THEN 1000000 ELSE d.datconnlimit - u.in_database END,"
          "   CASE WHEN r.rolconnlimit < 0 THEN 1000000 ELSE r.rolconnlimit - u.of_role END) END"
          " FROM used u, pg_catalog.pg_database d, pg_catalog.pg_roles r"
          " WHERE d.datname = pg_catalog.current_database() AND r.rolname = current_user")
      .integer(0, 0);
}

}  // namespace lifeboat::postgres
