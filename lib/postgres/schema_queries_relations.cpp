#include "postgres/schema_queries.h"

namespace lifeboat::postgres {
namespace {

constexpr std::string_view kTables = R"(
SELECT CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END, c.full_name,
  pg_catalog.concat_ws(E'\n',
    CASE c.relkind WHEN 'p' THEN 'partition by ' || pg_catalog.pg_get_partkeydef(c.oid) END,
    (SELECT 'inherits ' || pg_catalog.string_agg(p.oid::pg_catalog.regclass::text, ', '
                                                 ORDER BY i.inhseqno)
     FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
     WHERE i.inhrelid = c.oid),
    pg_catalog.pg_get_expr(c.relpartbound, c.oid),
    'of ' || nullif(c.reloftype, 0)::pg_catalog.regtype,
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
    'using ' || (SELECT a.amname FROM pg_catalog.pg_am a WHERE a.oid = c.relam),
    'with ' || (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o)
                FROM pg_catalog.unnest(c.reloptions) o),
    'toast with ' || (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o)
                      FROM pg_catalog.pg_class t, pg_catalog.unnest(t.reloptions) o
                      WHERE t.oid = c.reltoastrelid),
    CASE c.relreplident WHEN 'f' THEN 'replica identity full'
                        WHEN 'n' THEN 'replica identity nothing' END,
    CASE WHEN c.relrowsecurity THEN 'row security' END,
    CASE WHEN c.relforcerowsecurity THEN 'force row security' END,
    (SELECT 'server ' || pg_catalog.quote_ident(s.srvname) || ' options '
            || coalesce(f.ftoptions::text, '{}')
     FROM pg_catalog.pg_foreign_table f
          JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid))
FROM relation c WHERE c.relkind IN ('r', 'p', 'f')
)";

/// Where a column stands counts only where pg_dump keeps it: a child that was attached to its
/// parent later comes back with the parent's columns first.
constexpr std::string_view kColumns = R"(
SELECT 'column', c.full_name || '.' || pg_catalog.quote_ident(a.attname),
  pg_catalog.concat_ws(' ',
    pg_catalog.format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation <> t.typcollation THEN 'collate ' ||
      (SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(l.collname)
       FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
       WHERE l.oid = a.attcollation) END,
    CASE WHEN a.attnotnull THEN 'not null' END,
    CASE a.attgenerated WHEN 's' THEN 'generated stored' WHEN 'v' THEN 'generated virtual' END,
    CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity by default' END,
    'default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid),
    CASE WHEN a.attstorage <> t.typstorage THEN 'storage ' || a.attstorage::text END,
    -- attcompression came with 14
    'compression ' || nullif(pg_catalog.to_jsonb(a) ->> 'attcompression', ''),
    'statistics ' || nullif(a.attstattarget, -1),
    -- pg_attver is the server's own book-keeping (15.20); pg_dump leaves it out too
    'options ' || (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o)
                   FROM pg_catalog.unnest(a.attoptions) o WHERE o !~ '^pg_attver='),
    'foreign options ' || a.attfdwoptions::text,
    CASE WHEN c.relkind IN ('r', 'p', 'c') AND (c.relispartition OR NOT EXISTS (
           SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid))
    THEN 'at ' || pg_catalog.row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) END)
FROM relation c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
     JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
)";

constexpr std::string_view kIndexes = R"(
SELECT 'index', c.full_name,
  pg_catalog.concat_ws(E'\n',
    pg_catalog.pg_get_indexdef(c.oid),
    (SELECT 'partition of ' || p.inhparent::pg_catalog.regclass
     FROM pg_catalog.pg_inherits p WHERE p.inhrelid = c.oid),
    CASE WHEN i.indisclustered THEN 'clustered' END,
    CASE WHEN i.indisreplident THEN 'replica identity' END,
    (SELECT pg_catalog.string_agg('statistics ' || a.attnum || ' ' || a.attstattarget, ', '
                                  ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0))
FROM relation c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
     JOIN relation t ON t.oid = i.indrelid
WHERE i.indisready AND (i.indisvalid OR t.relkind = 'p')
)";

/// Foreign keys that a partitioned table's own key made for its partitions have names of the
/// server's choosing. NOT NULL as a constraint (18) is told by the column.
constexpr std::string_view kConstraints = R"(
SELECT 'constraint', c.full_name || '.' || pg_catalog.quote_ident(o.conname),
       pg_catalog.pg_get_constraintdef(o.oid)
FROM pg_catalog.pg_constraint o JOIN relation c ON c.oid = o.conrelid
WHERE o.contype IN ('c', 'p', 'u', 'x') OR (o.contype = 'f' AND o.conparentid = 0)
)";

constexpr std::string_view kSequences = R"(
SELECT 'sequence', c.full_name,
  pg_catalog.concat_ws(' ',
    'as ' || pg_catalog.format_type(s.seqtypid, NULL),
    'start ' || s.seqstart, 'increment ' || s.seqincrement,
    'min ' || s.seqmin, 'max ' || s.seqmax, 'cache ' || s.seqcache,
    CASE WHEN s.seqcycle THEN 'cycle' END,
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
    (SELECT CASE d.deptype WHEN 'i' THEN 'identity of ' ELSE 'owned by ' END
            || d.refobjid::pg_catalog.regclass || '.' || pg_catalog.quote_ident(a.attname)
     FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a
          ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.refobjid NOT IN (SELECT e.oid FROM excluded e)
       AND d.deptype IN ('a', 'i')))
FROM pg_catalog.pg_sequence s JOIN relation c ON c.oid = s.seqrelid
)";

constexpr std::string_view kViews = R"(
SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'matview' END, c.full_name,
  pg_catalog.concat_ws(E'\n',
    pg_catalog.pg_get_viewdef(c.oid),
    'with ' || (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o)
                FROM pg_catalog.unnest(c.reloptions) o),
    CASE WHEN NOT c.relispopulated THEN 'with no data' END)
FROM relation c WHERE c.relkind IN ('v', 'm')
)";

constexpr std::string_view kTriggers = R"(
SELECT 'trigger', c.full_name || '.' || pg_catalog.quote_ident(t.tgname),
       pg_catalog.pg_get_triggerdef(t.oid) || E'\nenabled ' || t.tgenabled::text
FROM pg_catalog.pg_trigger t JOIN relation c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
)";

constexpr std::string_view kRules = R"(
SELECT 'rule', c.full_name || '.' || pg_catalog.quote_ident(r.rulename),
       pg_catalog.pg_get_ruledef(r.oid) || E'\nenabled ' || r.ev_enabled::text
FROM pg_catalog.pg_rewrite r JOIN relation c ON c.oid = r.ev_class
WHERE r.rulename <> '_RETURN'
)";

constexpr std::string_view kPolicies = R"(
SELECT 'policy', c.full_name || '.' || pg_catalog.quote_ident(p.polname),
  pg_catalog.concat_ws(E'\n',
    CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END || ' for ' || p.polcmd::text,
    (SELECT 'to ' || pg_catalog.string_agg(r.name, ', ' ORDER BY r.name)
     FROM (SELECT CASE o WHEN 0 THEN 'public'
                  ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(o)) END AS name
           FROM pg_catalog.unnest(p.polroles) o) r),
    'using ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid),
    'with check ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_catalog.pg_policy p JOIN relation c ON c.oid = p.polrelid
)";

constexpr std::string_view kStatistics = R"(
SELECT 'statistics', n.name || '.' || pg_catalog.quote_ident(s.stxname),
  pg_catalog.concat_ws(E'\n', pg_catalog.pg_get_statisticsobjdef(s.oid),
                       'statistics ' || nullif(s.stxstattarget, -1))
FROM pg_catalog.pg_statistic_ext s JOIN user_schema n ON n.oid = s.stxnamespace
     JOIN relation c ON c.oid = s.stxrelid
)";

}  // namespace

const std::vector<ItemQuery>& relation_queries() {
  static const std::vector<ItemQuery> queries = {
      {kTables}, {kColumns},  {kIndexes}, {kConstraints}, {kSequences},
      {kViews},  {kTriggers}, {kRules},   {kPolicies},    {kStatistics},
  };
  return queries;
}

}  // namespace lifeboat::postgres
