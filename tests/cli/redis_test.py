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
             "--save", "", "--appendonly", "no", "--requirepass", PASSWORD, *settings],
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


def documented():
    part = PAGE.read_text().partition("## `lifeboat restore --redis --json`\n")[2]
    return set(re.findall(r"^\| `\.(\w+)", part.partition("\n## ")[0], flags=re.MULTILINE))


def documented_of_comparison():
    return set(re.findall(r"^\| `\.comparison\.(\w+)", PAGE.read_text(), flags=re.MULTILINE))


class Redis(unittest.TestCase):
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

    def test_is_captured_restored_and_compared(self):
        self.source.run("HSET", "session:1", "user", "li")
        self.source.run("SET", "counter", "7", "PXAT", "4000000000000")
        taken = self.take()
        self.assert_code(taken, 0)
        (source,) = json.loads(taken.stdout)["sources"]
        self.assertEqual((source["name"], source["kind"], source["guarantee"], source["rows"]),
                         ("sessions", "redis", "exact", 2))
        done = self.restore("--compare", "--json")
        self.assert_code(done, 0)
        report = json.loads(done.stdout)
        self.assertEqual(set(report), documented() | {"format"})
        self.assertEqual(set(report["comparison"]), documented_of_comparison())
        self.assertTrue(report["comparison"]["equal"])
        self.assertEqual(self.target.run("HGET", "session:1", "user").strip(), "li")
        self.assertEqual(self.target.run("PEXPIRETIME", "counter").strip(), "4000000000000")
        # What is there now is not overwritten.
        self.assert_code(self.restore(), 15)

    def test_takes_a_part_and_leaves_expiries_out(self):
        self.source.run("SET", "session:1", "a", "PXAT", "4000000000000")
        self.source.run("SET", "other", "b")
        self.assert_code(self.take(), 0)
        done = self.restore("--match", "session:*", "--freeze-ttl")
        self.assert_code(done, 0)
        self.assertIn("1 record", done.stdout)
        self.assertEqual(self.target.run("DBSIZE").strip(), "1")
        self.assertEqual(self.target.run("PEXPIRETIME", "session:1").strip(), "-1")

    def test_says_what_a_fuzzy_snapshot_is(self):
        self.source.run("SET", "a", "b")
        self.source.run("ACL", "SETUSER", "default", "-client")
        done = self.take()
        self.assert_code(done, 3)
        (source,) = json.loads(done.stdout)["sources"]
        self.assertEqual(source["guarantee"], "fuzzy")
        self.assertIn("CLIENT TRACKING", source["not_carried"][0]["reason"])

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
        full = self.server("full", "--maxclients", "2")
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
        self.assert_code(self.restore("--schema-only"), 2)
        self.assert_code(self.restore("--table", "orders"), 2)
        done = run("lifeboat", "restore", "latest", "--redis", "http://x", env=self.reader)
        self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=1)
