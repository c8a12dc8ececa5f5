"""The databases that everybody is measured on: docs/performance.md says why these two."""
from server import run

SHOP = """
CREATE TABLE customers AS
  SELECT i AS id, 'customer ' || md5(i::text) AS name,
         md5((i * 3)::text) || '@example.test' AS email,
         timestamptz '2020-01-01' + i * interval '7 minutes' AS joined_at,
         jsonb_build_object('city', 'city ' || i % 997, 'vip', i % 50 = 0,
           'tags', jsonb_build_array('t' || i % 13, 't' || i % 7, 't' || i % 101),
           'note', md5((i * 11)::text)) AS profile
  FROM generate_series(1, {customers}) i;
CREATE TABLE orders AS
  SELECT i AS id, (i * 7919::bigint) % {customers} + 1 AS customer_id,
         timestamptz '2021-01-01' + i * interval '1 minute' AS placed_at,
         (i % 9973)::numeric / 100 AS total,
         (ARRAY['new', 'paid', 'sent', 'done', 'lost'])[i % 5 + 1] AS state,
         md5(i::text) AS reference
  FROM generate_series(1, {orders}) i;
ALTER TABLE customers ADD PRIMARY KEY (id);
ALTER TABLE orders ADD PRIMARY KEY (id);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_placed ON orders (placed_at);
CREATE INDEX customers_email ON customers (email);
CREATE INDEX customers_profile ON customers USING gin (profile);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id);
VACUUM ANALYZE;
CHECKPOINT;
"""

ONE_BIG_TABLE = """
CREATE TABLE events AS
  SELECT i AS id, (i * 7919::bigint) % 100000 AS account_id,
         timestamptz '2021-01-01' + i * interval '17 seconds' AS happened_at,
         (ARRAY['view', 'click', 'buy', 'return', 'login'])[i % 5 + 1] AS kind,
         md5(i::text) AS token,
         jsonb_build_object('path', '/p/' || i % 9973, 'agent', 'agent ' || i % 331,
           'ms', i % 5003, 'ref', md5((i * 3)::text)) AS detail,
         repeat(md5((i * 5)::text) || ' ', 2) || i AS note
  FROM generate_series(1, {events}) i;
ALTER TABLE events ADD PRIMARY KEY (id);
CREATE INDEX events_account ON events (account_id, happened_at);
CREATE INDEX events_happened ON events (happened_at);
CREATE INDEX events_token ON events (token);
CREATE INDEX events_kind ON events (kind, happened_at);
VACUUM ANALYZE;
CHECKPOINT;
"""

# The newest rows, one in {every}, change in each of the three larger tables.
UPDATE_NEWEST = """
UPDATE orders SET state = 'done', total = total + 1
  WHERE id > (SELECT max(id) - count(*) / {every} FROM orders);
UPDATE customers SET profile = profile || jsonb_build_object('seen', clock_timestamp())
  WHERE id > (SELECT max(id) - count(*) / {every} FROM customers);
UPDATE pgbench_accounts SET abalance = abalance + 1
  WHERE aid > (SELECT max(aid) - count(*) / {every} FROM pgbench_accounts);
"""

# As many as one in {every} come in.
INSERT_NEW = """
INSERT INTO customers
  SELECT last + i, 'customer ' || md5((last + i)::text),
         md5(((last + i) * 3)::text) || '@example.test', now(),
         jsonb_build_object('city', 'city ' || i % 997, 'note', md5(((last + i) * 11)::text))
  FROM (SELECT max(id) AS last, count(*) / {every} AS few FROM customers) m,
       generate_series(1, few) i;
INSERT INTO orders
  SELECT last + i, (i * 7919::bigint) % buyers + 1, now(), i % 997, 'new', md5((last + i)::text)
  FROM (SELECT max(id) AS last, count(*) / {every} AS few FROM orders) m,
       (SELECT count(*) AS buyers FROM customers) b, generate_series(1, few) i;
INSERT INTO pgbench_accounts
  SELECT last + i, 1, 0, '' FROM (SELECT max(aid) AS last, count(*) / {every} AS few
                                  FROM pgbench_accounts) m, generate_series(1, few) i;
"""


def make_shop(server, name, scale):
    server.fresh(name)
    run(["pgbench", "-i", "-q", "-s", str(max(1, round(30 * scale))), name], server.environment)
    server.sql(SHOP.format(customers=int(400_000 * scale), orders=int(2_000_000 * scale)), name)


def make_one_big_table(server, name, scale):
    server.fresh(name)
    server.sql(ONE_BIG_TABLE.format(events=int(3_800_000 * scale)), name)


def change_one_per_cent(server, name):
    server.sql(UPDATE_NEWEST.format(every=100), name)


def one_day(server, name):
    """One day of a shop: 0.5 % of the rows change, and 0.5 % are new."""
    server.sql(UPDATE_NEWEST.format(every=200) + INSERT_NEW.format(every=200), name)


def tables(server, name):
    return server.sql("""SELECT c.oid::regclass FROM pg_class c WHERE relkind = 'r'
                         AND relnamespace = 'public'::regnamespace""", name).split()


def copy_text_bytes(server, name):
    """The size of a database as COPY text; to read it all brings it into the page cache, too."""
    commands = [f"psql -Xq -d {name} -c 'COPY {table} TO STDOUT'" for table in tables(server, name)]
    return int(run(f"{{ {' && '.join(commands)}; }} | wc -c", server.environment).output)


def copy_ranges(server, name):
    """A COPY for each 4,096 blocks of each table, as lifeboat reads them, the biggest first."""
    return server.sql("""
      SELECT format('COPY (SELECT * FROM ONLY %s WHERE ctid >= ''(%s,0)'' AND ctid < ''(%s,0)'')'
                    ' TO STDOUT;', c.oid::regclass, block,
                    CASE WHEN block + 4096 >= pages THEN 4294967295 ELSE block + 4096 END)
      FROM pg_class c, LATERAL (SELECT pg_relation_size(c.oid) / 8192) AS size(pages),
           generate_series(0, greatest(pages - 1, 0), 4096) block
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      ORDER BY pages DESC, c.oid, block""", name).splitlines()
