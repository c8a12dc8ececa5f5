--- chapter the database
--- kind k_extension extensions: in schemas of their own, with the types, indexes and functions that need them
CREATE EXTENSION ltree WITH SCHEMA k_extension;
CREATE EXTENSION btree_gin WITH SCHEMA k_extension;
CREATE TABLE t (path ltree, n integer);
INSERT INTO t VALUES ('a.b.c', 1), ('a.b', 2);
CREATE INDEX t_path ON t USING gist (path);
CREATE INDEX t_n ON t USING gin (n);
CREATE FUNCTION depth(ltree) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT k_extension.nlevel($1)';
CREATE INDEX t_depth ON t (depth(path));
--- check
SELECT string_agg(extname || n.nspname, ',' ORDER BY extname) FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace WHERE nspname = 'k_extension'

--- kind k_trigram pg_trgm, with an index by its operator class
CREATE EXTENSION pg_trgm WITH SCHEMA k_trigram;
CREATE TABLE t (id integer PRIMARY KEY, note text);
INSERT INTO t VALUES (1, 'a long note'), (2, NULL), (3, 'another');
CREATE INDEX t_note ON t USING gin (note gin_trgm_ops);
--- check
SELECT string_agg(id::text, ',' ORDER BY id) FROM t WHERE note OPERATOR(k_trigram.%) 'long note'

--- kind k_postgis PostGIS, with geometries, their index, and a reference system of the user's own
--- words postgis
--- expect named owner heroku
--- superuser
CREATE EXTENSION postgis WITH SCHEMA k_postgis;
INSERT INTO k_postgis.spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
  VALUES (990001, 'shop', 1, 'LOCAL_CS["shop floor"]', '');
CREATE TABLE t (id integer PRIMARY KEY, place geometry(Point, 4326));
INSERT INTO t SELECT n, ST_SetSRID(ST_MakePoint(n, -n), 4326) FROM generate_series(1, 50) n;
CREATE INDEX t_place ON t USING gist (place);

--- kind k_untrusted extensions that only a superuser may make
--- words pageinspect
--- expect named owner heroku
--- superuser
CREATE EXTENSION pageinspect WITH SCHEMA k_untrusted;

--- kind k_ext_comment comments on extensions
--- words isn
CREATE EXTENSION isn WITH SCHEMA k_ext_comment;
--- superuser
COMMENT ON EXTENSION isn IS 'numbers of books';

--- kind k_platform pg_stat_statements; on Heroku also schema `_heroku` and its event triggers
--- words pg_stat_statements _heroku extension_before_drop log_create_ext log_drop_ext validate_extension
--- expect platform owner heroku
--- superuser
CREATE EXTENSION IF NOT EXISTS pg_stat_statements WITH SCHEMA public;

--- kind k_large_object large objects with owners, comments, grants
SELECT lo_from_bytea(4711, decode(repeat('00ff5c0a', 300000), 'hex')) \g /dev/null
SELECT lo_create(4712) \g /dev/null
COMMENT ON LARGE OBJECT 4711 IS 'a picture';
GRANT SELECT ON LARGE OBJECT 4711 TO reader;
CREATE TABLE t (picture oid);
INSERT INTO t VALUES (4711), (4712);
--- check
SELECT string_agg(concat_ws(' ', oid, lomacl, md5(lo_get(oid)), obj_description(oid, 'pg_largeobject')), ';' ORDER BY oid) FROM pg_largeobject_metadata WHERE oid < 4800

--- kind k_hidden_object large objects that the role may not read
--- words 4811
--- expect named owner heroku
--- superuser
SELECT lo_from_bytea(4811, 'hidden') \g /dev/null
--- check
SELECT lo_get(4811)::text

--- kind k_publication publications for tables, with columns and conditions
--- words k_publication_tables
CREATE TABLE t (a integer PRIMARY KEY, b text, c text);
CREATE TABLE u (a integer PRIMARY KEY) PARTITION BY RANGE (a);
CREATE PUBLICATION k_publication_tables FOR TABLE t (a, b) WHERE (a > 10), u WITH (publish = 'insert, update', publish_via_partition_root = true);
COMMENT ON PUBLICATION k_publication_tables IS 'kept';

--- kind k_publication_all publications for all tables or for schemas
--- words k_publication_everything k_publication_schema
--- expect named owner heroku
--- superuser
CREATE PUBLICATION k_publication_everything FOR ALL TABLES WITH (publish = '');
CREATE PUBLICATION k_publication_schema FOR TABLES IN SCHEMA k_publication_all;

--- kind k_subscription subscriptions
--- words k_subscription_off
--- expect named owner heroku
--- superuser
SELECT format('CREATE SUBSCRIPTION k_subscription_off CONNECTION %L PUBLICATION p1, p2 WITH (connect = false, slot_name = NONE, binary = true, streaming = true)', 'host=nowhere.invalid dbname=x') \gexec
COMMENT ON SUBSCRIPTION k_subscription_off IS 'kept';
--- check
SELECT count(*)::text FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database()

--- kind k_setting settings of the database, and of roles in it
SELECT format('ALTER DATABASE %I SET statement_timeout = ''77s''', current_database()) \gexec
--- superuser
SELECT format('ALTER DATABASE %I SET k_setting.greeting = ''it''''s''', current_database()) \gexec
SELECT format('ALTER ROLE reader IN DATABASE %I SET work_mem = ''8MB''', current_database()) \gexec
--- expect named owner heroku
--- check
SELECT string_agg(concat_ws(' ', a.rolname, c), ',' ORDER BY a.rolname NULLS FIRST, c) FROM pg_db_role_setting s CROSS JOIN unnest(setconfig) c JOIN pg_database d ON d.oid = setdatabase LEFT JOIN pg_roles a ON a.oid = setrole WHERE datname = current_database()

--- kind k_comment comments on everything else
CREATE TABLE t (a integer PRIMARY KEY CONSTRAINT above CHECK (a > 0));
CREATE TYPE c AS (x integer);
CREATE DOMAIN d AS integer CONSTRAINT dc CHECK (VALUE > 0);
CREATE COLLATION coll FROM "C";
CREATE FUNCTION f() RETURNS c LANGUAGE sql AS 'SELECT ROW(1)::k_comment.c';
COMMENT ON SCHEMA k_comment IS E'multi\nline; ''quoted'' \\ -- no comment';
COMMENT ON TYPE c IS 'composite';
COMMENT ON COLUMN c.x IS 'attribute';
COMMENT ON DOMAIN d IS 'domain';
COMMENT ON CONSTRAINT dc ON DOMAIN d IS 'of a domain';
COMMENT ON CONSTRAINT above ON t IS 'check';
COMMENT ON CONSTRAINT t_pkey ON t IS 'key';
COMMENT ON COLLATION coll IS 'collation';
CREATE CAST (c AS text) WITH INOUT;
COMMENT ON CAST (c AS text) IS 'cast';
