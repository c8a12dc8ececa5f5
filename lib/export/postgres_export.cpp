#include "export/postgres_export.h"

#include <algorithm>

#include "base/percent_encoding.h"
#include "bridge/vault_load_source.h"
#include "postgres/catalogue.h"

namespace lifeboat::exporting {
namespace {

using postgres::quote_identifier;
using postgres::quote_literal;

constexpr const char* kPieces = "large_objects.copy";

constexpr const char* kReadme = R"text(# A Postgres database

Loaded into an empty database by the tools of PostgreSQL itself, psql and pg_restore of at least the
version that the snapshot was taken with:

    createdb recovered
    sh load.sh "postgresql:///recovered"

| file | what it is |
|---|---|
| schema.archive | definitions, for pg_restore |
| schema.sql | the same as text |
| rows.*.copy, rows.*.sql | rows of one table as COPY text, and the COPY statement that takes them |
| roles.sql | roles that the definitions name, made without password and login where they are missing |
| rest.sql | values of sequences, contents of materialized views |
| large_objects.copy, large_objects.sql | large objects in pieces of 1 MiB, if there are any |
| catalogue.json, capture.json | what was found, and what was not carried |

One table alone: make it with its statement from schema.sql, then

    psql DATABASE --command="$(cat rows.NAME.sql)" < rows.NAME.copy

Roles have no passwords in any snapshot. Where none may be made, leave roles.sql out of load.sh and add
--no-owner --no-privileges to both calls of pg_restore. The settings of the database stand in
catalogue.json (database_settings), for ALTER DATABASE.
)text";

constexpr const char* kScript = R"text(#!/bin/sh
# Loads this folder into the empty database that $1 names. Stops at the first error.
set -eu
target=$1
cd "$(dirname "$0")"
export PGCLIENTENCODING=UTF8
run() { psql -X --quiet --set=ON_ERROR_STOP=1 --output=/dev/null --dbname="$target" "$@"; }
run --file=roles.sql
pg_restore --section=pre-data --exit-on-error --dbname="$target" schema.archive
for statement in rows.*.sql; do
  [ -e "$statement" ] || continue
  run --command="$(cat "$statement")" < "${statement%.sql}.copy"
done
pg_restore --section=post-data --exit-on-error --dbname="$target" schema.archive
if [ -e large_objects.sql ]; then run --single-transaction --file=large_objects.sql; fi
run --file=rest.sql
run --command=ANALYZE
)text";

/// Statements that make what is not there yet: psql runs each line of the result.
std::string roles_sql(const postgres::Catalogue& catalogue) {
  std::string sql;
  for (const std::string& role : catalogue.roles) {
    sql += "SELECT format('CREATE ROLE %I NOLOGIN', name) FROM (VALUES (" + quote_literal(role) +
           ")) AS role (name)\n WHERE name NOT IN (SELECT rolname FROM pg_roles)\n\\gexec\n";
  }
  return sql;
}

std::string rest_sql(const postgres::Catalogue& catalogue) {
  std::string sql;
  for (const postgres::Sequence& sequence : catalogue.sequences) {
    sql += "SELECT pg_catalog.setval(" + quote_literal(sequence.sql_name()) + ", " +
           std::to_string(sequence.last_value) + ", " + (sequence.is_called ? "true" : "false") +
           ");\n";
  }
  std::vector<const postgres::Table*> views;
  for (const postgres::Table& table : catalogue.tables) {
    if (table.kind == 'm' && table.populated) views.push_back(&table);
  }
  std::ranges::sort(views, {}, &postgres::Table::oid);  // in the order in which they were made
  for (const postgres::Table* view : views) {
    sql += "REFRESH MATERIALIZED VIEW " + view->sql_name() + ";\n";
  }
  return sql;
}

/// The statements of an access list are made by the server that reads it: it knows its form.
std::string grants_sql(const postgres::LargeObject& object) {
  if (object.acl.empty()) return "";
  const std::string oid = std::to_string(object.oid);
  return "SELECT format('GRANT %s ON LARGE OBJECT " + oid +
         " TO %s', privilege_type, coalesce(quote_ident(rolname), 'PUBLIC'))\n  FROM aclexplode(" +
         quote_literal(object.acl) +
         "::aclitem[]) LEFT JOIN pg_roles ON pg_roles.oid = grantee\n\\gexec\n";
}

std::string large_objects_sql(const postgres::Catalogue& catalogue) {
  std::string sql =
      "CREATE TEMPORARY TABLE pieces (oid oid, piece int, bytes bytea);\n\\copy pieces from '" +
      std::string(kPieces) +
      "'\nSELECT count(lo_create(oid)) FROM (SELECT DISTINCT oid FROM pieces) AS objects;\n"
      "SELECT count(lo_put(oid, piece * 1048576::bigint, bytes)) FROM pieces WHERE bytes <> '';\n";
  for (const postgres::LargeObject& object : catalogue.large_objects) {
    const std::string named = " LARGE OBJECT " + std::to_string(object.oid);
    if (!object.owner.empty()) {
      sql += "ALTER" + named + " OWNER TO " + quote_identifier(object.owner) + ";\n";
    }
    if (!object.comment.empty()) {
      sql += "COMMENT ON" + named + " IS " + quote_literal(object.comment) + ";\n";
    }
    sql += grants_sql(object);
  }
  return sql;
}

void export_rows(bridge::VaultLoadSource& source, std::size_t number, Folder& folder) {
  const postgres::Table& table = source.catalogue().tables[number];
  const std::string columns = table.copy_columns();
  // Text comes as UTF-8 but from a database that knows no encoding.
  const std::string encoding = source.catalogue().encoding == "SQL_ASCII" ? "SQL_ASCII" : "UTF8";
  const std::string name =
      "rows." + percent_encoded(table.schema) + "." + percent_encoded(table.name);
  folder.write(name + ".sql", "COPY " + table.sql_name() +
                                  (columns.empty() ? "" : " (" + columns + ")") +
                                  " FROM STDIN WITH (ENCODING '" + encoding + "')\n");
  Folder::File file = folder.create(name + ".copy");
  for (std::size_t range = 0; range < source.range_count(number); ++range) {
    file.write(*source.open_range(number, range));
  }
}

}  // namespace

void export_postgres(const vault::SnapshotReader& reader, std::uint16_t place, Folder& folder) {
  bridge::VaultLoadSource source(reader, place);
  const postgres::Catalogue& catalogue = source.catalogue();
  for (std::size_t i = 0; i < catalogue.tables.size(); ++i) {
    if (catalogue.tables[i].carries_rows()) export_rows(source, i, folder);
  }
  if (source.large_object_sum()) {
    folder.create(kPieces).write(*source.open_large_objects());
    folder.write("large_objects.sql", large_objects_sql(catalogue));
  }
  folder.write("roles.sql", roles_sql(catalogue));
  folder.write("rest.sql", rest_sql(catalogue));
  folder.write("load.sh", std::string_view(kScript));
  folder.write("README.md", std::string_view(kReadme));
}

}  // namespace lifeboat::exporting
