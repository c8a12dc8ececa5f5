-- Every feature whose order or form a restore can get wrong, small.
CREATE ROLE keeper NOLOGIN;
CREATE ROLE reader NOLOGIN;
CREATE ROLE auditor NOLOGIN;
CREATE SCHEMA app;
CREATE SCHEMA "Odd "" name";
CREATE EXTENSION hstore WITH SCHEMA app;
CREATE EXTENSION btree_gist;
CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'it''s "fine"');
CREATE TYPE app.pair AS (a integer, b text);
CREATE DOMAIN app.amount AS numeric(12,2) CONSTRAINT positive CHECK (VALUE >= 0);

CREATE FUNCTION app.twice(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT x * 2';
-- A body that looks like the comments and statements of a dump.
CREATE FUNCTION app.hostile() RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
  RETURN '
--
-- TOC entry 1 (class 1259 OID 1)
-- Name: customers; Type: TABLE; Schema: app; Owner: postgres
--

DROP TABLE app.customers; -- ''quoted'' "idents" $$dollars$$
\restrict x
';
END
$body$;

CREATE TABLE app.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  email text CONSTRAINT email_once UNIQUE NULLS NOT DISTINCT DEFERRABLE INITIALLY DEFERRED,
  mood app.mood DEFAULT 'ok',
  tags app.hstore,
  details jsonb,
  favourite bigint,
  lower_name text GENERATED ALWAYS AS (lower(name)) STORED,
  CONSTRAINT named CHECK (name <> '')
);
CREATE TABLE app.orders (
  id bigserial PRIMARY KEY WITH (fillfactor='90'),
  customer bigint REFERENCES app.customers ON DELETE CASCADE,
  total app.amount NOT NULL,
  pair app.pair,
  placed_at timestamptz DEFAULT now(),
  CONSTRAINT once UNIQUE (customer, id) INCLUDE (total)
);
ALTER TABLE app.customers ADD CONSTRAINT favourite_order FOREIGN KEY (favourite)
  REFERENCES app.orders DEFERRABLE INITIALLY DEFERRED;
INSERT INTO app.customers (name, email, tags, details)
  SELECT 'Customer ' || i, 'c' || i || '@shop.example', 'a=>1', jsonb_build_object('n', i, 'tab', E'a\tb')
  FROM generate_series(1, 400) i;
INSERT INTO app.orders (customer, total, pair)
  SELECT 1 + i % 400, i / 7.0, ROW(i, E'line\nbreak \\ and ''quote''')::app.pair FROM generate_series(1, 3000) i;
UPDATE app.customers SET favourite = id WHERE id % 3 = 0;
COMMIT;  -- deferred checks are done before the table changes again
ALTER TABLE app.orders ADD CONSTRAINT below_limit CHECK (total < 100) NOT VALID;
ALTER TABLE app.orders ADD CONSTRAINT old_ones FOREIGN KEY (id) REFERENCES app.customers NOT VALID;

CREATE INDEX orders_by_day ON app.orders ((placed_at AT TIME ZONE 'UTC'), (app.twice(total)));
ALTER INDEX app.orders_by_day ALTER COLUMN 2 SET STATISTICS 500;
CREATE INDEX orders_clustered ON app.orders (placed_at) WHERE total > 1;
CREATE INDEX orders_total ON app.orders (total) WITH (fillfactor='70');
CREATE INDEX customers_details ON app.customers USING gin (details);
CREATE UNIQUE INDEX customers_identity ON app.customers (name);
CREATE INDEX customers_lower ON app.customers (lower(name));
ALTER TABLE app.customers REPLICA IDENTITY USING INDEX customers_identity;
ALTER TABLE app.customers CLUSTER ON customers_lower;
CREATE UNIQUE INDEX orders_replica ON app.orders (total, id);
ALTER TABLE app.orders REPLICA IDENTITY USING INDEX orders_replica;
CREATE INDEX orders_cluster ON app.orders (customer);
ALTER TABLE app.orders CLUSTER ON orders_cluster;
CREATE STATISTICS app.orders_stats (dependencies) ON customer, total FROM app.orders;

CREATE TABLE app.bookings (
  room integer, during tsrange,
  CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&)
);
INSERT INTO app.bookings SELECT i, tsrange('2026-01-01', '2026-01-02') FROM generate_series(1, 50) i;

CREATE TABLE app.events (id bigint NOT NULL, at date NOT NULL, note text, PRIMARY KEY (id, at))
  PARTITION BY RANGE (at);
CREATE TABLE app.events_2025 PARTITION OF app.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE app.events_rest PARTITION OF app.events DEFAULT PARTITION BY HASH (id);
CREATE TABLE app.events_rest_0 PARTITION OF app.events_rest FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.events_rest_1 PARTITION OF app.events_rest FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX events_note ON app.events (note);
INSERT INTO app.events SELECT i, date '2025-06-01' + i, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END
  FROM generate_series(1, 600) i;
CREATE TABLE app.event_log (event bigint, at date, FOREIGN KEY (event, at) REFERENCES app.events);
INSERT INTO app.event_log SELECT id, at FROM app.events;
COMMIT;
ALTER TABLE app.events ADD COLUMN customer bigint REFERENCES app.customers;

CREATE TABLE app.base (a integer);
CREATE TABLE app.child (b integer) INHERITS (app.base);
INSERT INTO app.base VALUES (1);
INSERT INTO app.child VALUES (2, 3);
CREATE TABLE app.nothing ();
INSERT INTO app.nothing DEFAULT VALUES;
INSERT INTO app.nothing DEFAULT VALUES;
CREATE UNLOGGED TABLE app.unlogged (x integer);
INSERT INTO app.unlogged VALUES (7);

CREATE TABLE "Odd "" name"."Täble; --
with newline" ("col "" x" integer PRIMARY KEY, "select" text, "ü" text);
INSERT INTO "Odd "" name"."Täble; --
with newline" VALUES (1, 'x', 'ü'), (2, NULL, E'\\N');
CREATE INDEX "idx; '
quote" ON "Odd "" name"."Täble; --
with newline" ("select", ("ü" || '; it''s ('));
COMMENT ON TABLE "Odd "" name"."Täble; --
with newline" IS 'a comment; with ''quotes''
-- TOC entry 7 (class 0 OID 0)';

CREATE VIEW app.big_orders AS SELECT * FROM app.orders WHERE total > 100;
CREATE VIEW app.big_customers AS SELECT DISTINCT customer FROM app.big_orders;
CREATE VIEW app.grouped AS SELECT c.*, count(*) AS orders FROM app.customers c JOIN app.orders o ON o.customer = c.id GROUP BY c.id;
CREATE MATERIALIZED VIEW app.per_customer AS
  SELECT c.id, c.name, c.mood, sum(o.total) AS total FROM app.customers c LEFT JOIN app.orders o ON o.customer = c.id GROUP BY c.id;
CREATE UNIQUE INDEX per_customer_id ON app.per_customer (id);
CREATE MATERIALIZED VIEW app.a_summary AS SELECT count(*) AS n, sum(total) AS total FROM app.per_customer;
COMMENT ON INDEX app.per_customer_id IS 'of a materialized view';
CREATE MATERIALIZED VIEW app.empty AS SELECT 1 AS x WITH NO DATA;
-- Reads another materialized view in a way that no dependency shows.
CREATE FUNCTION app.summary_total() RETURNS numeric LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT total FROM app.z_last); END$$;
CREATE MATERIALIZED VIEW app.z_last AS SELECT total FROM app.a_summary;
CREATE MATERIALIZED VIEW app.aa_first AS SELECT app.summary_total() AS total;

CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'a trigger fired during the restore'; END$$;
CREATE TRIGGER touch_orders BEFORE INSERT OR UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TRIGGER touch_customers BEFORE INSERT ON app.customers FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.customers DISABLE TRIGGER touch_customers;
CREATE RULE no_delete AS ON DELETE TO app.base DO INSTEAD NOTHING;
ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.orders FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone ON app.orders USING (true);
CREATE POLICY only_auditor ON app.orders FOR SELECT TO auditor USING (total > 10);
CREATE PUBLICATION shop FOR TABLE app.orders, app.customers;
CREATE AGGREGATE app.product(numeric) (SFUNC = numeric_mul, STYPE = numeric);
CREATE SEQUENCE app.numbers INCREMENT 10 START 5;
SELECT nextval('app.numbers'), nextval('app.numbers');

ALTER TABLE app.bookings OWNER TO keeper;
ALTER FUNCTION app.twice(numeric) OWNER TO keeper;
GRANT SELECT ON app.orders TO reader;
GRANT SELECT (name) ON app.customers TO reader;
GRANT USAGE ON SCHEMA app TO reader, keeper;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO reader;
COMMENT ON COLUMN app.orders.total IS 'with tax';
COMMENT ON CONSTRAINT once ON app.orders IS 'kept';
COMMENT ON POLICY everyone ON app.orders IS 'open';
SELECT lo_from_bytea(4711, decode(repeat('00ff5c0a', 300000), 'hex'));
SELECT lo_create(4712);
COMMENT ON LARGE OBJECT 4711 IS 'picture';
ALTER LARGE OBJECT 4711 OWNER TO keeper;
GRANT SELECT ON LARGE OBJECT 4711 TO reader;

CREATE FUNCTION app.refuse_drops() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'seen by an event trigger'; END$$;
CREATE EVENT TRIGGER no_drops ON sql_drop EXECUTE FUNCTION app.refuse_drops();
CREATE EVENT TRIGGER no_ddl ON ddl_command_end EXECUTE FUNCTION app.refuse_drops();
COMMENT ON EVENT TRIGGER no_drops IS 'fires last';
