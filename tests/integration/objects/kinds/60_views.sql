--- chapter views
--- kind k_view views: nested, with options, defaults, recursive, over functions, with columns of all names
CREATE TABLE t (id integer PRIMARY KEY, a text, n numeric(8,2));
INSERT INTO t SELECT g, 'a' || g, g FROM generate_series(1, 20) g;
CREATE VIEW v1 (one, "Two ""2""") AS SELECT id, a FROM t WHERE n > 5;
CREATE VIEW v2 WITH (security_barrier = true) AS SELECT * FROM v1 WHERE one < 15;
CREATE VIEW v3 WITH (security_invoker = true) AS SELECT count(*) AS c FROM v2;
CREATE VIEW v4 AS SELECT * FROM t WHERE id < 10 WITH LOCAL CHECK OPTION;
CREATE VIEW v5 AS SELECT * FROM v4 WHERE id > 2 WITH CASCADED CHECK OPTION;
ALTER VIEW v4 ALTER COLUMN a SET DEFAULT 'from the view';
CREATE RECURSIVE VIEW v6 (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v6 WHERE n < 5;
CREATE VIEW grouped AS SELECT t.*, count(*) OVER () FROM t GROUP BY id;
COMMENT ON VIEW v1 IS 'first';
COMMENT ON COLUMN v1.one IS 'one';
CREATE VIEW z_depends AS SELECT * FROM v6, LATERAL (SELECT sum(n) FROM t WHERE id < v6.n) s;
--- check
SELECT (SELECT c FROM v3) || ' ' || (SELECT sum(n) FROM v6) || (SELECT count(*) FROM z_depends)

--- kind k_view_cycle views that depend on each other by a rule or a function's default
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT a FROM t;
CREATE FUNCTION of_view(v) RETURNS integer LANGUAGE sql AS 'SELECT $1.a';
CREATE VIEW w AS SELECT v.a, of_view(v) AS b FROM v;
CREATE VIEW x AS SELECT 1 AS a;
CREATE VIEW y AS SELECT * FROM x;
CREATE OR REPLACE VIEW x AS SELECT count(*)::integer AS a FROM t;

--- kind k_matview materialized views: chains, without data, with indexes, over functions that read others
CREATE TABLE t (a integer PRIMARY KEY, b text);
INSERT INTO t SELECT n, 'b' || n FROM generate_series(1, 100) n;
CREATE MATERIALIZED VIEW z_first WITH (fillfactor = 80) AS SELECT a, b FROM t WHERE a % 2 = 0;
CREATE UNIQUE INDEX z_first_a ON z_first (a);
ALTER MATERIALIZED VIEW z_first CLUSTER ON z_first_a;
CREATE MATERIALIZED VIEW a_second AS SELECT count(*) AS n, max(b) AS b FROM z_first;
CREATE MATERIALIZED VIEW no_data AS SELECT * FROM t WITH NO DATA;
CREATE INDEX no_data_a ON no_data (a);
CREATE FUNCTION total() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT n FROM k_matview.a_second); END';
CREATE MATERIALIZED VIEW aa_third AS SELECT total() AS n;
CREATE MATERIALIZED VIEW keyed AS SELECT t.*, count(*) FROM t GROUP BY a;
CREATE VIEW over_it AS SELECT * FROM aa_third;
COMMENT ON MATERIALIZED VIEW z_first IS 'kept';
COMMENT ON INDEX z_first_a IS 'kept';
--- check
SELECT string_agg(relname || relispopulated, ',' ORDER BY relname) || (SELECT n FROM over_it) FROM pg_class WHERE relkind = 'm' AND relnamespace = 'k_matview'::regnamespace
