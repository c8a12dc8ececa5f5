--- chapter constraints and indexes
--- kind k_check checks: NOT VALID, over functions, NO INHERIT, on whole rows
CREATE FUNCTION good(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> ''bad''';
CREATE TABLE t (a integer, b text, CONSTRAINT either CHECK (a > 0 OR b IS NOT NULL), CONSTRAINT g CHECK (good(b)));
INSERT INTO t VALUES (-7, 'x');
ALTER TABLE t ADD CONSTRAINT later CHECK (a > 0) NOT VALID;
ALTER TABLE t ADD CONSTRAINT whole CHECK (t IS NOT NULL) NO INHERIT;
COMMENT ON CONSTRAINT later ON t IS 'not valid';

--- kind k_unique primary and unique keys: deferrable, INCLUDE, NULLS NOT DISTINCT, over odd names
CREATE TABLE t (a integer, b integer, c text, "D""d" integer,
  CONSTRAINT pk PRIMARY KEY (a, b) INCLUDE (c) WITH (fillfactor = 80) ,
  CONSTRAINT once UNIQUE NULLS NOT DISTINCT (c),
  CONSTRAINT late UNIQUE ("D""d") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT soon UNIQUE (b, a) DEFERRABLE);
INSERT INTO t VALUES (1, 1, NULL, 1), (1, 2, 'x', 2);
COMMENT ON INDEX once IS 'of a constraint';

--- kind k_exclusion exclusion constraints
CREATE TABLE t (a int4range, b circle, c tsrange,
  CONSTRAINT ranges EXCLUDE USING gist (a WITH &&) WHERE (a IS NOT NULL),
  CONSTRAINT circles EXCLUDE USING gist (b WITH &&) INITIALLY DEFERRED);
INSERT INTO t VALUES ('[1,3)', '<(0,0),1>'), ('[3,5)', '<(9,9),1>');

--- kind k_foreign_key foreign keys: cycles, to oneself, NOT VALID, deferrable, all actions, MATCH FULL
CREATE TABLE a (id integer PRIMARY KEY, b integer, parent integer REFERENCES a ON DELETE SET NULL);
CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a DEFERRABLE INITIALLY DEFERRED, UNIQUE (id, a));
ALTER TABLE a ADD CONSTRAINT back FOREIGN KEY (b) REFERENCES b ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE c (x integer, y integer, z integer DEFAULT 1 REFERENCES a ON DELETE SET DEFAULT,
  FOREIGN KEY (x, y) REFERENCES b (id, a) MATCH FULL ON DELETE SET NULL);
BEGIN;
INSERT INTO a VALUES (1, 1, 1), (2, 1, 1);
INSERT INTO b VALUES (1, 2);
COMMIT;
INSERT INTO c VALUES (1, 2, 2), (NULL, NULL, NULL);
ALTER TABLE c ADD CONSTRAINT later FOREIGN KEY (y) REFERENCES b NOT VALID;

--- kind k_part_key foreign keys from and to partitioned tables
CREATE TABLE p (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM (10) TO (20) PARTITION BY LIST (id);
CREATE TABLE p_2_x PARTITION OF p_2 DEFAULT;
CREATE TABLE child (id integer REFERENCES p ON DELETE CASCADE);
CREATE TABLE q (id integer REFERENCES p) PARTITION BY HASH (id);
CREATE TABLE q_0 PARTITION OF q FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO p SELECT generate_series(1, 19);
INSERT INTO child SELECT * FROM p;
INSERT INTO q SELECT * FROM p;

--- kind k_index indexes: all methods, partial, expressions, orders, opclasses, options, INCLUDE
CREATE TABLE t (a integer, b text, c jsonb, d point, e int4range, f text);
INSERT INTO t SELECT n, 'b' || n, jsonb_build_object('n', n), point(n, n), int4range(n, n + 1), NULL FROM generate_series(1, 100) n;
CREATE INDEX i1 ON t (a DESC NULLS LAST, b COLLATE "C" text_pattern_ops) INCLUDE (f) WITH (fillfactor = 70, deduplicate_items = off);
CREATE INDEX i2 ON t (lower(b), (a + 1)) WHERE a > 10 AND b <> 'it''s';
CREATE INDEX i3 ON t USING gin (c jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX i4 ON t USING gist (d);
CREATE INDEX i5 ON t USING spgist (d);
CREATE INDEX i6 ON t USING brin (a) WITH (pages_per_range = 4, autosummarize = on);
CREATE INDEX i7 ON t USING hash (b);
CREATE UNIQUE INDEX i8 ON t (f) NULLS NOT DISTINCT WHERE f IS NOT NULL;
ALTER INDEX i2 ALTER COLUMN 2 SET STATISTICS 444;
COMMENT ON INDEX i2 IS 'an expression';
CREATE INDEX only_parent ON t ((c ->> 'n'), ((c -> 'n')::text));

--- kind k_cluster CLUSTER and REPLICA IDENTITY USING INDEX
CREATE TABLE t (a integer NOT NULL, b integer);
CREATE UNIQUE INDEX t_a ON t (a);
CREATE INDEX t_b ON t (b);
ALTER TABLE t CLUSTER ON t_b;
ALTER TABLE t REPLICA IDENTITY USING INDEX t_a;
CREATE TABLE u (a integer PRIMARY KEY);
ALTER TABLE u CLUSTER ON u_pkey;
ALTER TABLE u REPLICA IDENTITY USING INDEX u_pkey;

--- kind k_invalid invalid indexes
--- expect named superuser owner heroku
CREATE TABLE t (a integer);
INSERT INTO t VALUES (1), (1);
\set ON_ERROR_STOP off
\o /dev/null
CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a);
\o
\set ON_ERROR_STOP on

--- kind k_partial_index an index on a partitioned table that some partitions lack
--- expect carried superuser owner heroku
CREATE TABLE p (a integer, b integer) PARTITION BY RANGE (a);
CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM (10) TO (20);
CREATE INDEX p_b ON ONLY p (b);
CREATE INDEX p_1_b ON p_1 (b);
ALTER INDEX p_b ATTACH PARTITION p_1_b;
INSERT INTO p SELECT n, n FROM generate_series(1, 19) n;

--- kind k_statistics extended statistics objects
CREATE TABLE t (a integer, b integer, c text);
INSERT INTO t SELECT n % 10, n % 10, 'x' FROM generate_series(1, 100) n;
CREATE STATISTICS s1 (dependencies, ndistinct) ON a, b FROM t;
CREATE STATISTICS s2 (mcv) ON a, (b + 1), lower(c) FROM t;
CREATE STATISTICS s3 ON (a % 3) FROM t;
ALTER STATISTICS s2 SET STATISTICS 77;
COMMENT ON STATISTICS s1 IS 'kept';

--- kind k_path indexes, generated columns and checks over functions that depend on the search path
CREATE FUNCTION inner_f(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x + 1';
CREATE FUNCTION outer_f(x integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN inner_f(x); END';
CREATE TABLE t (x integer, y integer GENERATED ALWAYS AS (outer_f(x)) STORED, CHECK (outer_f(x) > 0));
INSERT INTO t SELECT generate_series(1, 10);
CREATE INDEX t_f ON t (outer_f(x));
CREATE MATERIALIZED VIEW m AS SELECT outer_f(x) AS v FROM t;
