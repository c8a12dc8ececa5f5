#include "postgres/schema_queries.h"

namespace lifeboat::postgres {
namespace {

/// From the columns of pg_proc, as pg_dump does: pg_get_functiondef() does not keep to a snapshot.
constexpr std::string_view kFunctions = R"(
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window function'
       ELSE 'function' END,
  n.name || '.' || pg_catalog.quote_ident(p.proname) || '('
    || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
  pg_catalog.concat_ws(E'\n',
    '(' || pg_catalog.pg_get_function_arguments(p.oid) || ')',
    'returns ' || pg_catalog.pg_get_function_result(p.oid),
    'language ' || (SELECT l.lanname FROM pg_catalog.pg_language l WHERE l.oid = p.prolang),
    CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
    CASE WHEN p.proisstrict THEN 'strict' END,
    CASE WHEN p.prosecdef THEN 'security definer' END,
    CASE WHEN p.proleakproof THEN 'leakproof' END,
    'parallel ' || p.proparallel::text, 'cost ' || p.procost, 'rows ' || p.prorows,
    'support ' || nullif(p.prosupport::pg_catalog.oid, 0)::pg_catalog.regprocedure,
    'transform ' || p.protrftypes::pg_catalog.regtype[]::text,
    'set ' || (SELECT pg_catalog.string_agg(s, ', ' ORDER BY s)
               FROM pg_catalog.unnest(p.proconfig) s),
    'library ' || p.probin,
    'as ' || nullif(p.prosrc, ''))
FROM pg_catalog.pg_proc p JOIN user_schema n ON n.oid = p.pronamespace
WHERE p.prokind <> 'a' AND p.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass)
  -- A range type makes its own constructors.
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid
      AND d.deptype = 'i' AND d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass)
)";

/// Written in SQL itself (14): parsed, so not among pg_proc's texts.
constexpr std::string_view kFunctionBodies = R"(
SELECT 'function body', n.name || '.' || pg_catalog.quote_ident(p.proname) || '('
    || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
  pg_catalog.pg_get_function_sqlbody(p.oid)
FROM pg_catalog.pg_proc p JOIN user_schema n ON n.oid = p.pronamespace
WHERE p.prosqlbody IS NOT NULL AND p.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass)
)";

constexpr std::string_view kAggregates = R"(
SELECT 'aggregate', n.name || '.' || pg_catalog.quote_ident(p.proname) || '('
         || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
  pg_catalog.concat_ws(' ', 'kind', a.aggkind, 'direct', a.aggnumdirectargs,
    'step', a.aggtransfn::pg_catalog.oid::pg_catalog.regprocedure,
    'state', pg_catalog.format_type(a.aggtranstype, NULL), 'space', a.aggtransspace,
    'initial ' || pg_catalog.quote_literal(a.agginitval),
    'final ' || nullif(a.aggfinalfn::pg_catalog.oid, 0)::pg_catalog.regprocedure,
    a.aggfinalextra, a.aggfinalmodify,
    'combine ' || nullif(a.aggcombinefn::pg_catalog.oid, 0)::pg_catalog.regprocedure,
    'serial ' || nullif(a.aggserialfn::pg_catalog.oid, 0)::pg_catalog.regprocedure,
    'deserial ' || nullif(a.aggdeserialfn::pg_catalog.oid, 0)::pg_catalog.regprocedure,
    'moving ' || nullif(a.aggmtransfn::pg_catalog.oid, 0)::pg_catalog.regprocedure,
    'sort ' || nullif(a.aggsortop, 0)::pg_catalog.regoperator, 'parallel', p.proparallel)
FROM pg_catalog.pg_proc p JOIN user_schema n ON n.oid = p.pronamespace
     JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
WHERE p.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass)
)";

constexpr std::string_view kOperators = R"(
SELECT 'operator', n.name || '.' || o.oprname || '('
         || coalesce(nullif(o.oprleft, 0)::pg_catalog.regtype::text, 'none') || ', '
         || o.oprright::pg_catalog.regtype || ')',
  pg_catalog.concat_ws(' ', 'function', o.oprcode::pg_catalog.oid::pg_catalog.regprocedure,
    'commutator ' || nullif(o.oprcom, 0)::pg_catalog.regoperator,
    'negator ' || nullif(o.oprnegate, 0)::pg_catalog.regoperator,
    'restrict ' || nullif(o.oprrest::pg_catalog.oid, 0)::pg_catalog.regprocedure,
    'join ' || nullif(o.oprjoin::pg_catalog.oid, 0)::pg_catalog.regprocedure,
    CASE WHEN o.oprcanhash THEN 'hashes' END, CASE WHEN o.oprcanmerge THEN 'merges' END)
FROM pg_catalog.pg_operator o JOIN user_schema n ON n.oid = o.oprnamespace
WHERE o.oprcode <> 0 AND o.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass)
)";

constexpr std::string_view kOperatorClasses = R"(
SELECT 'operator class', n.name || '.' || pg_catalog.quote_ident(c.opcname) || ' using '
         || a.amname,
  pg_catalog.concat_ws(' ', 'for', pg_catalog.format_type(c.opcintype, NULL),
    CASE WHEN c.opcdefault THEN 'default' END, 'family ' || f.opfname,
    'storage ' || pg_catalog.format_type(nullif(c.opckeytype, 0), NULL))
FROM pg_catalog.pg_opclass c JOIN user_schema n ON n.oid = c.opcnamespace
     JOIN pg_catalog.pg_am a ON a.oid = c.opcmethod
     JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily
WHERE c.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_opclass'::pg_catalog.regclass)
)";

constexpr std::string_view kOperatorFamilies = R"(
SELECT 'operator family', n.name || '.' || pg_catalog.quote_ident(f.opfname) || ' using '
         || a.amname,
  pg_catalog.concat_ws(E'\n',
    (SELECT pg_catalog.string_agg(t.line, E'\n' ORDER BY t.line) FROM (
       SELECT 'operator ' || o.amopstrategy || ' ' || o.amopopr::pg_catalog.regoperator AS line
       FROM pg_catalog.pg_amop o WHERE o.amopfamily = f.oid) t),
    (SELECT pg_catalog.string_agg(t.line, E'\n' ORDER BY t.line) FROM (
       SELECT 'function ' || p.amprocnum || ' '
              || p.amproc::pg_catalog.oid::pg_catalog.regprocedure AS line
       FROM pg_catalog.pg_amproc p WHERE p.amprocfamily = f.oid) t))
FROM pg_catalog.pg_opfamily f JOIN user_schema n ON n.oid = f.opfnamespace
     JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod
WHERE f.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass)
)";

/// 16384 is the first OID that initdb leaves to users.
constexpr std::string_view kCasts = R"(
SELECT 'cast', c.castsource::pg_catalog.regtype || ' as ' || c.casttarget::pg_catalog.regtype,
  pg_catalog.concat_ws(' ', 'context', c.castcontext, 'method', c.castmethod,
    nullif(c.castfunc, 0)::pg_catalog.regprocedure)
FROM pg_catalog.pg_cast c WHERE c.oid >= 16384 AND c.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass)
  AND NOT EXISTS (  -- a range type makes the cast to its multirange
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND d.objid = c.oid
      AND d.deptype = 'i')
)";

constexpr std::string_view kLanguages = R"(
SELECT 'language', pg_catalog.quote_ident(l.lanname),
  pg_catalog.concat_ws(' ', CASE WHEN l.lanpltrusted THEN 'trusted' END,
    'handler ' || nullif(l.lanplcallfoid, 0)::pg_catalog.regprocedure)
FROM pg_catalog.pg_language l WHERE l.oid >= 16384 AND l.oid NOT IN (
  SELECT m.objid FROM member m WHERE m.classid = 'pg_catalog.pg_language'::pg_catalog.regclass)
)";

/// The platform's own call functions of its own schema.
constexpr std::string_view kEventTriggers = R"(
SELECT 'event trigger', pg_catalog.quote_ident(e.evtname),
  pg_catalog.concat_ws(' ', 'on', e.evtevent, 'enabled', e.evtenabled, 'tags ' || e.evttags::text,
    'execute', e.evtfoid::pg_catalog.regprocedure)
FROM pg_catalog.pg_event_trigger e JOIN pg_catalog.pg_proc p ON p.oid = e.evtfoid
     JOIN user_schema n ON n.oid = p.pronamespace
WHERE e.oid NOT IN (
  SELECT m.objid FROM member m
  WHERE m.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass)
)";

}  // namespace

const std::vector<ItemQuery>& code_queries() {
  static const std::vector<ItemQuery> queries = {
      {kFunctions},       {kFunctionBodies, 140000}, {kAggregates}, {kOperators},
      {kOperatorClasses}, {kOperatorFamilies},       {kCasts},      {kLanguages},
      {kEventTriggers},
  };
  return queries;
}

}  // namespace lifeboat::postgres
