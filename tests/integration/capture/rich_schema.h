#ifndef LIFEBOAT_TESTS_INTEGRATION_CAPTURE_RICH_SCHEMA_H_
#define LIFEBOAT_TESTS_INTEGRATION_CAPTURE_RICH_SCHEMA_H_

namespace lifeboat::postgres {

/// One of nearly everything that a schema can hold. Needs the roles app and reader.
inline constexpr const char* kRichSchema = R"sql(
CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm;
CREATE TYPE mood AS ENUM ('sad','ok','happy'); ALTER TYPE mood ADD VALUE 'meh' BEFORE 'ok';
CREATE DOMAIN email AS text COLLATE "C" DEFAULT 'x' NOT NULL CHECK (VALUE ~ '@');
CREATE TYPE pair AS (a int, b text COLLATE "C");
CREATE TYPE floatrange AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE SCHEMA "Odd ""one";
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gone int, name text
NOT NULL COLLATE nocase, tags hstore, m mood DEFAULT 'ok', e email, lower_name text GENERATED
ALWAYS AS (upper(name)) STORED, big text) WITH (fillfactor=80, toast.autovacuum_enabled=false);
ALTER TABLE customers DROP COLUMN gone;
ALTER TABLE customers ALTER name SET STATISTICS 500, ALTER big SET STORAGE EXTERNAL, ALTER big
SET COMPRESSION pglz, ALTER id SET (n_distinct=-1);
CREATE TABLE orders (id serial PRIMARY KEY, customer bigint REFERENCES customers DEFERRABLE
INITIALLY DEFERRED, total numeric(10,2) CHECK (total >= 0), p pair, fav int) ;
ALTER TABLE customers ADD COLUMN fav int; ALTER TABLE customers ADD CONSTRAINT fav_fk FOREIGN
KEY (fav) REFERENCES orders NOT VALID;
CREATE TABLE parts (k int NOT NULL, v text, PRIMARY KEY (k)) PARTITION BY RANGE (k);
CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE TABLE parts_other PARTITION OF parts DEFAULT;
CREATE TABLE late (v text, k int NOT NULL); ALTER TABLE parts ATTACH PARTITION late FOR VALUES
FROM (10) TO (20);
CREATE INDEX parts_v ON parts (v);
CREATE TABLE ref_parts (id int PRIMARY KEY, k int REFERENCES parts);
CREATE TABLE base (a int, CONSTRAINT pos CHECK (a > 0)); CREATE TABLE derived (b int) INHERITS
(base);
CREATE TABLE later (z int, a int, CONSTRAINT pos CHECK (a>0)); ALTER TABLE later INHERIT base;
CREATE UNLOGGED TABLE fast (x int);
CREATE TABLE "Odd ""one"."select" ("from" int, "Größe" text DEFAULT 'a''b');
CREATE INDEX trgm ON customers USING gin (name gin_trgm_ops);
CREATE INDEX expr_i ON customers (lower(e), (id+1)) WHERE id > 5; ALTER INDEX expr_i ALTER
COLUMN 2 SET STATISTICS 77;
CREATE UNIQUE INDEX cov ON orders (id) INCLUDE (total) ; ALTER TABLE orders REPLICA IDENTITY
USING INDEX cov;
CLUSTER orders USING orders_pkey; ALTER TABLE fast REPLICA IDENTITY FULL;
CREATE TABLE booked (r int4range, EXCLUDE USING gist (r WITH &&));
CREATE SEQUENCE s AS smallint INCREMENT 5 MINVALUE 2 MAXVALUE 99 CACHE 3 CYCLE;
CREATE VIEW v AS SELECT id, name FROM customers WHERE m <> 'sad' WITH LOCAL CHECK OPTION;
CREATE MATERIALIZED VIEW mv AS SELECT c.id, c.name, count(*) FROM customers c JOIN orders o ON
o.customer=c.id GROUP BY c.id; CREATE UNIQUE INDEX ON mv(id);
CREATE MATERIALIZED VIEW empty_mv AS SELECT 1 AS x WITH NO DATA;
CREATE FUNCTION add(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE SET
work_mem='8MB' AS 'select $1+$2';
CREATE FUNCTION std(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT x+1; END;
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN NEW;
END $$;
CREATE PROCEDURE pr(INOUT a int) LANGUAGE plpgsql AS $$ BEGIN a := 1; END $$;
CREATE AGGREGATE mysum(int) (sfunc = int4pl, stype = int, initcond = '0', combinefunc=int4pl,
parallel=safe);
CREATE OPERATOR === (leftarg=int, rightarg=int, function=int4eq, commutator= ===);
CREATE FUNCTION paircmp(pair,pair) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 0';
CREATE OPERATOR FAMILY fam USING btree;
CREATE OPERATOR CLASS oc FOR TYPE int USING btree FAMILY fam AS OPERATOR 3 ===(int,int),
FUNCTION 1 btint4cmp(int,int);
CREATE CAST (pair AS mood) WITH INOUT;
CREATE TRIGGER t1 BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION tf(); ALTER TABLE orders
DISABLE TRIGGER t1;
CREATE TRIGGER tp AFTER INSERT ON parts FOR EACH ROW EXECUTE FUNCTION tf();
CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON orders DEFERRABLE FOR EACH ROW EXECUTE FUNCTION
tf();
CREATE RULE r1 AS ON DELETE TO fast DO INSTEAD NOTHING;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY; ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY pol ON orders AS RESTRICTIVE FOR SELECT TO app, reader USING (total > 0);
CREATE STATISTICS st (dependencies, mcv) ON id, fav FROM customers; ALTER STATISTICS st SET
STATISTICS 300;
CREATE PUBLICATION pub FOR TABLE customers (id, name) WHERE (id > 1); CREATE PUBLICATION pubs
FOR TABLE orders, TABLES IN SCHEMA "Odd ""one";
CREATE TEXT SEARCH CONFIGURATION tsc (COPY = simple); CREATE TEXT SEARCH DICTIONARY tsd
(TEMPLATE = simple, accept=false);
ALTER TEXT SEARCH CONFIGURATION tsc ALTER MAPPING FOR word WITH tsd, simple;
CREATE FOREIGN DATA WRAPPER fw; CREATE SERVER srv FOREIGN DATA WRAPPER fw OPTIONS (host 'x');
CREATE FOREIGN TABLE ft (a int OPTIONS (c 'd')) SERVER srv OPTIONS (o 'p');
CREATE USER MAPPING FOR app SERVER srv OPTIONS (password 'verysecret');
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER et ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION ef();
COMMENT ON TABLE orders IS 'orders!'; COMMENT ON COLUMN orders.total IS 'sum'; COMMENT ON
CONSTRAINT orders_pkey ON orders IS 'pk'; COMMENT ON FUNCTION add(int,int) IS 'f'; COMMENT ON
TYPE mood IS 'm'; COMMENT ON SCHEMA "Odd ""one" IS 's'; COMMENT ON TRIGGER t1 ON orders IS 't';
CREATE TABLE typed OF pair;
ALTER TABLE ONLY derived ALTER a SET DEFAULT 4;
GRANT SELECT ON orders TO reader; ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES
TO reader;
)sql";

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_TESTS_INTEGRATION_CAPTURE_RICH_SCHEMA_H_
