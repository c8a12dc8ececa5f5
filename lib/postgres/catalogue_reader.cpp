#include "postgres/catalogue_reader.h"

#include <algorithm>

#include "postgres/catalogue_scope.h"
#include "postgres/large_objects.h"
#include "postgres/schema_queries.h"
#include "postgres/table_reader.h"

namespace lifeboat::postgres {
namespace {

/// No function that opens a relation stands here: this look waits for nobody. The row of pg_class
/// is the snapshot's, pg_relation_filenode() tells what is true now.
constexpr const char* kMarks = R"(
SELECT c.oid, n.nspname, c.relname, c.relkind,
       c.relkind IN ('r', 'p') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
         AND pg_catalog.has_table_privilege(c.oid, 'SELECT'),
       c.relkind = 'r' AND c.relfilenode <> pg_catalog.pg_relation_filenode(c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'm')
  AND n.oid IN (SELECT s.oid FROM user_schema s)
  AND (c.oid IN (SELECT r.oid FROM relation r)
       OR c.oid IN (SELECT pg_catalog.unnest(e.extconfig) FROM pg_catalog.pg_extension e
                    EXCEPT SELECT x.oid FROM excluded x))
ORDER BY c.oid
)";

constexpr const char* kSequences = R"(
SELECT n.nspname, c.relname, s.seqincrement, s.seqstart
FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid IN (SELECT r.oid FROM relation r)
   OR (c.oid IN (SELECT pg_catalog.unnest(e.extconfig) FROM pg_catalog.pg_extension e)
       AND n.oid IN (SELECT u.oid FROM user_schema u))
ORDER BY n.nspname, c.relname
)";

/// pg_shdepend knows every owner, grantee and policy's role, but for the pinned first superuser.
/// A column of roles may hold any.
constexpr const char* kRoles = R"(
SELECT a.rolname FROM pg_catalog.pg_roles a
WHERE a.rolname !~ '^pg_' AND a.oid IN (
  SELECT s.refobjid FROM pg_catalog.pg_shdepend s
  WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
    AND s.dbid = (SELECT d.oid FROM pg_catalog.pg_database d
                  WHERE d.datname = pg_catalog.current_database())
  UNION ALL SELECT c.relowner FROM relation c
  UNION ALL SELECT n.nspowner FROM pg_catalog.pg_namespace n
            WHERE n.oid IN (SELECT u.oid FROM user_schema u)
  UNION ALL SELECT p.proowner FROM pg_catalog.pg_proc p
            WHERE p.pronamespace IN (SELECT u.oid FROM user_schema u)
  UNION ALL SELECT t.typowner FROM pg_catalog.pg_type t
            WHERE t.typnamespace IN (SELECT u.oid FROM user_schema u)
  UNION ALL SELECT m.lomowner FROM pg_catalog.pg_largeobject_metadata m
  UNION ALL SELECT r.setrole FROM pg_catalog.pg_db_role_setting r JOIN pg_catalog.pg_database d
            ON d.oid = r.setdatabase AND d.datname = pg_catalog.current_database()
  UNION ALL SELECT x.oid FROM pg_catalog.pg_roles x WHERE EXISTS (
    SELECT FROM pg_catalog.pg_attribute t JOIN relation c ON c.oid = t.attrelid
    WHERE t.atttypid IN ('pg_catalog.regrole'::pg_catalog.regtype,
                         'pg_catalog.regrole[]'::pg_catalog.regtype)))
ORDER BY a.rolname
)";

constexpr const char* kSettings = R"(
SELECT coalesce(pg_catalog.quote_ident(a.rolname) || ': ', '') || s.setting
FROM pg_catalog.pg_db_role_setting r
     JOIN pg_catalog.pg_database d ON d.oid = r.setdatabase
                                  AND d.datname = pg_catalog.current_database()
     LEFT JOIN pg_catalog.pg_roles a ON a.oid = r.setrole,
     LATERAL pg_catalog.unnest(r.setconfig) s(setting)
ORDER BY 1
)";

constexpr const char* kInvalidIndexes = R"(
SELECT c.full_name FROM relation c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
     JOIN relation t ON t.oid = i.indrelid
WHERE NOT i.indisready OR (NOT i.indisvalid AND t.relkind <> 'p')
ORDER BY 1
)";

std::vector<std::string> read_list(pq::Connection& connection, std::string_view query) {
  const pq::Rows rows = connection.query(scope_sql(query));
  std::vector<std::string> list;
  for (std::size_t row = 0; row < rows.size(); ++row) list.push_back(rows.text(row, 0));
  return list;
}

std::vector<Sequence> read_sequences(pq::Connection& connection) {
  const pq::Rows rows = connection.query(scope_sql(kSequences));
  std::vector<Sequence> sequences;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    Sequence sequence;
    sequence.schema = rows.text(row, 0);
    sequence.name = rows.text(row, 1);
    sequence.increment = rows.integer(row, 2);
    sequence.last_value = rows.integer(row, 3);  // of one whose value the role may not read
    sequences.push_back(std::move(sequence));
  }
  return sequences;
}

std::vector<SchemaItem> read_scoped_items(pq::Connection& connection) {
  std::vector<SchemaItem> items;
  const auto read = [&](const std::vector<ItemQuery>& queries) {
    for (const ItemQuery& query : queries) {
      const int version = connection.server_version();
      if (version < query.least_version || version >= query.below_version) continue;
      const pq::Rows rows = connection.query(scope_sql(query.sql));
      for (std::size_t row = 0; row < rows.size(); ++row) {
        items.push_back({rows.text(row, 0), rows.text(row, 1), rows.text(row, 2)});
      }
    }
  };
  read(relation_queries());
  read(code_queries());
  read(object_queries());
  read(rare_queries());
  std::sort(items.begin(), items.end());
  return items;
}

void read_values(pq::Connection& connection, std::vector<Sequence>& sequences, std::size_t begin,
                 std::size_t end) {
  std::string sql;
  for (std::size_t i = begin; i < end; ++i) {
    sql += (i == begin ? "SELECT " : " UNION ALL SELECT ") + std::to_string(i) +
           ", last_value, is_called FROM " + sequences[i].sql_name();
  }
  const pq::Rows rows = connection.query(sql);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    Sequence& sequence = sequences.at(static_cast<std::size_t>(rows.integer(row, 0)));
    sequence.last_value = rows.integer(row, 1);
    sequence.is_called = rows.boolean(row, 2);
  }
}

bool session_is_over(const pq::Connection& connection, const Error& error) {
  return !connection.alive() || error.kind() == ErrorKind::cancelled;
}

}  // namespace

std::vector<TableMark> list_tables(pq::Connection& connection,
                                   const std::vector<std::string>& exclude_tables) {
  exclude_relations(connection, exclude_tables);
  const pq::Rows rows = connection.query(scope_sql(kMarks));
  std::vector<TableMark> marks;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    // A null filenode (just dropped) is no number to compare; its name fails to be locked.
    marks.push_back({static_cast<Oid>(rows.integer(row, 0)), rows.text(row, 1), rows.text(row, 2),
                     rows.text(row, 3).at(0), rows.boolean(row, 4), rows.boolean(row, 5)});
  }
  return marks;
}

std::vector<SchemaItem> read_items(pq::Connection& connection,
                                   const std::vector<std::string>& exclude_tables) {
  exclude_relations(connection, exclude_tables);
  return read_scoped_items(connection);
}

Catalogue read_row_catalogue(pq::Connection& connection,
                             const std::vector<std::string>& exclude_tables,
                             std::vector<NotCarried>& not_carried) {
  exclude_relations(connection, exclude_tables);
  const pq::Rows database = connection.query(
      "SELECT pg_catalog.current_setting('server_encoding'), d.datcollate, d.datctype,"
      " pg_catalog.current_setting('lc_monetary'), pg_catalog.current_setting('block_size')"
      " FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()");
  Catalogue catalogue;
  catalogue.encoding = database.text(0, 0);
  catalogue.collate = database.text(0, 1);
  catalogue.ctype = database.text(0, 2);
  catalogue.lc_monetary = database.text(0, 3);
  catalogue.block_size = static_cast<int>(database.integer(0, 4));
  catalogue.tables = read_tables(connection);
  catalogue.large_objects = read_large_objects(connection, not_carried);
  return catalogue;
}

void complete_catalogue(pq::Connection& connection, Catalogue& catalogue) {
  catalogue.sequences = read_sequences(connection);
  catalogue.items = read_scoped_items(connection);
  catalogue.roles = read_list(connection, kRoles);
  catalogue.database_settings = read_list(connection, kSettings);
}

Catalogue read_catalogue(pq::Connection& connection) {
  std::vector<NotCarried> unread;
  Catalogue catalogue = read_row_catalogue(connection, {}, unread);
  complete_catalogue(connection, catalogue);
  return catalogue;
}

void read_sequence_values(pq::Connection& connection, Catalogue& catalogue,
                          std::vector<NotCarried>& not_carried) {
  constexpr std::size_t kBatch = 200;
  std::vector<Sequence>& sequences = catalogue.sequences;
  for (std::size_t begin = 0; begin < sequences.size(); begin += kBatch) {
    const std::size_t end = std::min(sequences.size(), begin + kBatch);
    try {
      read_values(connection, sequences, begin, end);
      continue;
    } catch (const Error& error) {
      if (session_is_over(connection, error)) throw;
    }
    for (std::size_t i = begin; i < end; ++i) {  // one of them spoils the batch: which?
      try {
        read_values(connection, sequences, i, i + 1);
      } catch (const Error& error) {
        if (session_is_over(connection, error)) throw;
        not_carried.push_back({"sequence " + sequences[i].sql_name(),
                               "its value could not be read: " + error.message(), Severity::loss});
      }
    }
  }
}

std::vector<std::string> read_invalid_indexes(pq::Connection& connection) {
  return read_list(connection, kInvalidIndexes);
}

}  // namespace lifeboat::postgres
