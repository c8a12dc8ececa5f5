"""A Heroku database, captured by its owner and restored by the owner of a plain one.

usage: heroku_test.py BIN_DIRECTORY [unittest arguments]
The platform's part is tests/data/heroku.sql; nothing of it can be made by either owner.
"""

import json
import pathlib
import unittest

import postgres
from transcript import Case, run
from world import World

PLATFORM = pathlib.Path(__file__).parents[1] / "data" / "heroku.sql"
SHOP = """
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email heroku_ext.citext NOT NULL UNIQUE,
  details heroku_ext.hstore);
CREATE TABLE orders (
  id serial PRIMARY KEY,
  customer bigint NOT NULL REFERENCES customers,
  total numeric(10,2) NOT NULL CHECK (total >= 0));
CREATE INDEX customers_details ON customers USING gin (details);
CREATE EXTENSION pg_trgm;
CREATE INDEX customers_like ON customers USING gin ((email::text) gin_trgm_ops);
CREATE VIEW spent AS SELECT c.email, sum(o.total) FROM customers c JOIN orders o ON o.customer = c.id
  GROUP BY c.email;
INSERT INTO customers (email, details)
  SELECT 'User' || n || '@shop.example', heroku_ext.hstore('n', n::text) FROM generate_series(1, 500) n;
INSERT INTO orders (customer, total) SELECT 1 + n % 500, n / 10.0 FROM generate_series(1, 2000) n;
"""
EVENT_TRIGGERS = ("extension_before_drop", "log_create_ext", "log_drop_ext", "validate_extension")
ROWS = """
SELECT count(*), sum(hashtext(c::text)) FROM customers c;
SELECT count(*), sum(hashtext(o::text)) FROM orders o;
SELECT count(*), sum(sum) FROM spent;
SELECT count(*) FROM customers WHERE email = 'USER7@SHOP.EXAMPLE';
SELECT count(*) FILTER (WHERE indisvalid) FROM pg_index WHERE indrelid::regclass::text ~ '^(customers|orders)';
SELECT count(*) FROM pg_constraint WHERE convalidated AND conrelid::regclass::text ~ '^(customers|orders)';
SELECT nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE extname IN ('citext', 'hstore', 'pg_trgm') ORDER BY extname;
"""

world = None


def setUpModule():
    global world
    world = World()
    server = world.server
    server.sql("CREATE ROLE shop_heroku LOGIN; CREATE ROLE plain LOGIN")
    server.sql("CREATE DATABASE heroku OWNER shop_heroku")
    server.sql(PLATFORM.read_text(), "heroku")
    as_role(SHOP, "heroku", "shop_heroku")


def tearDownModule():
    world.end()


def url(database, role):
    return world.server.url(database).replace("postgres@", f"{role}@")


def as_role(statements, database, role):
    return world.server.sql(f"SET SESSION AUTHORIZATION {role};\n{statements}", database)


def harmless(items):
    return {item["object"]: item["reason"] for item in items if item["severity"] == "harmless"}


class Heroku(Case):
    def setUp(self):
        super().setUp()
        name = self._testMethodName[-20:]
        self.vault, keys = world.new_vault(name)
        self.taken = world.snapshot_of(url("heroku", "shop_heroku"), "--json", vault=self.vault,
                                       keys=keys)
        self.env = world.env("identity", self.vault, keys)

    def restore(self, database, *words, owner="plain", platform=""):
        world.server.sql(f"CREATE DATABASE {database} OWNER {owner}")
        world.server.sql(platform, database)
        env = {**self.env, "NEW_URL": url(database, owner)}
        return run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL", *words, env=env)

    def test_is_carried_to_a_plain_database_by_plain_owners_and_the_platforms_part_is_named(self):
        self.assertEqual(self.taken.returncode, 0, self.taken.stderr)
        source, = json.loads(self.taken.stdout)["sources"]
        self.assertEqual(source["tables"], 2)
        self.assertEqual(harmless(source["not_carried"]),
                         {"schema _heroku": "left to the platform"})
        self.assertEqual(len(source["not_carried"]), 1)

        done = self.restore("moved", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        left_out = json.loads(done.stdout)["not_restored"]
        self.assertEqual([item for item in left_out if item["severity"] != "harmless"], [])
        for trigger in EVENT_TRIGGERS:
            self.assertEqual(harmless(left_out).pop(f"EVENT TRIGGER {trigger}"),
                             "left to the platform")
        self.assertRegex(harmless(left_out)["EXTENSION pg_stat_statements"],
                         r"^left to the platform: permission denied to create extension")
        rows = as_role(ROWS, "heroku", "shop_heroku")
        self.assertEqual(rows.splitlines()[0].split("|")[0], "500")
        self.assertEqual(as_role(ROWS, "moved", "plain"), rows)
        self.assertEqual(world.server.sql("SELECT pg_get_userbyid(relowner) FROM pg_class "
                                          "WHERE relname = 'customers'", "moved"), "plain")

    def test_is_carried_to_another_of_its_kind_which_holds_heroku_ext_already(self):
        done = self.restore("second", "--json", owner="shop_heroku", platform=PLATFORM.read_text())
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(as_role(ROWS, "second", "shop_heroku"),
                         as_role(ROWS, "heroku", "shop_heroku"))

    def test_tells_a_person_what_was_left_to_the_platform_in_one_line(self):
        done = self.restore("told")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("NOT RESTORED", done.stdout)
        told = " ".join(done.stdout[done.stdout.index("left out, harmless: "):].split())
        for name in (*EVENT_TRIGGERS, "EXTENSION pg_stat_statements"):
            self.assertIn(name, told)

    def test_is_proven_in_a_throwaway_cluster(self):
        done = run("lifeboat", "verify", "latest", "--json", env=self.env)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        document = json.loads(done.stdout)
        self.assertEqual(document["verdict"], "proven")

    def test_is_proven_in_a_scratch_of_its_kind_and_in_a_plain_one(self):
        for name, platform in (("their_scratch", PLATFORM.read_text()), ("plain_scratch", "")):
            world.server.sql(f"CREATE DATABASE {name} OWNER shop_heroku")
            world.server.sql(platform, name)
            for words in (("--adopt-scratch",), ()):
                done = run("lifeboat", "verify", "latest", "--json", "--scratch=env:SCRATCH_URL",
                           *words, env=self.env | {"SCRATCH_URL": url(name, "shop_heroku")})
                self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
                self.assertEqual(json.loads(done.stdout)["verdict"], "proven")
            self.assertEqual(world.server.sql("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND "
                                              "relnamespace = 'public'::regnamespace", name), "0")


if __name__ == "__main__":
    unittest.main(verbosity=1)
