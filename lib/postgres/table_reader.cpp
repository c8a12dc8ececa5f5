#include "postgres/table_reader.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "postgres/catalogue_scope.h"

namespace lifeboat::postgres {
namespace {

/// Configuration tables of extensions stand beside the user's own: an extension's script makes
/// them, but their rows are the user's. A materialized view's size is not asked for: that would
/// wait behind a REFRESH, and its rows are not read.
constexpr const char* kTables = R"(
, configuration AS (
  SELECT t.oid, t.condition
  FROM pg_catalog.pg_extension e,
       ROWS FROM (pg_catalog.unnest(e.extconfig), pg_catalog.unnest(e.extcondition))
         AS t(oid, condition)
), holder AS (
  SELECT r.oid, NULL AS condition FROM relation r
  UNION ALL
  SELECT c.oid, coalesce(c.condition, '') FROM configuration c
  WHERE c.oid NOT IN (SELECT e.oid FROM excluded e)
)
SELECT c.oid, n.nspname, c.relname, c.relkind, coalesce(am.amname = 'heap', false),
       c.relispopulated,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE')
         AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
         AND NOT pg_catalog.row_security_active(c.oid),
       coalesce(pg_catalog.pg_relation_filenode(c.oid), 0),
       coalesce(pg_catalog.pg_relation_filenode(nullif(c.reltoastrelid, 0)), 0),
       CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_relation_size(c.oid, 'main')
         / pg_catalog.current_setting('block_size')::bigint ELSE 0 END,
       CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_table_size(c.oid) ELSE 0 END,
       CASE WHEN c.relispartition THEN (SELECT i.inhparent FROM pg_catalog.pg_inherits i
                                        WHERE i.inhrelid = c.oid) ELSE 0 END,
       h.condition IS NOT NULL, coalesce(h.condition, '')
FROM holder h JOIN pg_catalog.pg_class c ON c.oid = h.oid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
WHERE c.relkind IN ('r', 'p', 'f', 'm')
  AND n.oid IN (SELECT s.oid FROM user_schema s)
)";

constexpr const char* kColumns = R"(
SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnum,
       a.attnotnull, a.attgenerated <> ''
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
WHERE c.relkind IN ('r', 'p', 'f', 'm') AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relnamespace IN (SELECT s.oid FROM user_schema s)
ORDER BY a.attrelid, a.attnum
)";

/// The primary key, else the narrowest unique index that finds every row exactly once.
constexpr const char* kKeys = R"(
, usable AS (
  SELECT DISTINCT ON (i.indrelid) i.indrelid, i.indkey, i.indnkeyatts
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  WHERE i.indisunique AND i.indisvalid AND i.indisready AND i.indimmediate
    AND i.indpred IS NULL AND i.indexprs IS NULL
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                    WHERE a.attrelid = i.indrelid AND NOT a.attnotnull
                      AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]))
  ORDER BY i.indrelid, i.indisprimary DESC, i.indnkeyatts, ic.relname
)
SELECT u.indrelid, a.attname
FROM usable u JOIN pg_catalog.pg_class c ON c.oid = u.indrelid
     CROSS JOIN LATERAL pg_catalog.generate_series(0, u.indnkeyatts - 1) AS p(at)
     JOIN pg_catalog.pg_attribute a ON a.attrelid = u.indrelid AND a.attnum = u.indkey[p.at]
WHERE c.relnamespace IN (SELECT s.oid FROM user_schema s)
ORDER BY u.indrelid, p.at
)";

std::uint64_t unsigned_at(const pq::Rows& rows, std::size_t row, std::size_t column) {
  return static_cast<std::uint64_t>(rows.integer(row, column));
}

Oid oid_at(const pq::Rows& rows, std::size_t row, std::size_t column) {
  return static_cast<Oid>(rows.integer(row, column));
}

Table table_at(const pq::Rows& rows, std::size_t row) {
  Table table;
  table.oid = oid_at(rows, row, 0);
  table.schema = rows.text(row, 1);
  table.name = rows.text(row, 2);
  table.kind = rows.text(row, 3).at(0);
  table.heap = rows.boolean(row, 4);
  table.populated = rows.boolean(row, 5);
  table.readable = rows.boolean(row, 6);
  table.filenode = oid_at(rows, row, 7);
  table.toast_filenode = oid_at(rows, row, 8);
  table.blocks = unsigned_at(rows, row, 9);
  table.total_bytes = unsigned_at(rows, row, 10);
  table.parent = oid_at(rows, row, 11);
  table.extension_member = rows.boolean(row, 12);
  table.extension_condition = rows.text(row, 13);
  return table;
}

Column column_at(const pq::Rows& rows, std::size_t row) {
  Column column;
  column.name = rows.text(row, 1);
  column.type = rows.text(row, 2);
  column.number = static_cast<int>(rows.integer(row, 3));
  column.not_null = rows.boolean(row, 4);
  column.generated = rows.boolean(row, 5);
  return column;
}

}  // namespace

std::vector<Table> read_tables(pq::Connection& connection) {
  std::vector<Table> tables;
  const pq::Rows found = connection.query(scope_sql(kTables));
  for (std::size_t row = 0; row < found.size(); ++row) tables.push_back(table_at(found, row));
  std::sort(tables.begin(), tables.end(), [](const Table& a, const Table& b) {
    return std::tie(a.schema, a.name) < std::tie(b.schema, b.name);
  });

  std::map<Oid, Table*> by_oid;
  for (Table& table : tables) by_oid[table.oid] = &table;
  const pq::Rows columns = connection.query(scope_sql(kColumns));
  for (std::size_t row = 0; row < columns.size(); ++row) {
    const auto table = by_oid.find(oid_at(columns, row, 0));
    if (table != by_oid.end()) table->second->columns.push_back(column_at(columns, row));
  }
  const pq::Rows keys = connection.query(scope_sql(kKeys));
  for (std::size_t row = 0; row < keys.size(); ++row) {
    const auto table = by_oid.find(oid_at(keys, row, 0));
    if (table != by_oid.end()) table->second->key.push_back(keys.text(row, 1));
  }
  return tables;
}

}  // namespace lifeboat::postgres
