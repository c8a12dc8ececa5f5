#include "postgres/connection_room.h"

namespace lifeboat::postgres {

std::int64_t free_connections(pq::Connection& control) {
  return control
      .query(
          "SELECT least("
          " pg_catalog.current_setting('max_connections')::int"
          "   - pg_catalog.current_setting('superuser_reserved_connections')::int"
          "   - (SELECT count(*) FROM pg_catalog.pg_stat_activity"
          "      WHERE backend_type = 'client backend'),"
          " (SELECT CASE WHEN d.datconnlimit < 0 THEN 1000000 ELSE d.datconnlimit"
          "    - (SELECT count(*) FROM pg_catalog.pg_stat_activity s WHERE s.datid = d.oid) END"
          "  FROM pg_catalog.pg_database d"
          "  WHERE d.datname = pg_catalog.current_database()),"
          " (SELECT CASE WHEN r.rolconnlimit < 0 THEN 1000000 ELSE r.rolconnlimit"
          "    - (SELECT count(*) FROM pg_catalog.pg_stat_activity s WHERE s.usesysid = r.oid)"
          "  END FROM pg_catalog.pg_roles r WHERE r.rolname = current_user))")
      .integer(0, 0);
}

}  // namespace lifeboat::postgres
