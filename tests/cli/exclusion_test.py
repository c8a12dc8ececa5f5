"""Tables that the user leaves out of a snapshot: what is said of them, and that what remains is
restored and proven.

usage: exclusion_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server.
"""

import json
import unittest

from transcript import Case, run
from world import World

SCHEMA = """
CREATE TABLE customers (id int PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES customers);
CREATE TABLE logs (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text,
                   about int REFERENCES orders);
CREATE TABLE logs_old (id serial PRIMARY KEY, text text);
CREATE TABLE noted (log int CONSTRAINT to_log REFERENCES logs, order_id int REFERENCES orders);
CREATE TABLE events (at date, what text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE INDEX ON events (at);
CREATE VIEW last_logs AS SELECT * FROM logs;
CREATE MATERIALIZED VIEW over_that AS SELECT count(*) AS n FROM last_logs;
CREATE VIEW mine AS SELECT * FROM customers;
CREATE FUNCTION say(l logs) RETURNS text LANGUAGE sql AS 'SELECT l.text';
COMMENT ON FUNCTION say IS 'says it';
COMMENT ON TABLE logs IS 'long';
INSERT INTO customers SELECT n, 'c' || n FROM generate_series(1, 500) n;
INSERT INTO orders (customer) SELECT n FROM generate_series(1, 500) n;
INSERT INTO logs (text, about) SELECT 'canary in the log ' || n, n FROM generate_series(1, 500) n;
INSERT INTO logs_old (text) VALUES ('old');
INSERT INTO noted SELECT n, n FROM generate_series(1, 100) n;
INSERT INTO events SELECT '2026-01-01'::date + n, n FROM generate_series(0, 50) n;
REFRESH MATERIALIZED VIEW over_that;
"""
REASON = "excluded on request"

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.end()


class Exclusion(Case):
    @classmethod
    def setUpClass(cls):
        cls.url = world.server.create_database("wide", SCHEMA)

    def take(self, name, *words, code=0):
        self.vault, self.keys = world.new_vault(name)
        done = world.snapshot_of(self.url, "--json", *words, vault=self.vault, keys=self.keys)
        self.assertEqual(done.returncode, code, done.stderr)
        document = json.loads(done.stdout)
        return {item["object"]: item for item in document["sources"][0]["not_carried"]}

    def restore(self, name):
        """Restores without any loss, proves, and returns the tables and views that came back."""
        env = world.env("identity", self.vault, self.keys)
        target = world.server.create_database(name)
        done = run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL", "--json",
                   env={**env, "NEW_URL": target})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = run("lifeboat", "verify", "latest", "--json", env=env)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.proof = json.loads(done.stdout)
        self.assertEqual(self.proof["verdict"], "proven")
        self.assertTrue(any(REASON in item["reason"] for item in self.proof["sources"][0]["not_carried"]))
        return set(world.server.sql(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm')", name).split())

    def test_of_a_table_takes_what_cannot_be_without_it_and_names_it(self):
        told = self.take("whole", "--exclude-table=logs", "--exclude-table=public.events*")
        self.assertEqual({name: item["reason"] for name, item in told.items()}, {
            "table public.logs": REASON,
            "table public.events": REASON,
            "table public.events_1": REASON,
            "table public.events_2": REASON,
            "view public.last_logs": f"it needs public.logs, {REASON}",
            "materialized view public.over_that": f"it needs public.last_logs, {REASON}",
            "constraint public.noted.to_log": f"it needs public.logs, {REASON}",
            "function public.say(l public.logs)": f"it needs public.logs, {REASON}"})
        self.assertEqual({item["severity"] for item in told.values()}, {"harmless"})
        self.assertEqual(self.restore("whole_again"),
                         {"customers", "orders", "logs_old", "noted", "mine"})
        self.assertEqual(world.server.sql("SELECT count(*) FROM noted", "whole_again"), "100")
        self.assertEqual(world.server.sql(
            "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint"
            " WHERE contype = 'f'", "whole_again"), "noted_order_id_fkey orders_customer_fkey")

    def test_of_a_parent_takes_its_partitions(self):
        told = self.take("parent", "--exclude-table=events")
        self.assertEqual(told["table public.events_2"]["reason"],
                         f"it is part of public.events, {REASON}")

    def test_of_rows_keeps_the_definition_and_that_of_a_partition_keeps_the_others(self):
        told = self.take("rows", "--exclude-table-data=logs", "--exclude-table-data=events",
                         "--exclude-table=events_1")
        self.assertEqual({name: item["reason"] for name, item in told.items()}, {
            "rows of table public.logs": REASON,
            "table public.events_1": REASON,
            "rows of table public.events_2": REASON,
            "constraint public.noted.to_log": f"it needs rows of public.logs, {REASON}"})
        self.assertEqual(self.restore("rows_again"),
                         {"customers", "orders", "logs", "logs_old", "noted", "events", "events_2",
                          "last_logs", "over_that", "mine"})
        self.assertEqual(world.server.sql(
            "SELECT (SELECT count(*) FROM logs) + (SELECT count(*) FROM events)", "rows_again"),
            "0")
        self.assertEqual({table["name"] for table in self.proof["tables"]},
                         {"public.customers", "public.orders", "public.logs_old", "public.noted"})

    def test_is_told_in_words_and_kept_in_the_record(self):
        vault, keys = world.new_vault("words")
        done = world.snapshot_of(self.url, "--exclude-table=logs", vault=vault, keys=keys)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("excluded on request: table public.logs\n", done.stdout)
        self.assertIn("left out: view public.last_logs: it needs public.logs, excluded on request",
                      " ".join(done.stdout.split()))
        done = run("lifeboat", "vault", "show", "latest", "--json",
                   env=world.env("identity", vault, keys))
        self.assertIn("table public.logs", done.stdout)

    def test_may_stand_in_the_configuration(self):
        path = self.config("\n".join((
            "[source.postgres]", 'kind = "postgres"', 'url = "env:SHOP_URL"',
            'exclude_tables = ["events"]', 'exclude_table_data = ["noted"]')))
        told = self.take("configured", "--config", path, "--exclude-table=logs")
        self.assertLess({"table public.events", "rows of table public.noted", "table public.logs"},
                        set(told))

    def test_that_matches_nothing_is_a_usage_error_before_anything_is_read(self):
        for words, message, hint in (
                (["--exclude-table=lgos"], "--exclude-table lgos matches no table",
                 "did you mean logs?"),
                (["--exclude-table=public.custmers"], "matches no table",
                 "did you mean public.customers?"),
                (["--exclude-table-data=last_logs"], "--exclude-table-data last_logs matches no",
                 ""),
                (["--exclude-table=a.b.c"], '"a.b.c" names no tables', "schema.table")):
            with self.subTest(words):
                done = world.snapshot_of(self.url, *words)
                self.assert_error(done, 2, message, hint)
        self.assertEqual(world.ids(), [world.snapshot])

    def test_of_a_table_whose_type_a_column_has_is_a_usage_error(self):
        url = world.server.create_database("typed", "CREATE TABLE a (x int); CREATE TABLE b (a a[])")
        done = world.snapshot_of(url, "--exclude-table=a")
        self.assert_error(done, 2, "public.a cannot be excluded: public.b has a column of its type",
                          "--exclude-table-data")

    def test_on_the_command_line_is_for_one_source(self):
        path = self.config("".join(
            f'[source.{name}]\nkind = "postgres"\nurl = "env:SHOP_URL"\n' for name in ("a", "b")))
        env = world.env("writer", SHOP_URL=self.url)
        done = run("lifeboat", "snapshot", "--config", path, "--exclude-table=logs", env=env)
        self.assert_error(done, 2, "this captures 2 sources", "name one with --source")


if __name__ == "__main__":
    unittest.main(verbosity=2)
