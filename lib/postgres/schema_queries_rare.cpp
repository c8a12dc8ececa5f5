#include "postgres/schema_queries.h"

namespace lifeboat::postgres {
namespace {

constexpr std::string_view kConversions = R"(
SELECT 'conversion', n.name || '.' || pg_catalog.quote_ident(c.conname),
  pg_catalog.concat_ws(' ', pg_catalog.pg_encoding_to_char(c.conforencoding), 'to',
    pg_catalog.pg_encoding_to_char(c.contoencoding), 'by',
    c.conproc::pg_catalog.oid::pg_catalog.regprocedure, CASE WHEN c.condefault THEN 'default' END)
FROM pg_catalog.pg_conversion c JOIN user_schema n ON n.oid = c.connamespace
WHERE c.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_conversion'::pg_catalog.regclass)
)";

constexpr std::string_view kTextSearchParsers = R"(
SELECT 'text search parser', n.name || '.' || pg_catalog.quote_ident(p.prsname),
       (pg_catalog.to_jsonb(p) - 'oid' - 'prsname' - 'prsnamespace')::text
FROM pg_catalog.pg_ts_parser p JOIN user_schema n ON n.oid = p.prsnamespace
WHERE p.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_ts_parser'::pg_catalog.regclass)
)";

constexpr std::string_view kTextSearchTemplates = R"(
SELECT 'text search template', n.name || '.' || pg_catalog.quote_ident(t.tmplname),
       (pg_catalog.to_jsonb(t) - 'oid' - 'tmplname' - 'tmplnamespace')::text
FROM pg_catalog.pg_ts_template t JOIN user_schema n ON n.oid = t.tmplnamespace
WHERE t.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_ts_template'::pg_catalog.regclass)
)";

constexpr std::string_view kTransforms = R"(
SELECT 'transform', 'for ' || t.trftype::pg_catalog.regtype || ' language '
                    || pg_catalog.quote_ident(l.lanname),
  pg_catalog.concat_ws(' ',
    'from ' || nullif(t.trffromsql::pg_catalog.oid, 0)::pg_catalog.regprocedure,
    'to ' || nullif(t.trftosql::pg_catalog.oid, 0)::pg_catalog.regprocedure)
FROM pg_catalog.pg_transform t JOIN pg_catalog.pg_language l ON l.oid = t.trflang
WHERE t.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_transform'::pg_catalog.regclass)
)";

/// 16384 is the first OID that initdb leaves to users.
constexpr std::string_view kAccessMethods = R"(
SELECT 'access method', pg_catalog.quote_ident(a.amname),
       pg_catalog.concat_ws(' ', a.amtype, a.amhandler::pg_catalog.oid::pg_catalog.regprocedure)
FROM pg_catalog.pg_am a WHERE a.oid >= 16384 AND a.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_am'::pg_catalog.regclass)
)";

/// Without its connection: a password stands there. A restored one is disabled, whatever it was.
constexpr std::string_view kSubscriptions = R"(
SELECT 'subscription', pg_catalog.quote_ident(s.subname),
       'to ' || pg_catalog.array_to_string(s.subpublications, ', ')
FROM pg_catalog.pg_subscription s
WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d
                   WHERE d.datname = pg_catalog.current_database())
)";

}  // namespace

const std::vector<ItemQuery>& rare_queries() {
  static const std::vector<ItemQuery> queries = {
      {kConversions}, {kTextSearchParsers}, {kTextSearchTemplates},
      {kTransforms},  {kAccessMethods},     {kSubscriptions},
  };
  return queries;
}

}  // namespace lifeboat::postgres
