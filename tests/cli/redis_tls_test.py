"""Redis over TLS by the executables: whom they take for the server, and what they say of the others.

usage: redis_tls_test.py BIN_DIRECTORY [unittest arguments]
Needs openssl, redis-server, redis-cli and an installed Postgres server.
"""

import base64
import contextlib
import hashlib
import json
import pathlib
import random
import re
import socket
import stat
import subprocess
import threading
import time
import unittest

import postgres
from transcript import Case, run, said

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "json-output.md"
PASSWORD = "hunter2canary"


def openssl(*words, given=None):
    return subprocess.run(["openssl", *map(str, words)], input=given, capture_output=True,
                          check=True).stdout


class Certificate:
    """Signed by itself for a name; with its pin."""

    def __init__(self, base, name="IP:127.0.0.1"):
        self.path, self.key = f"{base}.pem", f"{base}.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-keyout", self.key, "-out", self.path, "-days", "2", "-subj",
                "/CN=server", "-addext", f"subjectAltName={name}")
        public = openssl("x509", "-in", self.path, "-noout", "-pubkey")
        info = openssl("pkey", "-pubin", "-outform", "der", given=public)
        self.pin = "sha256//" + base64.b64encode(hashlib.sha256(info).digest()).decode()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class TlsRedis:
    """A redis-server of the test's own: TLS at `port`, plain at `plain`, and a private socket."""

    def __init__(self, home, certificate):
        home.mkdir()
        self.socket, self.port, self.plain = home / "socket", free_port(), free_port()
        self.process = subprocess.Popen(
            ["/usr/bin/redis-server", "--bind", "127.0.0.1", "--port", str(self.plain),
             "--tls-port", str(self.port), "--tls-cert-file", certificate.path,
             "--tls-key-file", certificate.key, "--tls-auth-clients", "no",
             "--unixsocket", self.socket, "--dir", home, "--save", "", "--appendonly", "no",
             "--requirepass", PASSWORD],
            stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while self.run("PING") != "PONG":
            if time.monotonic() > deadline:
                raise RuntimeError("redis-server did not start")

    def run(self, *words):
        return subprocess.run(["redis-cli", "-s", self.socket, *words], text=True,
                              env={"REDISCLI_AUTH": PASSWORD}, capture_output=True).stdout.strip()

    def logins(self):
        """Of all clients so far, this one too."""
        found = re.search(r"cmdstat_auth:calls=(\d+)", self.run("INFO", "commandstats"))
        return int(found[1])

    def change_key(self, certificate):
        answer = self.run("CONFIG", "SET", "tls-cert-file", certificate.path, "tls-key-file",
                          certificate.key)
        if answer != "OK":
            raise RuntimeError(answer)

    def url(self, scheme="rediss", port=None, password=PASSWORD):
        return f"{scheme}://:{password}@127.0.0.1:{port or self.port}"

    def stop(self):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def cutting(port, after):
    """A way to a port of this machine that is cut when so many bytes have come back."""
    listener = socket.create_server(("127.0.0.1", 0))

    def pass_on(one, other, left):
        with contextlib.suppress(OSError):
            while left > 0 and (part := one.recv(min(left, 65536))):
                other.sendall(part)
                left -= len(part)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve_one(client):
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            there = threading.Thread(target=pass_on, args=(client, server, 1 << 40), daemon=True)
            there.start()
            pass_on(server, client, after)
            there.join()

    def serve():
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=serve_one, args=(client,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


class World(Case):
    """A server with a certificate of its own, and a vault."""

    def setUp(self):
        super().setUp()
        self.old, self.new = (Certificate(self.folder / name) for name in ("old", "new"))
        self.server = self.start("source", self.old)
        vault, keys = self.folder / "vault", self.folder / "keys"
        self.assertEqual(run("lifeboat", "vault", "create", vault, "--keys", keys).returncode, 0)
        self.state = self.folder / "state"
        self.env = {"LIFEBOAT_VAULT": str(vault), "LIFEBOAT_STATE": str(self.state),
                    "LIFEBOAT_WRITER_FILE": str(keys / "writer.key"),
                    "REDIS_URL": self.server.url()}
        self.reader = {"LIFEBOAT_VAULT": str(vault), "LIFEBOAT_STATE": str(self.state),
                       "LIFEBOAT_IDENTITY_FILE": str(keys / "identity.key")}

    def start(self, name, certificate):
        server = TlsRedis(self.folder / name, certificate)
        self.addCleanup(server.stop)
        return server

    def tearDown(self):
        super().tearDown()
        self.assertEqual([words for words, text in said if PASSWORD in text], [])

    def configure(self, *lines):
        self.env["LIFEBOAT_CONFIG"] = str(self.config(
            '[source.sessions]\nkind = "redis"\nurl = "env:REDIS_URL"\n' + "\n".join(lines)))

    def take(self, *words):
        return run("lifeboat", "snapshot", *words, env=self.env)

    def expect(self, done, code):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def tls_of(self, done):
        (source,) = json.loads(self.expect(done, 0).stdout)["sources"]
        return source["tls"]

    def look(self, *words):
        done = run("lifeboat", "doctor", "--json", *words, env=self.env)
        return next(check for check in json.loads(done.stdout)["checks"]
                    if check["id"] == "redis-source")


class RedisTls(World):
    def test_fails_closed_where_nobody_vouches_for_the_certificate(self):
        self.server.run("SET", "a", "b")
        done = self.take("--redis", "env:REDIS_URL")
        self.assert_error(done, 12, "self-signed certificate", "Heroku")
        self.assert_error(self.take("--redis=env:REDIS_URL", "--redis-ca=/nowhere"), 2,
                          "authorities cannot be read")
        self.assertEqual(self.tls_of(self.take("--redis=env:REDIS_URL", "--json", "--redis-ca",
                                               self.old.path)), "verify")
        foreign = self.start("foreign", Certificate(self.folder / "foreign-cert", "DNS:other"))
        self.env["REDIS_URL"] = foreign.url()
        self.expect(self.take("--redis=env:REDIS_URL", "--redis-ca",
                              self.folder / "foreign-cert.pem"), 12)

    def test_trusts_the_first_key_and_stops_at_another_until_it_is_pinned_anew(self):
        self.configure('tls = "pin"')
        first = self.expect(self.take(), 0)
        self.assertIn(f"its key {self.old.pin} is trusted from now on", first.stderr)
        (kept,) = self.state.glob("server-*.json")
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)
        self.assertNotIn("trusted from now on", self.expect(self.take(), 0).stderr)

        self.server.change_key(self.new)
        before = self.server.logins()
        done = self.take()
        self.assert_error(done, 12, self.old.pin, "lifeboat doctor --repin sessions")
        self.assertIn(self.new.pin, done.stderr)
        # Whoever has the other key was not told the password: the one login is redis-cli's.
        self.assertEqual(self.server.logins() - before, 1)
        found = self.look()
        self.assertEqual(found["level"], "danger")
        self.assertIn(self.new.pin, found["what"])
        self.assertIn("lifeboat doctor --repin sessions", found["hint"])

        done = run("lifeboat", "doctor", "--repin", "sessions", "--json", env=self.env)
        document = json.loads(self.expect(done, 0).stdout)
        self.assertEqual((document["key"], document["before"]), (self.new.pin, self.old.pin))
        part = PAGE.read_text().partition("## `lifeboat doctor --repin --json`")[2]
        self.assertEqual(set(document), {"format"} | set(
            re.findall(r"^\| `\.(\w+)", part.partition("\n## ")[0], re.MULTILINE)))
        self.assertEqual(self.tls_of(self.take("--json")), "pin")

    def test_takes_any_of_several_pins(self):
        self.configure(f'tls = "pin"\ntls_pins = ["{self.old.pin}", "{self.new.pin}"]')
        self.env["https_proxy"] = self.env["all_proxy"] = "http://127.0.0.1:1"  # not for this
        self.assertEqual(self.tls_of(self.take("--json")), "pin")
        self.server.change_key(self.new)
        self.assertEqual(self.tls_of(self.take("--json")), "pin")
        self.server.change_key(Certificate(self.folder / "third"))
        self.assert_error(self.take(), 12, self.old.pin + " or " + self.new.pin,
                          "beside the old at .*lifeboat.toml:1")
        done = run("lifeboat", "doctor", "--repin", "sessions", env=self.env)
        self.assert_error(done, 2, "the keys of sessions stand at")
        self.assertFalse(self.state.exists() and list(self.state.glob("server-*")))

    def test_warns_of_a_server_that_nobody_checks_and_keeps_that(self):
        done = self.take("--redis=env:REDIS_URL", "--redis-tls=insecure", "--json")
        self.assertEqual(self.tls_of(done), "insecure")
        self.assertIn("nobody checks who the server is", done.stderr)
        shown = run("lifeboat", "vault", "show", "latest", "--json", env=self.reader)
        (source,) = json.loads(self.expect(shown, 0).stdout)["sources"]
        self.assertEqual(source["identity"]["tls"], "insecure")
        found = self.look("--redis=env:REDIS_URL", "--redis-tls=insecure")
        self.assertEqual(found["level"], "attention")
        self.env["REDIS_URL"] = self.server.url("redis", self.server.plain)
        self.assertEqual(self.tls_of(self.take("--redis=env:REDIS_URL", "--json")), "none")

    def test_tells_how_to_pin_anew_what_no_configuration_names(self):
        self.expect(self.take("--redis=env:REDIS_URL", "--redis-tls=pin"), 0)
        self.expect(self.take("--redis-tls=pin"), 0)  # REDIS_URL, by itself
        self.server.change_key(self.new)
        for words in (("--redis=env:REDIS_URL", "--redis-tls=pin"), ("--redis-tls=pin",)):
            said = self.take(*words).stderr
            command = re.search(r"lifeboat (doctor .*--repin redis);", said)[1]
            words = command.replace("REF", "env:REDIS_URL").split()
            self.expect(run("lifeboat", *words, env=self.env), 0)
            self.expect(self.take("--redis=env:REDIS_URL", "--redis-tls=pin"), 0)
            self.server.change_key(self.old if words[1] == "--redis" else self.new)

    def test_restores_over_tls(self):
        self.server.run("SET", "a", "b")
        pin = f"--redis-pin={self.old.pin}"
        self.expect(self.take("--redis=env:REDIS_URL", pin), 0)
        target = self.start("target", self.new)
        words = ("lifeboat", "restore", "latest", "--redis=env:NEW_REDIS_URL", "--compare")
        env = {**self.reader, "NEW_REDIS_URL": target.url()}
        self.expect(run(*words, pin, env=env), 12)
        self.assertEqual(target.run("DBSIZE"), "0")
        self.expect(run(*words, f"--redis-pin={self.new.pin}", env=env), 0)
        self.assertEqual(target.run("GET", "a"), "b")
        self.expect(run("lifeboat", "restore", "latest", "--redis-tls=pin", env=env), 2)

    def test_says_what_is_wrong_with_the_way_to_the_server(self):
        self.configure('tls = "insecure"')
        self.env["REDIS_URL"] = self.server.url(password="hunter3")
        self.assert_error(self.take(), 12, "log in: WRONGPASS")
        self.env["REDIS_URL"] = self.server.url(port=self.server.plain)
        self.assert_error(self.take(), 13, "TLS", "redis:// without")
        self.env["REDIS_URL"] = self.server.url("redis", self.server.port)
        self.assert_error(self.take(), 2, "the URL is not one with TLS", "rediss://")
        self.configure()
        done = self.take()
        self.assertIn(done.returncode, (3, 13), done.stderr)
        self.assertIn("rediss://", done.stderr)
        self.configure('tls = "pin"')
        self.env["REDIS_URL"] = self.server.url()
        self.env["LIFEBOAT_STATE"] = "none"
        self.assert_error(self.take(), 2, "there is no place to remember it", "tls_pins")
        for words in (("--redis-pin=/etc/passwd",), ("--redis-tls=verify",)):
            self.expect(self.take(*words), 2)

    def test_commits_nothing_of_a_connection_that_was_cut(self):
        subprocess.run(["redis-cli", "-s", self.server.socket, "--pipe"], check=True, text=True,
                       env={"REDISCLI_AUTH": PASSWORD}, capture_output=True,
                       input="".join(f"SET k{n} {random.randbytes(500).hex()}\r\n"
                                     for n in range(5000)))
        self.configure(f'tls_pins = ["{self.old.pin}"]')
        for after in (100, 2_000, 1_000_000):
            with cutting(self.server.port, after) as port:
                self.env["REDIS_URL"] = self.server.url(port=port)
                self.assert_error(self.take(), 13, "sessions: ")
        listed = run("lifeboat", "vault", "ls", "--json", env=self.reader)
        self.assertEqual(json.loads(self.expect(listed, 0).stdout)["snapshots"], [])

    def test_shows_the_doctor_what_a_snapshot_would_be(self):
        self.configure()
        found = self.look()
        self.assertEqual(found["level"], "danger")
        self.assertIn(f'tls_pins = ["{self.old.pin}"]', found["hint"])
        self.configure('tls = "pin"')
        found = self.look()
        self.assertEqual(found["level"], "attention")
        self.assertIn("not pinned yet", found["what"])
        self.assertFalse(self.state.exists() and list(self.state.glob("server-*")))
        self.configure(f'tls_pins = ["{self.old.pin}"]')
        found = self.look()
        self.assertEqual(found["level"], "ok", found)
        self.assertRegex(found["what"], r"^sessions: TLS of mode pin, key sha256//.*; redis 7\S*, "
                                        "SYNC allowed, noeviction; a snapshot is exact")
        self.server.run("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        self.assertIn('role = "cache"', self.look()["hint"])
        self.server.run("CONFIG", "SET", "maxmemory-policy", "noeviction")
        self.server.run("REPLICAOF", "127.0.0.1", "1")
        found = self.look()
        self.assertEqual((found["level"], found["hint"]),
                         ("attention", "capture the server that it follows"))
        self.server.run("REPLICAOF", "NO", "ONE")
        self.server.run("ACL", "SETUSER", "default", "-client", "-sync", "-replconf")
        found = self.look()
        self.assertEqual(found["level"], "attention")
        self.assertRegex(found["what"], "SYNC refused.*fuzzy, for CLIENT TRACKING is refused")
        self.server.stop()
        found = self.look()
        self.assertEqual((found["level"], found["what"][:10]), ("danger", "sessions: "))


class PostgresAndRedis(World):
    def test_are_taken_into_one_snapshot_each_with_its_own_moment(self):
        with postgres.Postgres() as database:
            self.env["DATABASE_URL"] = database.create_database(
                "shop", "CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2)")
            self.server.run("SET", "a", "b")
            done = self.take()  # DATABASE_URL and REDIS_URL: nobody vouches for the second
            self.expect(done, 3)
            self.assertRegex(done.stdout, r"FAILED +redis: the server's certificate")
            self.assertRegex(done.stdout, r"hint: servers with certificates that they signed")
            done = self.take("--json")
            (failure,) = json.loads(self.expect(done, 3).stdout)["failures"]
            self.assertIn('tls = "pin"', failure["hint"])

            words = ("--postgres=env:DATABASE_URL", "--redis=env:REDIS_URL",
                     f"--redis-pin={self.old.pin}")
            report = json.loads(self.expect(self.take("--json", *words), 0).stdout)
            self.assertEqual([(s["name"], s["kind"], s["tls"], s["guarantee"][:5], s["rows"])
                              for s in report["sources"]],
                             [("postgres", "postgres", None, "exact", 2),
                              ("redis", "redis", "pin", "exact", 1)])
            self.assertLess(report["sources"][0]["at"], report["sources"][1]["at"])
            text = self.expect(self.take(*words), 0).stdout
            self.assertRegex(text, r"(?s)postgres .* at \d\d:\d\d:\d\d\.\d{3}\n.*redis .*"
                                   r" at \d\d:\d\d:\d\d\.\d{3}\n")


if __name__ == "__main__":
    unittest.main(verbosity=1)
