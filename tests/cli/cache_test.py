"""Caches by the executables: looked at by a snapshot, emptied and warmed up by a restore.

usage: cache_test.py BIN_DIRECTORY [unittest arguments]
"""

import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

import postgres
from local_server import LocalServer, answer
from transcript import run

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "json-output.md"
PASSWORD = "hunter2canary"
VALUE = "valuecanary"


def documented(heading):
    part = PAGE.read_text().partition(f"## `{heading}`\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `\.([\w.\[\]]+)`", part, flags=re.MULTILINE))


def paths(value, path=""):
    """The way to every value that is neither an object nor a list."""
    if isinstance(value, dict):
        return {found for name, inner in value.items() for found in paths(inner, f"{path}.{name}")}
    if isinstance(value, list):
        return {found for inner in value for found in paths(inner, path + "[]")}
    return {path.lstrip(".")}


class Memcached(postgres.Daemon):
    """A memcached of the test's own on 127.0.0.1."""

    end_signal = signal.SIGKILL  # it takes a second to end politely

    def __init__(self, *words, accounts=None):
        super().__init__()
        self.port = postgres.free_port()
        self.name = f"127.0.0.1:{self.port}"
        if accounts:
            (self.home / "accounts").write_text(accounts)
            words = (*words, "-Y", "accounts")
        self.start("/usr/bin/memcached", "-l", "127.0.0.1", "-p", str(self.port), "-U", "0", *words)
        postgres.wait_for_port(self.port, self.process, self.log)

    def ask(self, words, end):
        with socket.create_connection(("127.0.0.1", self.port), 20) as connection:
            connection.sendall(words.encode())
            said = b""
            while not said.endswith(end.encode()):
                more = connection.recv(65536)
                if not more:
                    break
                said += more
            return said.decode()

    def set(self, key, value):
        return self.ask(f"set {key} 0 0 {len(value)}\r\n{value}\r\n", "STORED\r\n")

    def holds(self, key):
        return VALUE in self.ask(f"get {key}\r\n", "END\r\n")


class Redis(postgres.Daemon):
    """A redis-server of the test's own on 127.0.0.1, with a password."""

    def __init__(self):
        super().__init__()
        self.port = postgres.free_port()
        self.start("/usr/bin/redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
                   "--save", "", "--appendonly", "no", "--requirepass", PASSWORD)
        postgres.wait_for_port(self.port, self.process, self.log)

    def run(self, *words, database=0):
        return subprocess.run(
            ["redis-cli", "-p", str(self.port), "-n", str(database), *words], text=True,
            env={"REDISCLI_AUTH": PASSWORD}, capture_output=True).stdout.strip()

    def url(self, database=0):
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/{database}"


class Site(LocalServer):
    """A web server on 127.0.0.1 that remembers what it was asked: /down answers 503."""

    def __init__(self, certificate=None):
        self.asked = []
        super().__init__(self.note, certificate)

    def note(self, handler):
        self.asked.append(handler.path)
        answer(handler, 503 if handler.path == "/down" else 200)


class Caches(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lifeboat-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        vault, self.keys = self.folder / "vault", self.folder / "keys"
        done = run("lifeboat", "vault", "create", vault, "--keys", self.keys)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.configuration = self.folder / "lifeboat.toml"
        self.env = {"LIFEBOAT_VAULT": str(vault), "LIFEBOAT_CONFIG": str(self.configuration)}

    def configure(self, text, **env):
        self.configuration.write_text(text)
        self.env.update(env)

    def run_as(self, role, *words):
        file = {f"LIFEBOAT_{role.upper()}_FILE": str(self.keys / f"{role}.key")}
        done = run("lifeboat", *words, env={**self.env, **file})
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)
        return done

    def take(self, code=0):
        done = self.run_as("writer", "snapshot", "--json")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)["sources"] if done.stdout else None

    def restore(self, code, *words):
        done = self.run_as("identity", "restore", "latest", *words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def memcached_source(self, warm_up=""):
        server = self.enterContext(Memcached())
        server.set("k", VALUE)
        # As providers have it: the name and nothing more.
        self.configure('[source.pages]\nkind = "memcached"\nurl = "env:MEMCACHE_URL"\n' + warm_up,
                       MEMCACHE_URL=server.name)
        return server

    def test_a_memcached_is_an_inventory_in_every_listing(self):
        self.memcached_source()
        (source,) = self.take()
        self.assertEqual((source["kind"], source["guarantee"], source["rows"]),
                         ("memcached", "inventory", 0))
        self.assertIn("what pages holds (1 item", source["not_carried"][0]["object"])
        text = self.run_as("writer", "snapshot")
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertIn("inventory only", text.stdout)
        self.assertNotIn("not proven", text.stdout)
        listed = self.run_as("viewer", "vault", "ls", "--json")
        self.assertIs(json.loads(listed.stdout)["snapshots"][0]["provable"], False)
        self.assertIn("(caches)", self.run_as("viewer", "vault", "ls").stdout)
        shown = self.run_as("identity", "vault", "show", "latest", "--json")
        (source,) = json.loads(shown.stdout)["sources"]
        (server,) = source["inventory"]["servers"]
        self.assertEqual((server["items"], server["keys"]["no_expiry"]), (1, 1))
        self.assertEqual(source["identity"]["limit_bytes"], 64 << 20)
        self.assertNotIn(VALUE, shown.stdout)
        text = self.run_as("identity", "vault", "show", "latest").stdout
        self.assertIn("nothing to prove", text)
        self.assertIn("1 item, ", text)
        # A viewer opens no data: it sees that there is an inventory, and not what is in it.
        seen = json.loads(self.run_as("viewer", "vault", "show", "latest", "--json").stdout)
        self.assertIsNone(seen["sources"][0]["inventory"])
        self.assertIn("an inventory alone", self.run_as("viewer", "vault", "show", "latest").stdout)

    def test_a_memcached_is_emptied_only_under_its_name_and_warmed_up(self):
        site = self.enterContext(Site())
        server = self.memcached_source(
            f'[source.pages.warm_up]\nurls = ["{site.url}/home?key=private"]\ncount = 2\n')
        self.take()
        done = self.restore(15, "--memcached", "env:MEMCACHE_URL")
        self.assertIn("which holds 1 key", done.stderr)
        self.assertIn(f"--flush {server.name}", done.stderr)
        self.restore(15, "--memcached", "env:MEMCACHE_URL", "--flush", "localhost:1")
        self.assertTrue(server.holds("k"))
        self.assertEqual(site.asked, [])
        done = self.restore(0, "--source", "pages", "--memcached", "env:MEMCACHE_URL", "--flush",
                            server.name, "--json")
        report = json.loads(done.stdout)
        self.assertEqual(paths(report),
                         documented("lifeboat restore --flush --json") | {"format"})
        self.assertEqual(report["servers"][0]["items_before"], 1)
        self.assertEqual(report["servers"][0]["items_after"], 0)
        self.assertEqual(report["warm_up"][0]["answered"], 2)
        self.assertEqual(site.asked, ["/home?key=private"] * 2)
        self.assertNotIn("private", done.stdout + done.stderr)
        self.assertFalse(server.holds("k"))

    def test_a_warm_up_that_fails_is_a_finding_and_the_cache_is_empty(self):
        site = self.enterContext(Site())
        certificate = self.folder / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                        certificate, "-out", self.folder / "c.pem"], check=True,
                       capture_output=True)
        certificate.write_text(certificate.read_text() + (self.folder / "c.pem").read_text())
        nobodys = self.enterContext(Site(certificate))
        server = self.memcached_source(
            f'[source.pages.warm_up]\nurls = ["{site.url}/down", "{nobodys.url}/", '
            f'"{site.url}/home"]\n')
        self.take()
        done = self.restore(3, "--memcached", "env:MEMCACHE_URL", "--flush", server.name, "--json")
        down, untrusted, home = json.loads(done.stdout)["warm_up"]
        self.assertEqual((down["status"], down["answered"]), (503, 0))
        self.assertIn("certificate", untrusted["failure"])
        self.assertEqual(nobodys.asked, [])
        self.assertEqual((home["status"], home["failure"]), (200, None))
        self.assertFalse(server.holds("k"))
        server.set("k", VALUE)
        text = self.restore(3, "--memcached", "env:MEMCACHE_URL", "--flush", server.name).stdout
        self.assertIn("NOT WARMED UP", text)
        self.assertIn("1 key gone", text)

    def test_a_memcached_that_is_down_or_is_none(self):
        server = self.memcached_source()
        self.take()
        server.process.kill()
        server.process.wait()
        self.take(code=13)
        self.restore(13, "--memcached", "env:MEMCACHE_URL", "--flush", server.name)
        site = self.enterContext(Site())
        self.env["MEMCACHE_URL"] = site.url.removeprefix("http://")
        self.take(code=3)
        done = self.restore(3, "--memcached", "env:MEMCACHE_URL", "--flush",
                            site.url.removeprefix("http://"))
        self.assertIn("not the Memcached protocol", done.stderr)
        self.env["MEMCACHE_URL"] = f"u:{PASSWORD}@a"
        self.take(code=2)

    def test_a_password_is_used_and_never_said(self):
        server = self.enterContext(Memcached(accounts=f"joe:{PASSWORD}\n"))
        self.configure('[source.pages]\nkind = "memcached"\nurl = "env:MEMCACHE_URL"\n',
                       MEMCACHE_URL=f"memcached://joe:{PASSWORD}@{server.name}")
        self.take()
        done = self.restore(15, "--memcached", "env:MEMCACHE_URL")
        self.assertIn(f"--flush {server.name}", done.stderr)
        self.restore(0, "--memcached", "env:MEMCACHE_URL", "--flush", server.name)
        self.env["MEMCACHE_URL"] = f"memcached://joe:{PASSWORD}x@{server.name}"
        self.take(code=12)
        self.env["MEMCACHE_URL"] = server.name
        self.take(code=12)

    def test_beside_a_database_it_is_named_after_the_restore_and_hinders_no_proof(self):
        database = self.enterContext(postgres.Postgres())
        server = self.enterContext(Memcached())
        shop = database.create_database("shop", "CREATE TABLE orders AS SELECT 1 AS id;")
        self.configure('[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n'
                       '[source.pages]\nkind = "memcached"\nurl = "env:MEMCACHE_URL"\n',
                       SHOP_URL=shop, MEMCACHE_URL=server.name,
                       NEW_URL=database.create_database("new"))
        self.take()
        done = self.restore(0, "--postgres", "env:NEW_URL")
        self.assertRegex(done.stdout, r"the cache pages may hold .* --source pages --flush HOST")
        self.assertIn("not proven yet", self.run_as("writer", "snapshot").stdout)
        proven = self.run_as("identity", "verify", "latest")
        self.assertEqual(proven.returncode, 0, proven.stderr)
        shown = self.run_as("identity", "vault", "show", "latest-proven", "--json")
        self.assertEqual(json.loads(shown.stdout)["verdict"], "proven")

    def test_a_memcached_of_the_binary_protocol_is_a_note(self):
        server = self.enterContext(Memcached("-B", "binary"))
        self.configure('[source.pages]\nkind = "memcached"\nurl = "env:MEMCACHE_URL"\n',
                       MEMCACHE_URL=server.name)
        (source,) = self.take()
        self.assertIn("binary protocol", source["not_carried"][1]["reason"])
        self.assertEqual({item["severity"] for item in source["not_carried"]}, {"harmless"})
        self.restore(15, "--memcached", "env:MEMCACHE_URL", "--flush", server.name)

    def test_a_redis_of_role_cache_is_emptied_and_its_data_is_not_loaded(self):
        server = self.enterContext(Redis())
        server.run("SET", "k", VALUE, database=2)
        server.run("SET", "k", VALUE)
        source = '[source.fragments]\nkind = "redis"\nurl = "env:REDIS_URL"\n'
        self.configure(source + 'role = "cache"\n', REDIS_URL=server.url(2))
        (taken,) = self.take()
        self.assertEqual((taken["kind"], taken["guarantee"]), ("redis", "inventory"))
        name = f"127.0.0.1:{server.port}/2"
        redis = ("--redis", "env:REDIS_URL")
        self.assertIn(f"--flush {name}", self.restore(15, *redis).stderr)
        # The snapshot holds no data, whoever asks for it.
        self.assertIn("inventory", self.restore(15, *redis, "--data").stderr)
        self.restore(2, *redis, "--data", "--flush", name)
        self.restore(2, *redis, "--compare", "--flush", name)
        self.restore(0, "--source", "fragments", *redis, "--flush", name)
        self.assertEqual(server.run("DBSIZE", database=2), "0")
        self.assertEqual(server.run("DBSIZE"), "1")
        self.assertEqual(server.run("GET", "k"), VALUE)

    def test_data_of_what_is_a_cache_by_now_is_loaded_only_when_asked(self):
        server, new = self.enterContext(Redis()), self.enterContext(Redis())
        server.run("SET", "k", VALUE)
        source = '[source.fragments]\nkind = "redis"\nurl = "env:REDIS_URL"\n'
        self.configure(source, REDIS_URL=server.url(), NEW_URL=new.url())
        (taken,) = self.take()
        self.assertIn("exact", taken["guarantee"])
        self.configure(source + 'role = "cache"\n')
        done = self.restore(15, "--redis", "env:NEW_URL")
        self.assertIn("--data", done.stderr)
        self.assertEqual(new.run("DBSIZE"), "0")
        self.restore(0, "--redis", "env:NEW_URL", "--data", "--compare")
        self.assertEqual(new.run("GET", "k"), VALUE)

    def test_data_is_never_emptied(self):
        server = self.enterContext(Redis())
        server.run("SET", "k", VALUE)
        self.configure('[source.sessions]\nkind = "redis"\nurl = "env:REDIS_URL"\n',
                       REDIS_URL=server.url())
        self.take()
        flush = ("--redis", "env:REDIS_URL", "--flush", f"127.0.0.1:{server.port}")
        self.restore(10, *flush)
        self.restore(15, "--source", "sessions", *flush)
        self.assertEqual(server.run("DBSIZE"), "1")

    def test_options_that_do_not_fit(self):
        self.memcached_source()
        self.take()
        memcached = ("--memcached", "env:MEMCACHE_URL")
        self.restore(2, *memcached, "--data")
        self.restore(2, *memcached, "--match", "a*")
        self.restore(2, *memcached, "--schema-only")
        self.restore(2, *memcached, "--redis", "env:MEMCACHE_URL")
        self.restore(2, "--flush", "a:1")
        self.restore(10, *memcached, "--source", "other", "--flush", "a:1")
        self.assertIn("nothing to prove", self.run_as("identity", "vault", "show", "latest").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=1)
