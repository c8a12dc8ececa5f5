#include "postgres/schema_queries.h"

namespace lifeboat::postgres {
namespace {

/// `public` is there in every new database, and its absence is no item.
constexpr std::string_view kSchemas = R"(
SELECT 'schema', n.name, '' FROM user_schema n
WHERE n.name <> 'public' AND n.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass)
)";

constexpr std::string_view kExtensions = R"(
SELECT 'extension', pg_catalog.quote_ident(e.extname),
       'schema ' || pg_catalog.quote_ident(n.nspname) || ' version ' || e.extversion
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
)";

/// Composite types' attributes come as columns; array and multirange types with their element.
constexpr std::string_view kTypes = R"(
SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END,
  n.name || '.' || pg_catalog.quote_ident(t.typname),
  CASE t.typtype
    WHEN 'e' THEN 'enum (' || coalesce((
      SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', '
                                   ORDER BY e.enumsortorder)
      FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid), '') || ')'
    WHEN 'd' THEN pg_catalog.concat_ws(' ', pg_catalog.format_type(t.typbasetype, t.typtypmod),
      CASE WHEN t.typcollation <> b.typcollation THEN 'collate ' || (
        SELECT pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(l.collname)
        FROM pg_catalog.pg_collation l
             JOIN pg_catalog.pg_namespace cn ON cn.oid = l.collnamespace
        WHERE l.oid = t.typcollation) END,
      CASE WHEN t.typnotnull THEN 'not null' END,
      'default ' || t.typdefault)
    WHEN 'c' THEN 'composite'
    WHEN 'r' THEN (SELECT pg_catalog.concat_ws(' ', 'range of',
        pg_catalog.format_type(r.rngsubtype, NULL),
        'opclass ' || o.opcname, 'collation ' || nullif(r.rngcollation, 0)::pg_catalog.regcollation,
        'canonical ' || nullif(r.rngcanonical::pg_catalog.oid, 0)::pg_catalog.regprocedure,
        'diff ' || nullif(r.rngsubdiff::pg_catalog.oid, 0)::pg_catalog.regprocedure)
      FROM pg_catalog.pg_range r JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc
      WHERE r.rngtypid = t.oid)
    ELSE pg_catalog.concat_ws(' ', 'base', t.typlen, t.typbyval, t.typalign, t.typstorage,
      t.typcategory, t.typispreferred, t.typdelim, t.typinput::pg_catalog.oid::pg_catalog.regprocedure,
      t.typoutput::pg_catalog.oid::pg_catalog.regprocedure, 'default ' || t.typdefault)
  END
FROM pg_catalog.pg_type t JOIN user_schema n ON n.oid = t.typnamespace
     LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
WHERE t.typtype IN ('e', 'd', 'c', 'r', 'b') AND t.typisdefined
  AND (t.typrelid = 0 OR t.typrelid IN (SELECT c.oid FROM relation c WHERE c.relkind = 'c'))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
  AND t.oid NOT IN (
    SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass)
)";

constexpr std::string_view kDomainConstraints = R"(
SELECT 'constraint', n.name || '.' || pg_catalog.quote_ident(t.typname) || '.'
                     || pg_catalog.quote_ident(o.conname),
       pg_catalog.pg_get_constraintdef(o.oid)
FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_type t ON t.oid = o.contypid
     JOIN user_schema n ON n.oid = t.typnamespace
WHERE o.contype = 'c' AND t.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass)
)";

/// pg_dump makes a copy of "C", which holds for every encoding, one for the database's own.
constexpr std::string_view kCollations = R"(
SELECT 'collation', n.name || '.' || pg_catalog.quote_ident(c.collname),
  (pg_catalog.to_jsonb(c) - 'oid' - 'collnamespace' - 'collowner' - 'collversion'
   - 'collname' - 'collencoding')::text
FROM pg_catalog.pg_collation c JOIN user_schema n ON n.oid = c.collnamespace
WHERE c.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_collation'::pg_catalog.regclass)
)";

constexpr std::string_view kTextSearchConfigurations = R"(
SELECT 'text search configuration', n.name || '.' || pg_catalog.quote_ident(c.cfgname),
  pg_catalog.concat_ws(E'\n', 'parser ' || p.prsname,
    (SELECT pg_catalog.string_agg(t.alias || ': ' || m.dictionaries, E'\n' ORDER BY t.alias)
     FROM (SELECT x.maptokentype, pg_catalog.string_agg(
                    x.mapdict::pg_catalog.regdictionary::text, ', ' ORDER BY x.mapseqno)
                  AS dictionaries
           FROM pg_catalog.pg_ts_config_map x WHERE x.mapcfg = c.oid
           GROUP BY x.maptokentype) m
          JOIN pg_catalog.ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype))
FROM pg_catalog.pg_ts_config c JOIN user_schema n ON n.oid = c.cfgnamespace
     JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
WHERE c.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_ts_config'::pg_catalog.regclass)
)";

constexpr std::string_view kTextSearchDictionaries = R"(
SELECT 'text search dictionary', n.name || '.' || pg_catalog.quote_ident(d.dictname),
  pg_catalog.concat_ws(' ', 'template', t.tmplname, 'options ' || d.dictinitoption)
FROM pg_catalog.pg_ts_dict d JOIN user_schema n ON n.oid = d.dictnamespace
     JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate
WHERE d.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_ts_dict'::pg_catalog.regclass)
)";

constexpr std::string_view kForeignDataWrappers = R"(
SELECT 'foreign-data wrapper', pg_catalog.quote_ident(w.fdwname),
  pg_catalog.concat_ws(' ',
    'handler ' || nullif(w.fdwhandler, 0)::pg_catalog.regprocedure,
    'validator ' || nullif(w.fdwvalidator, 0)::pg_catalog.regprocedure,
    'options ' || w.fdwoptions::text)
FROM pg_catalog.pg_foreign_data_wrapper w WHERE w.oid NOT IN (
  SELECT m.objid FROM member m
  WHERE m.classid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass)
)";

constexpr std::string_view kForeignServers = R"(
SELECT 'foreign server', pg_catalog.quote_ident(s.srvname),
  pg_catalog.concat_ws(' ', 'wrapper', w.fdwname, 'type ' || s.srvtype,
    'version ' || s.srvversion, 'options ' || s.srvoptions::text)
FROM pg_catalog.pg_foreign_server s
     JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE s.oid NOT IN (
  SELECT m.objid FROM member m
  WHERE m.classid = 'pg_catalog.pg_foreign_server'::pg_catalog.regclass)
)";

/// Without its options: a password stands among them.
constexpr std::string_view kUserMappings = R"(
SELECT 'user mapping', pg_catalog.quote_ident(u.srvname) || ' for '
                       || pg_catalog.quote_ident(u.usename), ''
FROM pg_catalog.pg_user_mappings u
)";

constexpr std::string_view kPublications = R"(
SELECT 'publication', pg_catalog.quote_ident(p.pubname),
       (pg_catalog.to_jsonb(p) - 'oid' - 'pubname' - 'pubowner')::text
FROM pg_catalog.pg_publication p
)";

constexpr std::string_view kPublicationTables = R"(
SELECT 'publication table', pg_catalog.quote_ident(p.pubname) || ' ' || c.full_name,
  pg_catalog.concat_ws(' ',
    '(' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', '
                                         ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)) || ')',
    'where ' || pg_catalog.pg_get_expr(r.prqual, r.prrelid))
FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
     JOIN relation c ON c.oid = r.prrelid
)";

constexpr std::string_view kPublicationTables14 = R"(
SELECT 'publication table', pg_catalog.quote_ident(p.pubname) || ' ' || c.full_name, ''
FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
     JOIN relation c ON c.oid = r.prrelid
)";

constexpr std::string_view kPublicationSchemas = R"(
SELECT 'publication schema', pg_catalog.quote_ident(p.pubname) || ' ' || n.name, ''
FROM pg_catalog.pg_publication_namespace r
     JOIN pg_catalog.pg_publication p ON p.oid = r.pnpubid
     JOIN user_schema n ON n.oid = r.pnnspid
)";

/// An extension's comment comes from its own control file; a large object's goes with the object.
constexpr std::string_view kComments = R"(
SELECT 'comment', i.type || ' ' || i.identity, d.description
FROM pg_catalog.pg_description d,
     LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) i
WHERE d.objoid >= 16384
  AND d.classoid NOT IN ('pg_catalog.pg_extension'::pg_catalog.regclass,
                         'pg_catalog.pg_largeobject'::pg_catalog.regclass)
  AND NOT EXISTS (SELECT FROM member m WHERE m.classid = d.classoid AND m.objid = d.objoid)
  AND (d.classoid <> 'pg_catalog.pg_class'::pg_catalog.regclass
       OR d.objoid IN (SELECT c.oid FROM relation c))
  AND coalesce(i.schema, '') NOT IN ('_heroku', 'lifeboat_restore', 'lifeboat_scratch')
  AND NOT (d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
           AND d.objoid NOT IN (SELECT s.oid FROM user_schema s))
)";

}  // namespace

const std::vector<ItemQuery>& object_queries() {
  static const std::vector<ItemQuery> queries = {
      {kSchemas},
      {kExtensions},
      {kTypes},
      {kDomainConstraints},
      {kCollations},
      {kTextSearchConfigurations},
      {kTextSearchDictionaries},
      {kForeignDataWrappers},
      {kForeignServers},
      {kUserMappings},
      {kPublications},
      {kPublicationTables14, 0, 150000},
      {kPublicationTables, 150000},
      {kPublicationSchemas, 150000},
      {kComments},
  };
  return queries;
}

}  // namespace lifeboat::postgres
