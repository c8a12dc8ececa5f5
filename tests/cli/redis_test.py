"""Redis by the executables: captured as a source of the configuration, restored, compared.

usage: redis_test.py BIN_DIRECTORY [unittest arguments]
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import postgres
from transcript import run

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "json-output.md"
PASSWORD = "hunter2canary"
PROGRAM = os.environ.get("LIFEBOAT_TEST_REDIS") or "/usr/bin/redis-server"


class RedisServer:
    """A redis-server of the test's own, on a private socket, with a password; other settings as
    words of its command line."""

    def __init__(self, home, *settings):
        home.mkdir()
        account = postgres.server_user()
        if account:
            os.chown(home, account["user"], account["group"])
            home.parent.chmod(0o755)
        self.socket = home / "socket"
        self.process = subprocess.Popen(
            [PROGRAM, "--port", "0", "--unixsocket", self.socket, "--dir", home,
             "--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0",
             "--requirepass", PASSWORD, *settings],
            stdout=subprocess.DEVNULL, cwd=home, **account)
        deadline = time.monotonic() + 20
        while self.run("PING").strip() != "PONG":
            if time.monotonic() > deadline:
                raise RuntimeError("redis-server did not start")

    def run(self, *words):
        return subprocess.run(["redis-cli", "-s", self.socket, *words], text=True,
                              env={"REDISCLI_AUTH": PASSWORD}, capture_output=True).stdout

    def url(self):
        return f"unix://:{PASSWORD}@{self.socket}"

    def stop(self):
        self.process.kill()
        self.process.wait()


def documented(heading="## `lifeboat restore --redis --json`"):
    part = PAGE.read_text().partition(heading + "\n")[2]
    part = re.split(r"\n##", part)[0]
    return set(re.findall(r"^\| `\.(\w+)", part, flags=re.MULTILINE))


def documented_of_proof():
    """The fields of a Redis source in `verify --json`, those of any source too."""
    fields = set()
    for heading in ("## `lifeboat verify --json`\n", "## `lifeboat verify --json`, a Redis source\n"):
        part = PAGE.read_text().partition(heading)[2].partition("\n## ")[0]
        part = part.partition("| `.sources[].tables` |")[0]
        fields |= set(re.findall(r"^\| `\.sources\[\]\.(\w+)", part, flags=re.MULTILINE))
    return fields


def documented_of(name):
    """The fields of each element of a list of a comparison."""
    return set(re.findall(rf"^\| `\.{name}\[\]\.(\w+)", PAGE.read_text(), flags=re.MULTILINE))


class Case(unittest.TestCase):
    """A source, a target, and a vault."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lifeboat-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.source = self.server("source")
        self.target = self.server("target")
        vault, keys = self.folder / "vault", self.folder / "keys"
        self.assertEqual(run("lifeboat", "vault", "create", vault, "--keys", keys).returncode, 0)
        self.configuration = self.folder / "lifeboat.toml"
        self.configuration.write_text(
            '[source.sessions]\nkind = "redis"\nurl = "env:REDIS_URL"\n')
        self.env = {"LIFEBOAT_VAULT": str(vault), "LIFEBOAT_STATE": str(self.folder / "state"),
                    "LIFEBOAT_CONFIG": str(self.configuration),
                    "REDIS_URL": self.source.url(), "NEW_REDIS_URL": self.target.url()}
        self.writer = {**self.env, "LIFEBOAT_WRITER_FILE": str(keys / "writer.key")}
        self.reader = {**self.env, "LIFEBOAT_IDENTITY_FILE": str(keys / "identity.key")}

    def server(self, name, *settings):
        server = RedisServer(self.folder / name, *settings)
        self.addCleanup(server.stop)
        return server

    def take(self):
        return run("lifeboat", "snapshot", "--json", env=self.writer)

    def restore(self, *words):
        return run("lifeboat", "restore", "latest", "--redis", "env:NEW_REDIS_URL", *words,
                   env=self.reader)

    def assert_code(self, done, code):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)


class Redis(Case):
    def test_is_captured_restored_and_compared(self):
        self.source.run("HSET", "session:1", "user", "li")
        self.source.run("SET", "counter", "7", "PXAT", "4000000000000")
        taken = self.take()
        self.assert_code(taken, 0)
        (source,) = json.loads(taken.stdout)["sources"]
        self.assertEqual((source["name"], source["kind"], source["guarantee"], source["rows"]),
                         ("sessions", "redis", "exact (replication)", 2))
        done = self.restore("--compare", "--json")
        self.assert_code(done, 0)
        report = json.loads(done.stdout)
        self.assertEqual(set(report), documented() | {"format"})
        self.assertEqual(set(report["comparison"]), documented("### comparison"))
        self.assertTrue(report["comparison"]["equal"])
        self.assertEqual(self.target.run("HGET", "session:1", "user").strip(), "li")
        self.assertEqual(self.target.run("PEXPIRETIME", "counter").strip(), "4000000000000")
        # What is there now is not overwritten.
        self.assert_code(self.restore(), 15)

    def verify(self, *words, **more):
        return run("lifeboat", "verify", "latest", *words, env={**self.reader, **more})

    def test_is_proven_beside_a_database_with_a_verdict_for_each(self):
        with postgres.Postgres() as server:
            url = server.create_database("shop", "CREATE TABLE t AS SELECT 7 AS x")
            self.configuration.write_text(
                self.configuration.read_text() +
                '[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n')
            self.writer["SHOP_URL"] = url
            self.source.run("SET", "a", "b")
            self.assert_code(self.take(), 0)
        done = self.verify("--scratch", "local", "--json")
        self.assert_code(done, 0)
        document = json.loads(done.stdout)
        self.assertEqual(document["verdict"], "proven")
        self.assertEqual([(one["name"], one["kind"], one["verdict"])
                          for one in document["sources"]],
                         [("shop", "postgres", "proven"), ("sessions", "redis", "proven")])
        self.assertEqual(set(document["sources"][1]), documented_of_proof())
        self.assertEqual([(one["source"], one["name"], one["equal"])
                          for one in document["tables"]], [("shop", "public.t", True)])

        done = self.verify("--scratch", "local")
        self.assert_code(done, 0)
        self.assertIn("shop: proven, restored into a throwaway Postgres", done.stdout)
        self.assertIn("sessions: proven, restored into a throwaway Redis", done.stdout)
        self.assertIn("1 of 1 key equal", done.stdout)
        self.assertIn("equal", run("lifeboat", "vault", "ls", env=self.reader).stdout)

    def test_is_proven_in_part_where_another_source_has_no_scratch(self):
        with postgres.Postgres() as server:
            self.configuration.write_text(
                self.configuration.read_text() +
                '[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n')
            self.writer["SHOP_URL"] = server.create_database("shop", "CREATE TABLE t (x int)")
            self.source.run("SET", "a", "b")
            self.assert_code(self.take(), 0)
        gone = {"SCRATCH_URL": "postgresql:///scratch?host=/nowhere"}
        done = self.verify("--scratch=env:SCRATCH_URL", "--json", **gone)
        self.assert_code(done, 3)
        document = json.loads(done.stdout)
        self.assertEqual(document["verdict"], "not_proven")
        self.assertEqual([one["verdict"] for one in document["sources"]], ["proven"])
        self.assertEqual([(one["source"], one["kind"]) for one in document["failures"]],
                         [("shop", "unavailable")])
        listed = json.loads(run("lifeboat", "vault", "ls", "--json", env=self.reader).stdout)
        self.assertIsNone(listed["snapshots"][0]["verdict"])
        self.assertIsNone(listed["snapshots"][0]["proven_at"])
        self.assertEqual(listed["snapshots"][0]["unproven"], ["shop"])
        self.assertIn("in part", run("lifeboat", "vault", "ls", env=self.reader).stdout)
        shown = run("lifeboat", "vault", "show", "latest", env=self.reader).stdout
        self.assertIn("not proven: shop", shown)
        self.assertEqual(run("lifeboat", "vault", "show", "latest-proven", env=self.reader).returncode,
                         10)
        self.assert_code(run("lifeboat", "vault", "show", "latest-proven:sessions",
                             env=self.reader), 0)
        # One source alone: its own failure is the command's.
        self.assert_code(self.verify("--source=shop", "--scratch=env:SCRATCH_URL", **gone), 13)
        self.assert_code(self.verify("--source=sessions"), 0)
        self.assert_code(self.verify("--source=payroll"), 10)

    def test_takes_a_part_and_leaves_expiries_out(self):
        self.source.run("SET", "session:1", "a", "PXAT", "4000000000000")
        self.source.run("SET", "other", "b")
        self.assert_code(self.take(), 0)
        done = self.restore("--match", "session:*", "--freeze-ttl")
        self.assert_code(done, 0)
        self.assertIn("1 record", done.stdout)
        self.assertEqual(self.target.run("DBSIZE").strip(), "1")
        self.assertEqual(self.target.run("PEXPIRETIME", "session:1").strip(), "-1")

    def test_empties_a_target_only_if_it_is_named(self):
        self.source.run("SET", "a", "b")
        self.assert_code(self.take(), 0)
        self.target.run("SET", "old", "x")
        self.target.run("-n", "5", "SET", "older", "y")
        name = str(self.target.socket)
        refused = self.restore()
        self.assert_code(refused, 15)
        self.assertIn(f"--replace {name}", refused.stderr)
        wrong = self.restore("--replace", str(self.source.socket))
        self.assert_code(wrong, 15)
        self.assertIn(name, wrong.stderr)
        self.assertEqual(self.target.run("-n", "5", "GET", "older").strip(), "y")
        plan = self.restore("--replace", name, "--plan", "--json")
        self.assert_code(plan, 0)
        plan = json.loads(plan.stdout)
        self.assertEqual(set(plan), documented("## `lifeboat restore --redis --plan --json`") | {"format"})
        self.assertEqual((plan["keys"], plan["target_keys"], plan["target"]), (1, 2, name))
        self.assertIn("after dropping all it holds: 2 keys", self.restore("--replace", name, "--plan").stdout)
        self.assertEqual(self.target.run("GET", "old").strip(), "x")
        done = self.restore("--replace", name, "--compare", "--json")
        self.assert_code(done, 0)
        self.assertEqual(json.loads(done.stdout)["dropped"], 2)
        self.assertEqual(self.target.run("INFO", "keyspace").count("keys=1"), 1)
        self.assertEqual(self.target.run("INFO", "keyspace").count("keys="), 1)
        # The source itself never, whatever is typed.
        self.reader["NEW_REDIS_URL"] = self.source.url()
        self.assert_code(self.restore("--replace", str(self.source.socket)), 15)
        self.assertEqual(self.source.run("GET", "a").strip(), "b")

    def test_says_what_is_wrong_with_a_target_and_that_it_is_unfinished(self):
        self.source.run("EVAL", "for i = 1, 300 do redis.call('SET', 'k' .. i, string.rep('v', 20000)) end", "0")
        self.assert_code(self.take(), 0)
        self.target.run("CONFIG", "SET", "maxmemory", "4mb")
        full = self.restore()
        self.assert_code(full, 13)
        self.assertIn("out of memory", full.stderr)
        self.assertIn("hint: restore into a larger server", full.stderr)
        self.assertIn("the key lifeboat:restore:unfinished says so", " ".join(full.stderr.split()))
        self.assertIn("begun 20", self.target.run("GET", "lifeboat:restore:unfinished"))
        self.target.run("CONFIG", "SET", "maxmemory", "0")
        again = self.restore()
        self.assert_code(again, 15)
        self.assertIn("a restore that was not finished", again.stderr)
        compared = run("lifeboat", "compare", "latest", "--with", "env:NEW_REDIS_URL", env=self.reader)
        self.assert_code(compared, 3)
        self.assertIn('extra    "lifeboat:restore:unfinished"', compared.stdout)
        self.assert_code(self.restore("--replace", str(self.target.socket), "--compare"), 0)
        self.assertEqual(self.target.run("EXISTS", "lifeboat:restore:unfinished").strip(), "0")
        self.reader["NEW_REDIS_URL"] = f"unix://:wrong@{self.target.socket}"
        self.assert_code(self.restore(), 12)
        self.reader["NEW_REDIS_URL"] = self.target.url()
        self.source.run("-n", "15", "SET", "far", "1")
        self.assert_code(self.take(), 0)
        few = self.server("few", "--databases", "15")
        self.reader["NEW_REDIS_URL"] = few.url()
        lacking = self.restore()
        self.assert_code(lacking, 15)
        self.assertIn("no database 15", lacking.stderr)
        self.assertEqual(few.run("DBSIZE").strip(), "0")
        self.reader["NEW_REDIS_URL"] = self.target.url()
        self.target.run("REPLICAOF", "127.0.0.1", "1")
        self.assert_code(self.restore("--replace", str(self.target.socket)), 15)

    def test_restores_one_database_beside_others(self):
        self.source.run("SET", "a", "0")
        self.source.run("-n", "3", "SET", "a", "3")
        self.assert_code(self.take(), 0)
        self.target.run("SET", "own", "1")
        done = self.restore("--db", "3", "--compare", "--json")
        self.assert_code(done, 0)
        self.assertTrue(json.loads(done.stdout)["comparison"]["equal"])
        self.assertEqual(self.target.run("-n", "3", "GET", "a").strip(), "3")
        self.assertEqual(self.target.run("DBSIZE").strip(), "1")
        self.assert_code(self.restore("--db", "3"), 15)
        self.target.run("-n", "3", "SET", "more", "1")
        self.assert_code(self.restore("--db", "3", "--replace", f"{self.target.socket}/3"), 0)
        self.assertEqual(self.target.run("-n", "3", "DBSIZE").strip(), "1")
        self.assertEqual(self.target.run("GET", "own").strip(), "1")
        for words in ((), ("--plan",)):
            done = self.restore("--match", "a", "--replace", str(self.target.socket), *words)
            self.assert_code(done, 2)

    def test_says_what_a_fuzzy_snapshot_is(self):
        self.source.run("SET", "a", "b")
        self.source.run("ACL", "SETUSER", "default", "-client", "-sync")
        done = self.take()
        self.assert_code(done, 3)
        (source,) = json.loads(done.stdout)["sources"]
        self.assertRegex(source["guarantee"], r"^fuzzy \(keys not counted, [0-9.]+ seconds\)$")
        self.assertIn("CLIENT TRACKING", source["not_carried"][0]["reason"])

    def test_reads_by_commands_where_that_is_asked_for(self):
        self.source.run("SET", "a", "b")
        with self.configuration.open("a") as file:
            file.write('capture = "tracking"\n')
        done = self.take()
        self.assert_code(done, 0)
        (source,) = json.loads(done.stdout)["sources"]
        self.assertEqual(source["guarantee"], "exact (tracking)")
        shown = run("lifeboat", "snapshot", "--show-config", env=self.writer)
        self.assertRegex(shown.stdout, "source.sessions.capture +tracking")

    def test_says_that_replication_was_asked_for_and_refused(self):
        self.source.run("ACL", "SETUSER", "default", "-sync")
        with self.configuration.open("a") as file:
            file.write('capture = "replication"\n')
        done = self.take()
        self.assert_code(done, 15)
        self.assertIn("replication: the server refuses it: NOPERM", done.stderr)
        self.assertIn("tracking", json.loads(done.stderr)["error"]["hint"])

    def refused(self, code, message, hint, **env):
        self.writer.update(env)
        done = run("lifeboat", "snapshot", env=self.writer)
        self.assert_code(done, code)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, message)
        self.assertRegex(done.stderr, "hint: .*" + hint)
        listed = run("lifeboat", "vault", "ls", "--json", env=self.reader)
        self.assertEqual(json.loads(listed.stdout)["snapshots"], [])

    def test_a_wrong_password_is_denied(self):
        self.refused(12, "log in: WRONGPASS", "user and password",
                     REDIS_URL=f"unix://:wrong@{self.source.socket}")
        self.refused(12, "log in: NOAUTH", "user and password",
                     REDIS_URL=f"unix://{self.source.socket}")

    def test_a_cluster_is_refused(self):
        cluster = self.server("cluster", "--port", str(postgres.free_port() % 20000 + 20000),
                              "--bind", "127.0.0.1", "--cluster-enabled", "yes")
        self.refused(15, "this is a cluster, not a single server", "single servers",
                     REDIS_URL=cluster.url())

    def test_a_server_with_no_connection_left_is_unavailable(self):
        full = self.server("full", "--maxclients", "1")
        self.refused(13, "no connection left", "maxclients", REDIS_URL=full.url())

    @contextlib.contextmanager
    def small_disk(self, megabytes):
        """A folder with so much room, and how to end the shortage."""
        place = self.folder / "disk"
        place.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", place],
                                 capture_output=True).returncode == 0
        if not mounted:
            self.skipTest("no file system can be mounted here")
        try:
            yield place, lambda: subprocess.run(["mount", "-o", "remount,size=64m", place],
                                                check=True)
        finally:
            subprocess.run(["umount", place], check=True)

    def test_a_full_disk_ends_the_snapshot_and_one_that_is_freed_takes_it(self):
        self.source.run("EVAL", "for i = 1, 60000 do redis.call('SET', i, redis.sha1hex(i) .. "
                        "redis.sha1hex(-i)) end", "0")
        with self.small_disk(2) as (place, free):
            vault, keys = place / "vault", self.folder / "keys of the small one"
            run("lifeboat", "vault", "create", vault, "--keys", keys)
            changed = {"LIFEBOAT_VAULT": str(vault)}
            self.writer.update(changed, LIFEBOAT_WRITER_FILE=str(keys / "writer.key"))
            self.reader.update(changed, LIFEBOAT_IDENTITY_FILE=str(keys / "identity.key"))
            self.refused(13, "no space left on device", "free some space")
            free()
            self.assert_code(self.take(), 0)
            self.assert_code(self.restore("--compare"), 0)

    def test_refuses_options_that_do_not_fit(self):
        done = run("lifeboat", "restore", "latest", "--compare", env=self.reader)
        self.assert_code(done, 2)
        done = run("lifeboat", "restore", "latest", "--db", "0", env=self.reader)
        self.assert_code(done, 2)
        self.assert_code(self.restore("--schema-only"), 2)
        self.assert_code(self.restore("--table", "orders"), 2)
        done = run("lifeboat", "restore", "latest", "--redis", "http://x", env=self.reader)
        self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=1)
