#include "postgres/catalogue_scope.h"

namespace lifeboat::postgres {
namespace {

constexpr std::string_view kScope = R"(
WITH user_schema AS (
  SELECT n.oid, pg_catalog.quote_ident(n.nspname) AS name
  FROM pg_catalog.pg_namespace n
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', '_heroku',
                          'lifeboat_restore', 'lifeboat_scratch')
    AND n.nspname !~ '^pg_(toast_)?temp_'
), member AS (
  SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
  WHERE d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
), excluded AS (
  SELECT pg_catalog.unnest(coalesce(
    nullif(pg_catalog.current_setting('lifeboat.excluded_relations', true), ''),
    '{}')::pg_catalog.oid[]) AS oid
), relation AS (
  SELECT c.*, n.name || '.' || pg_catalog.quote_ident(c.relname) AS full_name
  FROM pg_catalog.pg_class c JOIN user_schema n ON n.oid = c.relnamespace
  WHERE c.relpersistence <> 't'
    AND c.oid NOT IN (SELECT e.oid FROM excluded e)
    AND c.oid NOT IN (SELECT m.objid FROM member m
                      WHERE m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass)
)
)";

}  // namespace

std::string array_literal(const std::vector<std::string>& names) {
  std::string literal = "{";
  for (const std::string& name : names) {
    if (literal.size() > 1) literal += ',';
    literal += '"';
    for (const char c : name) {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '"';
  }
  return literal + "}";
}

std::string scope_sql(std::string_view query) { return std::string(kScope).append(query); }

void exclude_relations(pq::Connection& connection, const std::vector<std::string>& tables) {
  static_cast<void>(connection.query(
      "SELECT pg_catalog.set_config('lifeboat.excluded_relations',"
      " (WITH named AS (SELECT c.oid FROM pg_catalog.pg_class c"
      "    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      "    WHERE n.nspname || '.' || c.relname = ANY ($1::text[])),"
      "  all_of_them AS (SELECT n.oid FROM named n UNION"
      "    SELECT d.objid FROM pg_catalog.pg_depend d JOIN named n ON n.oid = d.refobjid"
      "    JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid"
      "    WHERE d.deptype = 'i' AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass"
      "      AND d.refclassid = d.classid)"
      "  SELECT coalesce(pg_catalog.array_agg(a.oid), '{}')::text FROM all_of_them a), false)",
      {array_literal(tables)}));
}

}  // namespace lifeboat::postgres
