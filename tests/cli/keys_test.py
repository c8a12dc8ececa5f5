"""Keys that are added, stolen, revoked and rotated: a vault goes on with the keys that are left.

usage: keys_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server, which runs for these tests alone.
"""

import json
import subprocess
import sys
import unittest

import postgres
from transcript import CANARY, HERE, Case, run, said
from world import World, secrets_said

READER = HERE.parent / "vectors" / "reader.py"
world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    try:
        leaks = secrets_said([postgres.PASSWORD, CANARY, *world.credentials()])
        if not said or leaks:
            raise AssertionError(f"of {len(said)} commands, these told a secret: {leaks}")
    finally:
        world.end()


class Keys(Case):
    def setUp(self):
        super().setUp()
        name = self.id().split(".")[-1]
        self.vault, self.keys = world.new_vault(name)

    def credentials(self, *roles):
        env = {"LIFEBOAT_VAULT": str(self.vault)}
        for role in roles:
            env[f"LIFEBOAT_{role.upper()}_FILE"] = str(self.keys / f"{role}.key")
        return env

    def verb(self, *words, roles=("admin", "identity")):
        return run("lifeboat", "vault", *words, env=self.credentials(*roles))

    def json_of(self, *words, roles=("identity",)):
        done = self.verb(*words, "--json", roles=roles)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def take(self, key="writer"):
        env = {"LIFEBOAT_VAULT": str(self.vault), "SHOP_URL": world.shop,
               "LIFEBOAT_WRITER_FILE": str(self.keys / f"{key}.key")}
        return run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", "--json", env=env)

    def taken(self, key="writer"):
        done = self.take(key)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["snapshot"]

    def listed(self):
        return [snapshot["id"] for snapshot in self.json_of("ls")["snapshots"]]

    def read_independently(self, key, snapshot):
        """What tests/vectors/reader.py makes of a snapshot: {file: bytes}."""
        out = self.folder / key
        done = subprocess.run([sys.executable, READER, self.vault, self.keys / f"{key}.key",
                               snapshot, out], text=True, capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        files = {path.relative_to(out): path.read_bytes() for path in out.rglob("*.copy")}
        self.assertEqual(len(files), 2)
        return files

    def test_a_stolen_writer_is_cut_off_and_nobody_else_is_deployed_again(self):
        honest = self.taken()
        stolen = [self.taken(), self.taken()]

        done = self.verb("keys", "revoke", "writer", "--after", honest[:8], roles=("admin",))
        self.assertEqual(done.returncode, 0, done.stderr)
        for snapshot in stolen:
            self.assertIn(f"void: snapshot {snapshot[:8]} of ", done.stdout)
        self.assertEqual(self.verb("rotate", roles=("admin",)).returncode, 0)

        late = self.take()
        self.assertEqual(late.returncode, 12)
        self.assertIn("was revoked", late.stderr)

        added = self.verb("keys", "add", "writer", "--name", "web-2", "--keys", str(self.keys))
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertEqual((self.keys / "web-2.key").stat().st_mode & 0o777, 0o600)
        fresh = self.taken("web-2")

        self.assertEqual(self.listed(), [fresh, honest])
        for role in ("identity", "viewer", "pruner", "operator"):
            self.assertEqual(len(self.json_of("ls", roles=(role,))["snapshots"]), 2)
        for words in (("ls",), ("check", "--decrypt")):
            void = self.json_of(*words)["void"]
            self.assertEqual([(item["name"], item["role"], item["records"]) for item in void],
                             [("writer", "writer", 2)])
        self.assertIn("void: 2 records of revoked writer writer", self.verb("check").stdout)
        for snapshot in (honest, fresh):
            env = self.credentials("identity")
            done = run("lifeboat", "verify", snapshot, "--scratch=local", env=env)
            self.assertEqual(done.returncode, 0, done.stderr)
        gone = run("lifeboat", "vault", "show", stolen[0], env=self.credentials("identity"))
        self.assertEqual(gone.returncode, 10)

    def test_the_list_of_keys_names_role_key_sources_and_cut_off(self):
        self.verb("keys", "add", "writer", "--name", "only-shop", "--source", "shop-db",
                  "--keys", str(self.keys))
        self.verb("keys", "revoke", "viewer", roles=("admin",))
        keys = {key["name"]: key for key in self.json_of("keys", "ls")["keys"]}
        self.assertEqual(keys["only-shop"]["sources"], ["shop-db"])
        self.assertEqual((keys["viewer"]["void_after"], keys["writer"]["void_after"]), (0, None))
        self.assertEqual(len(keys), 7)
        denied = self.verb("ls", roles=("viewer",))
        self.assertEqual(denied.returncode, 12)

    def test_a_later_identity_proves_an_older_snapshot_once_it_is_sealed_again(self):
        old = self.taken()
        added = self.verb("keys", "add", "identity", "--name", "office", "--keys", str(self.keys))
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertIn("lifeboat vault keys rewrap", added.stderr)
        office = {"LIFEBOAT_VAULT": str(self.vault),
                  "LIFEBOAT_IDENTITY_FILE": str(self.keys / "office.key")}
        verify = ("lifeboat", "verify", old, "--scratch=local")
        self.assertEqual(run(*verify, env=office).returncode, 12)
        closed = run("lifeboat", "vault", "keys", "rewrap", env=office)
        self.assertEqual(closed.returncode, 12, closed.stderr)
        self.assertIn("1 session not opened", closed.stdout)
        check = run("lifeboat", "vault", "check", "--decrypt", env=office)
        self.assertEqual(check.returncode, 12, check.stderr)
        self.assertIn("is not sealed to this credential", " ".join(check.stdout.split()))

        done = self.verb("keys", "rewrap", roles=("identity",))
        self.assertEqual((done.returncode, done.stdout),
                         (0, "1 session, 1 sealed again\n  for identity, office\n"), done.stderr)
        self.assertEqual(run(*verify, env=office).returncode, 0)
        self.assertEqual(self.read_independently("office", old),
                         self.read_independently("identity", old))
        again = self.json_of("keys", "rewrap")
        self.assertEqual((again["sessions"], again["sealed_again"]), (1, 0))
        check = run("lifeboat", "vault", "check", "--decrypt", "--json", env=office)
        self.assertEqual(json.loads(check.stdout)["not_checked"], [])

        next(self.vault.glob("g1/session/*.1")).write_bytes(b"no header")
        self.assertEqual(self.verb("check", roles=("identity",)).returncode, 3)
        self.assertEqual(run(*verify, env=office).returncode, 3)
        mended = self.verb("keys", "rewrap", roles=("identity",))
        self.assertEqual(mended.returncode, 3, mended.stderr)
        self.assertIn("1 sealed again", mended.stdout)
        self.assertEqual(run(*verify, env=office).returncode, 0)

    def test_what_would_end_the_vault_is_refused(self):
        for key in ("admin", "identity"):
            done = self.verb("keys", "revoke", key, roles=("admin",))
            self.assertEqual(done.returncode, 15, done.stderr)
        self.assertEqual(self.json_of("keys", "ls")["trust"], 1)

    def test_wrong_words_and_missing_keys_are_told_apart(self):
        for words, roles, code in (
                (("keys", "add", "boss"), ("admin", "identity"), 2),
                (("keys", "add", "writer", "--name", "../x"), ("admin", "identity"), 2),
                (("keys", "add", "viewer", "--name", "viewer"), ("admin", "identity"), 15),
                (("keys", "add", "viewer"), ("identity",), 12),
                (("keys", "add", "viewer"), ("admin",), 12),
                (("keys", "revoke", "nobody"), ("admin",), 10),
                (("keys", "rewrap"), ("admin",), 12),
                (("rotate",), ("identity",), 12)):
            with self.subTest(words=words, roles=roles):
                done = self.verb(*words, roles=roles)
                self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(self.json_of("keys", "ls")["trust"], 1)

    def test_a_credential_of_another_vault_is_denied(self):
        other, _ = world.new_vault("other")
        done = run("lifeboat", "vault", "rotate",
                   env={**self.credentials("admin"), "LIFEBOAT_VAULT": str(other)})
        self.assertEqual(done.returncode, 12)
        self.assertIn("another vault", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
