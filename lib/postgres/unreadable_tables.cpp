#include "postgres/unreadable_tables.h"

#include <algorithm>
#include <map>

#include "postgres/catalogue_scope.h"

namespace lifeboat::postgres {
namespace {

/// Prefix of the queries below: the tables in question.
constexpr std::string_view kHidden = R"(
, hidden AS (
  SELECT c.* FROM relation c
  WHERE c.relkind IN ('r', 'p')
    AND NOT (pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE')
             AND pg_catalog.has_table_privilege(c.oid, 'SELECT')))
)";

/// An identity's sequence comes with its column; pg_dump leaves it out with the table.
constexpr std::string_view kTables = R"(
SELECT c.oid,
  'CREATE ' || CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END || 'TABLE IF NOT EXISTS '
  || c.full_name || ' (' || coalesce((
    SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname),
      pg_catalog.format_type(a.atttypid, a.atttypmod),
      (SELECT 'COLLATE ' || pg_catalog.quote_ident(n.nspname) || '.'
              || pg_catalog.quote_ident(l.collname)
       FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
       WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation),
      CASE WHEN a.attgenerated = 's' THEN 'GENERATED ALWAYS AS ('
        || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ') STORED' END,
      (SELECT 'GENERATED ' || CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END
              || ' AS IDENTITY (SEQUENCE NAME ' || q.full_name || ' START ' || s.seqstart
              || ' INCREMENT ' || s.seqincrement || ' MINVALUE ' || s.seqmin || ' MAXVALUE '
              || s.seqmax || ' CACHE ' || s.seqcache
              || CASE WHEN s.seqcycle THEN ' CYCLE)' ELSE ')' END
       FROM pg_catalog.pg_depend e JOIN pg_catalog.pg_sequence s ON s.seqrelid = e.objid
            JOIN relation q ON q.oid = s.seqrelid
       WHERE a.attidentity <> '' AND e.deptype = 'i' AND e.refobjid = c.oid
         AND e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
         AND e.refclassid = e.classid AND e.refobjsubid = a.attnum),
      CASE WHEN a.attnotnull THEN 'NOT NULL' END), ', ' ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')'
  || coalesce(' PARTITION BY ' || pg_catalog.pg_get_partkeydef(c.oid), '')
  || coalesce(' WITH (' || (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o)
                            FROM pg_catalog.unnest(c.reloptions) o) || ')', '')
FROM hidden c
)";

/// In the order to run, with whether other tables must be whole before: a key's index is made by
/// its constraint; a partition's indexes are matched with its parent's when it is attached.
constexpr std::string_view kParts = R"(
SELECT p.relid, p.sql, p.place >= 5 FROM (
  SELECT c.oid AS relid, 1 AS place, d.adnum::text AS name, 'ALTER TABLE ONLY ' || c.full_name
    || ' ALTER COLUMN ' || pg_catalog.quote_ident(a.attname) || ' SET DEFAULT '
    || pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS sql
  FROM hidden c JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid
       JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
  WHERE a.attgenerated = ''
  UNION ALL
  SELECT c.oid, CASE o.contype WHEN 'c' THEN 2 WHEN 'f' THEN 6 ELSE 3 END, o.conname,
    'ALTER TABLE ' || CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || c.full_name
    || ' ADD CONSTRAINT ' || pg_catalog.quote_ident(o.conname) || ' '
    || pg_catalog.pg_get_constraintdef(o.oid)
  FROM hidden c JOIN pg_catalog.pg_constraint o ON o.conrelid = c.oid
  WHERE o.contype IN ('c', 'p', 'u', 'x') OR (o.contype = 'f' AND o.conparentid = 0)
  UNION ALL
  SELECT c.oid, 4, x.relname::text, pg_catalog.pg_get_indexdef(i.indexrelid)
  FROM hidden c JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
       JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  WHERE i.indisvalid AND i.indisready AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint o
    WHERE o.conindid = i.indexrelid AND o.conrelid = c.oid AND o.contype IN ('p', 'u', 'x'))
  UNION ALL
  SELECT c.oid, 5, '', 'ALTER TABLE ONLY ' || p.full_name || ' ATTACH PARTITION ' || c.full_name
    || ' ' || pg_catalog.pg_get_expr(c.relpartbound, c.oid)
  FROM hidden c JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
       JOIN relation p ON p.oid = i.inhparent
  WHERE c.relispartition
  UNION ALL
  SELECT c.oid, 0, '', 'ALTER TABLE ' || c.full_name || ' ENABLE ROW LEVEL SECURITY'
  FROM hidden c WHERE c.relrowsecurity
  UNION ALL
  SELECT c.oid, 0, '', 'ALTER TABLE ' || c.full_name || ' FORCE ROW LEVEL SECURITY'
  FROM hidden c WHERE c.relforcerowsecurity
) p ORDER BY p.relid, p.place, p.name COLLATE "C"
)";

std::string hidden_sql(std::string_view query) {
  return scope_sql(std::string(kHidden) + std::string(query));
}

}  // namespace

void define_unreadable_tables(pq::Connection& connection, Catalogue& catalogue) {
  std::map<Oid, Table*> by_oid;
  for (Table& table : catalogue.tables) by_oid[table.oid] = &table;
  const auto table_at = [&](const pq::Rows& rows, std::size_t row) -> Table* {
    const auto found = by_oid.find(static_cast<Oid>(rows.integer(row, 0)));
    return found == by_oid.end() ? nullptr : found->second;
  };
  const pq::Rows tables = connection.query(hidden_sql(kTables));
  for (std::size_t row = 0; row < tables.size(); ++row) {
    Table* table = table_at(tables, row);
    if (table == nullptr) continue;
    table->definition = {tables.text(row, 1)};
  }
  if (tables.size() == 0) return;
  const pq::Rows parts = connection.query(hidden_sql(kParts));
  for (std::size_t row = 0; row < parts.size(); ++row) {
    Table* table = table_at(parts, row);
    if (table == nullptr) continue;
    (parts.boolean(row, 2) ? table->afterwards : table->definition).push_back(parts.text(row, 1));
  }
}

void refuse_unreadable_tables(const Catalogue& catalogue,
                              const std::vector<std::string>& accepted) {
  std::string names;
  for (const Table& table : catalogue.tables) {
    const bool expected = table.kind == 'r' || table.kind == 'p';
    const std::string name = table.sql_name();
    if (!expected || table.readable || table.without_rows || std::ranges::count(accepted, name) > 0)
      continue;
    names += (names.empty() ? "" : ", ") + name;
  }
  if (names.empty()) return;
  throw Error(ErrorKind::denied, "this role may not read " + names,
              "grant SELECT on it, name it in the source's accept = [...], or set unreadable = "
              "\"report\"");
}

}  // namespace lifeboat::postgres
