--- chapter code
--- kind k_function functions in SQL and PL/pgSQL: arguments of all modes, defaults, options, overloads
CREATE FUNCTION f(a integer, b text DEFAULT 'x;''y', VARIADIC c numeric[] DEFAULT '{}') RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 7 AS 'SELECT a || b';
CREATE FUNCTION f(OUT x integer, OUT y text) RETURNS SETOF record LANGUAGE plpgsql ROWS 3
  AS $body$ BEGIN RETURN QUERY SELECT 1, $$a "quoted" $1 -- text$$; END $body$;
CREATE FUNCTION listed(n integer) RETURNS TABLE (v integer) LANGUAGE sql SECURITY DEFINER
  SET search_path = k_function, pg_temp SET work_mem = '8MB' AS 'SELECT generate_series(1, n)';
CREATE FUNCTION "Odd; name"(anyelement, anyarray) RETURNS anyelement LANGUAGE sql IMMUTABLE AS 'SELECT $1';
COMMENT ON FUNCTION listed(integer) IS 'it''s listed';
--- check
SELECT (SELECT string_agg(v::text, ',') FROM listed(3)) || f(1) || (SELECT y FROM f())

--- kind k_leakproof functions that only a superuser may make: leakproof, internal, with a support function
--- expect named owner heroku
--- superuser
CREATE FUNCTION k_leakproof.f(integer) RETURNS integer LANGUAGE sql LEAKPROOF AS 'SELECT $1';
CREATE FUNCTION k_leakproof.g(float8) RETURNS float8 LANGUAGE internal IMMUTABLE STRICT AS 'dsqrt';
CREATE FUNCTION k_leakproof.h(anyarray) RETURNS SETOF anyelement LANGUAGE internal IMMUTABLE STRICT SUPPORT array_unnest_support AS 'array_unnest';

--- kind k_atomic functions and procedures with BEGIN ATOMIC
CREATE TABLE t (id integer PRIMARY KEY, note text);
CREATE FUNCTION count_them() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t; END;
CREATE FUNCTION one(integer) RETURNS integer LANGUAGE sql RETURN $1 + 1;
CREATE FUNCTION grouped() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC SELECT note FROM t GROUP BY id; END;
CREATE PROCEDURE add(n integer, INOUT done boolean DEFAULT false) LANGUAGE sql
  BEGIN ATOMIC INSERT INTO t VALUES (n, 'added'); SELECT true; END;
CALL add(7);
--- check
SELECT count_them() || ' ' || one(1) || (SELECT string_agg(grouped, ',') FROM grouped())

--- kind k_procedure procedures with transactions of their own
CREATE TABLE t (n integer);
CREATE PROCEDURE p(n integer) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (n); COMMIT; INSERT INTO t VALUES (n + 1); ROLLBACK; END $$;
CALL p(1);

--- kind k_aggregate aggregates: plain, moving, parallel, with sort operators
CREATE AGGREGATE product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1', PARALLEL = safe, COMBINEFUNC = numeric_mul);
CREATE AGGREGATE moving_sum(float8) (SFUNC = float8pl, STYPE = float8, MSFUNC = float8pl, MINVFUNC = float8mi, MSTYPE = float8);
CREATE FUNCTION first_step(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1';
CREATE AGGREGATE first(text) (SFUNC = first_step, STYPE = text, SORTOP = <);
COMMENT ON AGGREGATE product(numeric) IS 'kept';
--- check
SELECT product(x)::text FROM generate_series(1, 5) x

--- kind k_hypothetical ordered-set and hypothetical aggregates with internal state
--- expect named owner heroku
--- superuser
CREATE AGGREGATE k_hypothetical.ranked(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);

--- kind k_plainagg aggregates over one's own functions
CREATE FUNCTION step(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT coalesce($1, 0) + $2 * $2';
CREATE FUNCTION last(integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''sum '' || $1';
CREATE AGGREGATE squares(integer) (SFUNC = step, STYPE = integer, FINALFUNC = last);
CREATE VIEW v AS SELECT squares(x) AS s FROM generate_series(1, 3) x;
--- check
SELECT s FROM v

--- kind k_trigger triggers in each state of being enabled, with conditions, columns, transition tables
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
CREATE TABLE seen (what text);
CREATE VIEW v AS SELECT * FROM t;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO k_trigger.seen VALUES (TG_NAME || TG_ARGV[0]); RETURN NEW; END $$;
CREATE TRIGGER by_column BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.a) EXECUTE FUNCTION note('it''s');
CREATE TRIGGER off AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION note('x');
ALTER TABLE t DISABLE TRIGGER off;
CREATE TRIGGER replica AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION note('x');
ALTER TABLE t ENABLE REPLICA TRIGGER replica;
CREATE TRIGGER always AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION note('x');
ALTER TABLE t ENABLE ALWAYS TRIGGER always;
CREATE TRIGGER moved AFTER UPDATE ON t REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note('x');
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note('x');
CREATE TRIGGER into_view INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION note('x');
CREATE TRIGGER emptied BEFORE TRUNCATE ON t FOR EACH STATEMENT EXECUTE FUNCTION note('x');
COMMENT ON TRIGGER late ON t IS 'deferred';
INSERT INTO t VALUES (1, 'a', 'b');
INSERT INTO v VALUES (2);

--- kind k_ptrigger triggers of partitioned tables, enabled otherwise in a partition
CREATE TABLE t (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM ('2026-07-01') TO ('2027-01-01');
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER each BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION note();
ALTER TABLE t_2 DISABLE TRIGGER each;
CREATE TRIGGER own AFTER INSERT ON t_1 FOR EACH ROW EXECUTE FUNCTION note();
--- check
SELECT string_agg(concat_ws(' ', tgrelid::regclass, tgname, tgenabled), ',' ORDER BY tgrelid::regclass::text, tgname) FROM pg_trigger WHERE tgrelid::regclass::text ~ '^t'

--- kind k_rule rules: also, instead, on views, disabled, always
CREATE TABLE t (a integer, b text);
CREATE TABLE log (a integer);
CREATE RULE logged AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.a);
CREATE RULE kept AS ON DELETE TO t WHERE OLD.a > 10 DO INSTEAD NOTHING;
CREATE RULE off AS ON UPDATE TO t DO INSTEAD NOTHING;
ALTER TABLE t DISABLE RULE off;
CREATE VIEW v AS SELECT a FROM t;
CREATE RULE into_v AS ON INSERT TO v DO INSTEAD (INSERT INTO t VALUES (NEW.a); INSERT INTO log VALUES (-NEW.a) RETURNING log.a);
ALTER TABLE t ENABLE ALWAYS RULE kept;
COMMENT ON RULE kept ON t IS 'kept';
INSERT INTO t VALUES (1, 'x');

--- kind k_event event triggers
--- words k_event_on k_event_off
--- expect named owner heroku
--- superuser
CREATE FUNCTION k_event.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER k_event_on ON ddl_command_end WHEN TAG IN ('CREATE CAST', 'DROP CAST') EXECUTE FUNCTION k_event.on_ddl();
CREATE EVENT TRIGGER k_event_off ON sql_drop EXECUTE FUNCTION k_event.on_ddl();
ALTER EVENT TRIGGER k_event_off DISABLE;
COMMENT ON EVENT TRIGGER k_event_on IS 'kept';

--- kind k_language languages of one's own
--- expect named owner heroku
--- superuser
CREATE FUNCTION k_language.handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE TRUSTED LANGUAGE k_language HANDLER k_language.handler;
CREATE FUNCTION k_language.f() RETURNS integer LANGUAGE k_language AS 'BEGIN RETURN 1; END';
COMMENT ON LANGUAGE k_language IS 'kept';

--- kind k_transform transforms
--- expect named owner heroku
--- superuser
CREATE FUNCTION k_transform.from_int(internal) RETURNS internal LANGUAGE internal STRICT IMMUTABLE AS 'prsd_lextype';
CREATE TYPE k_transform.odd AS (a integer);
CREATE TRANSFORM FOR k_transform.odd LANGUAGE sql (FROM SQL WITH FUNCTION k_transform.from_int(internal));
