#include "postgres/large_objects.h"

namespace lifeboat::postgres {
namespace {

/// What lo_open() will allow: there is no has_largeobject_privilege() before 18.
constexpr const char* kReadable = R"((
  pg_catalog.current_setting('is_superuser') = 'on'
  OR pg_catalog.current_setting('lo_compat_privileges') = 'on'
  OR (m.lomacl IS NULL AND pg_catalog.pg_has_role(m.lomowner, 'USAGE'))
  OR EXISTS (SELECT FROM pg_catalog.aclexplode(m.lomacl) a
             WHERE a.privilege_type = 'SELECT'
               AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE')))))";

/// Opens, seeks to the end (2) and closes, one object after the other: OFFSET 0 keeps the steps
/// apart. 262144 is INV_READ. The last step names the OID, or the server would remember its answer
/// by the descriptor, which is the same each time.
constexpr const char* kSizes = R"(
  SELECT m.oid, s.size_bytes, pg_catalog.lo_close(s.fd) AS closed
  FROM (SELECT m.oid FROM pg_catalog.pg_largeobject_metadata m WHERE )";
constexpr const char* kSizesEnd = R"( ORDER BY m.oid OFFSET 0) m,
       LATERAL (SELECT pg_catalog.lo_open(m.oid, 262144) AS fd OFFSET 0) o,
       LATERAL (SELECT m.oid, o.fd, pg_catalog.lo_lseek64(o.fd, 0, 2) AS size_bytes OFFSET 0) s)";

std::string sizes_sql() { return std::string(kSizes) + kReadable + kSizesEnd; }

}  // namespace

std::vector<LargeObject> read_large_objects(pq::Connection& connection,
                                            std::vector<NotCarried>& not_carried) {
  std::vector<LargeObject> objects;
  if (!connection.query("SELECT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata)")
           .boolean(0, 0)) {
    return objects;
  }
  const pq::Rows rows = connection.query(
      "SELECT m.oid, coalesce(s.size_bytes, 0), pg_catalog.pg_get_userbyid(m.lomowner),"
      " coalesce(pg_catalog.obj_description(m.oid, 'pg_largeobject'), ''),"
      " coalesce(m.lomacl::text, ''), " +
      std::string(kReadable) + " FROM pg_catalog.pg_largeobject_metadata m LEFT JOIN (" +
      sizes_sql() + ") s ON s.oid = m.oid AND s.closed = 0 ORDER BY m.oid");
  for (std::size_t row = 0; row < rows.size(); ++row) {
    LargeObject object;
    object.oid = static_cast<Oid>(rows.integer(row, 0));
    object.size_bytes = static_cast<std::uint64_t>(rows.integer(row, 1));
    object.owner = rows.text(row, 2);
    object.comment = rows.text(row, 3);
    object.acl = rows.text(row, 4);
    if (!rows.boolean(row, 5)) {
      not_carried.push_back({"large object " + rows.text(row, 0),
                             "the role may not read it (owner " + object.owner + ")",
                             Severity::loss});
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

std::string copy_large_objects_sql() {
  // The sort is done before the bytes are fetched.
  return "COPY (SELECT p.oid, p.piece, pg_catalog.lo_get(p.oid, p.piece * 1048576, 1048576) FROM ("
         "SELECT s.oid, g.piece FROM (" +
         sizes_sql() +
         " OFFSET 0) s, LATERAL pg_catalog.generate_series(0,"
         " greatest(s.size_bytes - 1, 0) / 1048576) AS g(piece)"
         " WHERE s.closed = 0 ORDER BY s.oid, g.piece OFFSET 0) p) TO STDOUT";
}

}  // namespace lifeboat::postgres
