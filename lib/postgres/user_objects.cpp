#include "postgres/user_objects.h"

namespace lifeboat::postgres {
namespace {

/// heroku_ext is there from the start on older Heroku databases.
constexpr std::string_view kUserSchemas = R"(
WITH user_schema AS (
  SELECT n.oid, n.nspname, n.nspowner FROM pg_catalog.pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '_heroku', 'lifeboat_restore', 'lifeboat_scratch')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_namespace'::regclass
                    AND d.objid = n.oid AND d.deptype = 'e'))
)";

/// Things in those schemas that stand by themselves: none that another one or an extension brought.
/// A partitioned table's key columns depend on it from within (objsubid > 0): that is no such sign.
constexpr std::string_view kContents = R"(
, everything(place, catalogue, oid, owner) AS (
  SELECT 1, 'pg_catalog.pg_class'::regclass, c.oid, c.relowner
    FROM pg_catalog.pg_class c JOIN user_schema u ON u.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
  UNION ALL
  SELECT 2, 'pg_catalog.pg_proc'::regclass, p.oid, p.proowner
    FROM pg_catalog.pg_proc p JOIN user_schema u ON u.oid = p.pronamespace
  UNION ALL
  SELECT 3, 'pg_catalog.pg_type'::regclass, t.oid, t.typowner
    FROM pg_catalog.pg_type t JOIN user_schema u ON u.oid = t.typnamespace
  UNION ALL
  SELECT 4, 'pg_catalog.pg_operator'::regclass, o.oid, o.oprowner
    FROM pg_catalog.pg_operator o JOIN user_schema u ON u.oid = o.oprnamespace
  UNION ALL
  SELECT 5, 'pg_catalog.pg_opfamily'::regclass, o.oid, o.opfowner
    FROM pg_catalog.pg_opfamily o JOIN user_schema u ON u.oid = o.opfnamespace
  UNION ALL
  SELECT 6, 'pg_catalog.pg_collation'::regclass, c.oid, c.collowner
    FROM pg_catalog.pg_collation c JOIN user_schema u ON u.oid = c.collnamespace
  UNION ALL
  SELECT 7, 'pg_catalog.pg_conversion'::regclass, c.oid, c.conowner
    FROM pg_catalog.pg_conversion c JOIN user_schema u ON u.oid = c.connamespace
  UNION ALL
  SELECT 8, 'pg_catalog.pg_ts_config'::regclass, c.oid, c.cfgowner
    FROM pg_catalog.pg_ts_config c JOIN user_schema u ON u.oid = c.cfgnamespace
  UNION ALL
  SELECT 9, 'pg_catalog.pg_ts_dict'::regclass, d.oid, d.dictowner
    FROM pg_catalog.pg_ts_dict d JOIN user_schema u ON u.oid = d.dictnamespace)
, content AS (
  SELECT e.* FROM everything e
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = e.catalogue AND d.objid = e.oid AND d.objsubid = 0
                      AND d.deptype IN ('e', 'i')))
)";

/// Those, and what lies in no schema.
constexpr std::string_view kFound = R"(
, found AS (
  SELECT place, catalogue, oid FROM content
  UNION ALL
  SELECT 10, 'pg_catalog.pg_namespace'::regclass, u.oid FROM user_schema u WHERE u.nspname NOT IN ('public', 'heroku_ext')
  UNION ALL
  SELECT 11, 'pg_catalog.pg_publication'::regclass, p.oid FROM pg_catalog.pg_publication p
  UNION ALL
  SELECT 12, 'pg_catalog.pg_largeobject'::regclass, l.oid FROM pg_catalog.pg_largeobject_metadata l)
)";

std::string with(std::initializer_list<std::string_view> parts) {
  std::string sql;
  for (const std::string_view part : parts) sql += part;
  return sql;
}

std::vector<std::string> texts(const pq::Rows& rows) {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < rows.size(); ++i) list.push_back(rows.text(i, 0));
  return list;
}

/// The first of them, and how many more: rows of a name and the number of all.
std::string named(const pq::Rows& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) text += (i == 0 ? "" : ", ") + rows.text(i, 0);
  const auto all = rows.size() == 0 ? 0 : static_cast<std::size_t>(rows.integer(0, 1));
  if (all > rows.size()) text += " and " + std::to_string(all - rows.size()) + " more";
  return text;
}

}  // namespace

UserObjects count_user_objects(pq::Connection& connection) {
  const pq::Rows count = connection.query(with({kUserSchemas, kContents, kFound, R"(
SELECT count(*), count(*) FILTER (WHERE (
         SELECT c.relkind IN ('r', 'p', 'f') FROM pg_catalog.pg_class c
         WHERE c.oid = f.oid AND f.catalogue = 'pg_catalog.pg_class'::regclass)) FROM found f)"}));
  return {static_cast<std::size_t>(count.integer(0, 0)),
          static_cast<std::size_t>(count.integer(0, 1))};
}

std::string name_user_objects(pq::Connection& connection) {
  return named(connection.query(with({kUserSchemas, kContents, kFound, R"(
SELECT i.type || ' ' || i.identity, count(*) OVER ()
FROM found f, LATERAL pg_catalog.pg_identify_object(f.catalogue, f.oid, 0) i ORDER BY f.place, f.oid LIMIT 3)"})));
}

std::string name_objects_of_others(pq::Connection& connection) {
  return named(connection.query(with({kUserSchemas, kContents, R"(
SELECT i.type || ' ' || i.identity, count(*) OVER ()
FROM (SELECT place, catalogue, oid, owner FROM content
      UNION ALL
      SELECT 10, 'pg_catalog.pg_namespace'::regclass, u.oid, u.nspowner FROM user_schema u WHERE u.nspname NOT IN ('public', 'heroku_ext')
      UNION ALL
      SELECT 11, 'pg_catalog.pg_publication'::regclass, p.oid, p.pubowner FROM pg_catalog.pg_publication p
      UNION ALL
      SELECT 12, 'pg_catalog.pg_largeobject'::regclass, l.oid, l.lomowner FROM pg_catalog.pg_largeobject_metadata l) f,
  LATERAL pg_catalog.pg_identify_object(f.catalogue, f.oid, 0) i
WHERE NOT pg_catalog.pg_has_role(f.owner, 'USAGE') ORDER BY f.place, f.oid LIMIT 3)"})));
}

std::vector<std::string> user_schemas(pq::Connection& connection) {
  return texts(
      connection.query(with({kUserSchemas, "SELECT nspname FROM user_schema ORDER BY 1"})));
}

std::vector<std::string> drops_of_own_objects(pq::Connection& connection) {
  return texts(connection.query(with({kUserSchemas, kContents, R"(
SELECT pg_catalog.format('DROP %s IF EXISTS %s CASCADE',
         CASE WHEN i.type IN ('function', 'procedure', 'aggregate') THEN 'ROUTINE' ELSE i.type END, i.identity)
FROM content c, LATERAL pg_catalog.pg_identify_object(c.catalogue, c.oid, 0) i
WHERE pg_catalog.pg_has_role(c.owner, 'USAGE') ORDER BY c.place, c.oid)"})));
}

}  // namespace lifeboat::postgres
