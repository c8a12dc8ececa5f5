"""Exports, loaded by what their README says: with the real psql, pg_restore and redis-cli.

usage: export_test.py BIN_DIRECTORY [unittest arguments]
"""

import json
import os
import pathlib
import stat
import subprocess
import unittest

import postgres
import redis_test
from transcript import Case, run
from world import World

AWKWARD = """
CREATE ROLE "clerk of orders" NOLOGIN;
CREATE SCHEMA "two words";
CREATE TABLE "two words"."a/b ""c""
d" (id int PRIMARY KEY, "the
text" text, twice int GENERATED ALWAYS AS (id * 2) STORED);
INSERT INTO "two words"."a/b ""c""
d" VALUES (1, E'tab\\there'), (2, NULL), (3, 'schön');
GRANT SELECT ON "two words"."a/b ""c""
d" TO "clerk of orders";
CREATE TABLE part (id int, x text) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (100);
INSERT INTO part SELECT n, 'x' || n FROM generate_series(1, 50) n;
CREATE TABLE child (id int REFERENCES customers);
INSERT INTO child SELECT 7 FROM generate_series(1, 3);
CREATE SEQUENCE numbers START 40; SELECT nextval('numbers');
CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n FROM part;
CREATE TABLE nothing ();
SELECT lo_from_bytea(4711, convert_to(repeat('boat', 400000), 'UTF8'));
COMMENT ON LARGE OBJECT 4711 IS 'a picture''s bytes';
GRANT SELECT ON LARGE OBJECT 4711 TO "clerk of orders";
"""
QUESTIONS = [
    'SELECT md5(string_agg(t::text, \'|\' ORDER BY id)) FROM orders t',
    'SELECT string_agg(t::text, \'|\' ORDER BY id) FROM "two words"."a/b ""c""\nd" t',
    "SELECT count(*), max(x) FROM part_1",
    "SELECT count(*) FROM child",
    "SELECT last_value, is_called FROM numbers",
    "SELECT n FROM sums",
    "SELECT md5(lo_get(4711)), obj_description(4711, 'pg_largeobject')",
    "SELECT lomacl FROM pg_largeobject_metadata",
    "SELECT count(*) FROM pg_constraint WHERE contype IN ('p', 'f') AND connamespace <> 11",
    "SELECT has_table_privilege('clerk of orders', c.oid, 'SELECT') FROM pg_class c"
    " WHERE relname LIKE 'a/b%' AND relkind = 'r'",
]

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.end()


def load(folder, *arguments, **env):
    """By the script, as the README has it."""
    path = f"{postgres.binaries()}:{os.environ['PATH']}"
    return subprocess.run(["sh", folder / "load.sh", *arguments], text=True, capture_output=True,
                          env={"PATH": path, **env}, cwd="/")


class Export(Case):
    def setUp(self):
        self.name = self.id().rpartition(".")[2]
        self.to = world.folder / f"{self.name}-export"

    def export(self, *words, vault=None, keys=None):
        return run("lifeboat", "vault", "export", "latest", self.to, *words,
                   env=world.env("identity", vault, keys))

    def test_of_a_database_is_loaded_by_the_tools_of_postgres(self):
        source = world.server.create_database("awkward", AWKWARD.replace("REFERENCES customers", ""))
        world.server.sql("CREATE TABLE customers (id int PRIMARY KEY);"
                         "INSERT INTO customers VALUES (7);"
                         "ALTER TABLE child ADD FOREIGN KEY (id) REFERENCES customers;"
                         "CREATE TABLE orders AS SELECT n AS id, md5(n::text) AS note"
                         " FROM generate_series(1, 5000) n", "awkward")
        vault, keys = world.new_vault(self.name)
        world.take(source, vault=vault, keys=keys)
        done = self.export(vault=vault, keys=keys)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("in the clear", done.stdout)
        folder = self.to / "postgres"
        self.assertEqual({stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}, {0o600})
        self.assertEqual(stat.S_IMODE(self.to.stat().st_mode), 0o700)

        world.server.create_database("recovered")
        self.assertIn("sh load.sh", (folder / "README.md").read_text())
        done = load(folder, world.server.url("recovered"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for question in QUESTIONS:
            self.assertEqual(world.server.sql(question, "recovered"),
                             world.server.sql(question, "awkward"), question)
        # A database that is not empty: it stops, and says why.
        done = load(folder, world.server.url("recovered"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("already exists", done.stderr)

    def test_of_redis_is_loaded_by_redis_cli(self):
        home = world.folder / "redis"
        home.mkdir()
        source, target = (redis_test.RedisServer(home / name) for name in ("source", "target"))
        self.addCleanup(target.stop)
        self.addCleanup(source.stop)
        source.run("SET", "plain", "with\nlines and \x01")
        source.run("SET", "lifeboat:restore:unfinished", "of a restore into the source")
        source.run("SET", "soon", "1", "PXAT", "4000000000000")
        source.run("-n", "3", "ZADD", "scores", "1.5", "a", "-inf", "b")
        source.run("XADD", "stream", "1-1", "field", "value")
        source.run("XGROUP", "CREATE", "stream", "readers", "0")
        source.run("EVAL", "redis.call('SET', 'big', string.rep('b', 9000000)) "
                   "for i = 1, 60000 do redis.call('ZADD', 'many', i, 'member ' .. i) end", "0")
        source.run("FUNCTION", "LOAD",
                   "#!lua name=lib\nredis.register_function('seven', function() return 7 end)")
        vault, keys = world.new_vault(self.name)
        env = world.env("writer", vault, keys, REDIS_URL=source.url())
        done = run("lifeboat", "snapshot", "--redis=env:REDIS_URL", env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.export("--json", vault=vault, keys=keys)
        self.assertEqual(done.returncode, 0, done.stderr)
        (entry,) = json.loads(done.stdout)["sources"]
        folder = self.to / entry["folder"]
        self.assertEqual(entry["written_bytes"],
                         sum(path.stat().st_size for path in folder.iterdir()))
        done = load(folder, "-s", target.socket, REDISCLI_AUTH=redis_test.PASSWORD)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("errors: 0", done.stdout)
        for words in (("GET", "plain"), ("PEXPIRETIME", "soon"), ("STRLEN", "big"),
                      ("ZCARD", "many"), ("ZSCORE", "many", "member 777"), ("FCALL", "seven", "0"),
                      ("-n", "3", "ZRANGE", "scores", "0", "-1", "WITHSCORES"),
                      ("XINFO", "GROUPS", "stream")):
            self.assertEqual(target.run(*words), source.run(*words), words)
        self.assertEqual(target.run("DBSIZE").strip(), "5")
        self.assertEqual(target.run("EXISTS", "lifeboat:restore:unfinished").strip(), "0")
        wrong = load(folder, "-s", target.socket, REDISCLI_AUTH="wrong")
        self.assertNotEqual(wrong.returncode, 0)

    def test_writes_over_nothing(self):
        self.to.mkdir()
        (self.to / "mine").write_text("kept")
        done = self.export()
        self.assertEqual(done.returncode, 15, done.stderr)
        self.assertEqual([path.name for path in self.to.iterdir()], ["mine"])

    def test_takes_one_source_and_names_one_that_is_not_there(self):
        done = self.export("--source=payroll")
        self.assertEqual(done.returncode, 10, done.stderr)
        self.assertFalse(self.to.exists())
        self.assertFalse(pathlib.Path(f"{self.to}.partial").exists())
        done = run("lifeboat", "vault", "export", "latest", self.to, env=world.env("writer"))
        self.assertEqual(done.returncode, 12)
        self.assertEqual(self.export("--source=postgres").returncode, 0)

    def test_of_a_damaged_vault_leaves_nothing_behind(self):
        vault = world.copy_of_the_vault(world.folder / f"{self.name}-vault")
        pack = max(vault.glob("g1/pack/*/*"), key=lambda path: path.stat().st_size)
        pack.chmod(0o600)
        data = bytearray(pack.read_bytes())
        data[len(data) // 2] ^= 1
        pack.write_bytes(bytes(data))
        done = self.export(vault=vault)
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertEqual(list(world.folder.glob(f"{self.name}-export*")), [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
