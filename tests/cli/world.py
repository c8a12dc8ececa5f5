"""A Postgres with a small shop in it, a vault, and one snapshot: what most tests begin with."""

import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

import postgres
from transcript import command, remember, run, said

SHOP = """
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers, total numeric);
CREATE VIEW spent AS SELECT customer, sum(total) FROM orders GROUP BY customer;
INSERT INTO customers SELECT n, md5(n::text) FROM generate_series(1, 2000) n;
INSERT INTO orders SELECT n, 1 + n % 2000, n / 100.0 FROM generate_series(1, 8000) n;
"""


class World:
    def __init__(self):
        with contextlib.ExitStack() as stack:
            folder = tempfile.mkdtemp(prefix="lifeboat-test-")
            stack.callback(shutil.rmtree, folder)
            self.folder = pathlib.Path(folder)
            self.folder.chmod(0o755)  # the tests of file modes run tools as somebody else
            self.server = stack.enter_context(postgres.Postgres())
            self.shop = self.server.create_database("shop", SHOP)
            self.vault, self.keys = self.new_vault("vault")
            self.snapshot = self.take()
            self.end = stack.pop_all().close

    def new_vault(self, name):
        vault, keys = self.folder / name, self.folder / f"{name}-keys"
        done = run("lifeboat", "vault", "create", vault, "--keys", keys)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return vault, keys

    def env(self, role, vault=None, keys=None, **more):
        return {"LIFEBOAT_VAULT": str(vault or self.vault),
                f"LIFEBOAT_{role.upper()}_FILE": str((keys or self.keys) / f"{role}.key"), **more}

    def credentials(self):
        return [path.read_text().strip() for path in self.folder.glob("*-keys/*.key")]

    def take(self, url=None, vault=None, keys=None):
        """Takes a snapshot and returns its id."""
        done = self.snapshot_of(url or self.shop, "--json", vault=vault, keys=keys)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)["snapshot"]

    def snapshot_of(self, url, *words, vault=None, keys=None, **more):
        env = self.env("writer", vault, keys, SHOP_URL=url)
        return run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", *words, env=env, **more)

    def restore_into(self, url, *words, snapshot="latest", vault=None, **more):
        env = self.env("identity", vault, NEW_URL=url)
        return run("lifeboat", "restore", snapshot, "--postgres=env:NEW_URL", *words, env=env,
                   **more)

    def verify(self, *words, snapshot="latest", vault=None, **more):
        return run("lifeboat", "verify", snapshot, *words, env=self.env("identity", vault, **more))

    def vault_verb(self, *words, vault=None, role="identity", **more):
        return run("lifeboat", "vault", *words, env=self.env(role, vault, **more))

    def ids(self, vault=None):
        """Of the snapshots that the vault lists, newest first."""
        done = self.vault_verb("ls", "--json", vault=vault)
        return [snapshot["id"] for snapshot in json.loads(done.stdout)["snapshots"]]

    def copy_of_the_vault(self, to):
        return pathlib.Path(shutil.copytree(self.vault, to))

    @contextlib.contextmanager
    def held_open(self, database, statements):
        """A session in which `statements` have run and that keeps its transaction open."""
        words = [postgres.binaries() / "psql", "--no-psqlrc", "--quiet", "--tuples-only",
                 "--no-align", self.server.url(database)]
        psql = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            psql.stdin.write(statements + "\nSELECT 'held';\n")
            psql.stdin.flush()
            psql.stdout.readline()
            yield
        finally:
            psql.stdin.close()
            psql.wait(10)
            psql.stdout.close()

    def stopped(self, words, env, waits, number):
        """Starts a command, sends it a signal once the server answers `waits` with t."""
        process = subprocess.Popen(**command(words, env), cwd="/", stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        try:
            deadline = time.monotonic() + 30
            while self.server.sql(waits) != "t":
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("it never came so far: " + process.communicate()[1])
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
            process.wait()
        remember(words, out, err)
        return subprocess.CompletedProcess(words, process.returncode, out, err)


def secrets_said(secrets):
    """The commands that let one of these out, with what they said."""
    return [(words, text) for words, text in said if any(secret in text for secret in secrets)]
