"""Copies of a vault: made by hand, kept up to date by each snapshot, used when the first is lost.

usage: copy_test.py BIN_DIRECTORY [unittest arguments]
"""

import json
import pathlib
import shutil
import unittest

from transcript import Case, run
from world import World

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.end()


def objects(vault):
    """Name and bytes of every object."""
    return {str(path.relative_to(vault)): path.read_bytes()
            for path in pathlib.Path(vault).rglob("*")
            if path.is_file() and not path.name.startswith(".")}


class Copies(Case):
    def setUp(self):
        self.name = self.id().rpartition(".")[2]
        self.vault, self.keys = world.new_vault(self.name)
        self.second = world.folder / f"{self.name}-second"
        self.configuration = world.folder / f"{self.name}.toml"
        self.configuration.write_text(f'[vault]\ncopy = ["{self.second}"]\n'
                                      '[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n')

    def env(self, role, vault=None, **more):
        return world.env(role, vault or self.vault, self.keys,
                         LIFEBOAT_STATE=str(world.folder / f"{self.name}-state"), **more)

    def take(self, *words):
        return run("lifeboat", "snapshot", "--json", "--config", self.configuration, *words,
                   env=self.env("writer", SHOP_URL=world.shop))

    def copy(self, from_, to, *words):
        return run("lifeboat", "vault", "copy", from_, to, *words, env=self.env("viewer"))

    def copied(self, done):
        (copy,) = json.loads(done.stdout)["copies"]
        return copy

    def assert_code(self, done, code):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)

    def test_serve_when_the_first_vault_is_lost(self):
        self.assert_code(run("lifeboat", "snapshot", env=self.env("writer", DATABASE_URL=world.shop)), 0)
        done = self.copy(self.vault, self.second)
        self.assert_code(done, 0)
        self.assertRegex(done.stdout, r"copied 1 snapshot, \d+ objects \(.*\); 0 objects were there")
        self.assertEqual(objects(self.second), objects(self.vault))
        whole = objects(self.vault)
        shutil.rmtree(self.vault)

        target = world.server.create_database("from_the_copy")
        self.assert_code(run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL",
                             env=self.env("identity", self.second, NEW_URL=target)), 0)
        self.assertEqual(world.server.sql("SELECT count(*) FROM orders", "from_the_copy"), "8000")
        self.assert_code(run("lifeboat", "vault", "check", "--decrypt",
                             env=self.env("identity", self.second)), 0)
        self.assert_code(self.copy(self.second, self.vault), 0)
        self.assertEqual(objects(self.vault), whole)

    def test_follow_every_snapshot(self):
        first = self.take()
        self.assert_code(first, 3)  # there is none yet
        self.assertIn("make it once", run("lifeboat", "snapshot", "--config", self.configuration,
                                          env=self.env("writer", SHOP_URL=world.shop)).stdout)
        self.assertIn("holds no copy of this vault yet", self.copied(first)["failure"])
        self.assertIsNone(self.copied(first)["behind"])
        self.assert_code(self.copy(self.vault, self.second), 0)

        done = self.take()
        self.assert_code(done, 0)
        self.assertEqual((self.copied(done)["snapshots"], self.copied(done)["behind"],
                          self.copied(done)["failure"]), (1, 0, None))
        self.assertEqual(objects(self.second), objects(self.vault))
        text = run("lifeboat", "snapshot", "--config", self.configuration,
                   env=self.env("writer", SHOP_URL=world.shop))
        self.assert_code(text, 0)
        self.assertIn(f"copied to {self.second}: 1 snapshot, ", text.stdout)

    def test_catch_up_after_they_could_not_be_reached(self):
        self.assert_code(self.copy(self.vault, self.second), 0)
        away = self.second.rename(f"{self.second}-away")
        for _ in range(2):
            self.assert_code(self.take(), 3)  # but the snapshot is in the first vault
        away.rename(self.second)
        # Whoever has seen the newer ones is not given an older one in silence.
        self.assert_code(run("lifeboat", "vault", "ls", env=self.env("identity")), 0)
        behind = self.env("identity", self.second)
        self.assert_code(run("lifeboat", "vault", "ls", env=behind), 14)
        self.assert_code(run("lifeboat", "vault", "ls", env=behind | {"LIFEBOAT_STATE": "none"}), 0)
        done = self.take()
        self.assert_code(done, 0)
        self.assertEqual(self.copied(done)["snapshots"], 3)
        self.assertEqual(objects(self.second), objects(self.vault))

    def test_are_never_made_over_something_else(self):
        other, _ = world.new_vault(f"{self.name}-other")
        before = objects(other)
        self.assert_code(self.copy(self.vault, other), 15)
        self.assertEqual(objects(other), before)

    def test_say_that_one_of_the_two_was_rolled_back(self):
        self.assert_code(self.take(), 3)
        old = shutil.copytree(self.vault, f"{self.vault}-old")
        self.assert_code(self.take(), 3)
        self.assert_code(self.copy(self.vault, self.second), 0)
        done = run("lifeboat", "vault", "copy", old, self.second,
                   env=self.env("viewer") | {"LIFEBOAT_STATE": "none"})
        self.assert_code(done, 14)
        self.assertIn("which is not here", done.stderr)

    def test_may_lack_a_snapshot_for_as_long_as_max_behind_says(self):
        self.assert_code(self.copy(self.vault, self.second), 0)
        away = self.second.rename(f"{self.second}-away")
        self.assert_code(self.take(), 3)
        away.rename(self.second)
        (header,) = self.vault.glob("g1/session/*")
        whole = header.read_bytes()
        header.chmod(0o600)
        header.write_bytes(whole[:60] + bytes([whole[60] ^ 1]) + whole[61:])
        done = self.take()
        self.assert_code(done, 3)
        self.assertGreater(self.copied(done)["behind"], 0)
        self.assertTrue(self.copied(done)["late"])
        text = self.configuration.read_text()
        self.configuration.write_text(text.replace("[vault]\n", '[vault]\nmax_behind = "48h"\n'))
        done = self.take()
        self.assert_code(done, 0)
        self.assertGreater(self.copied(done)["behind"], 0)
        self.assertFalse(self.copied(done)["late"])

    def test_leave_out_what_is_damaged_and_name_it(self):
        self.assert_code(self.take(), 3)
        pack = max((path for path in self.vault.glob("g1/pack/*/*")), key=lambda path: path.stat().st_size)
        whole = pack.read_bytes()
        pack.chmod(0o600)
        pack.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
        done = self.copy(self.vault, self.second)
        self.assert_code(done, 3)
        self.assertIn("its bytes are not what its name says", done.stdout)
        pack.write_bytes(whole)
        self.assert_code(self.copy(self.vault, self.second), 0)
        self.assertEqual(objects(self.second), objects(self.vault))


if __name__ == "__main__":
    unittest.main(verbosity=1)
