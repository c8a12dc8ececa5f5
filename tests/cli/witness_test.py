"""A vault that was rolled back, and each of the witnesses against it alone.

usage: witness_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server.
"""

import json
import pathlib
import shutil
import time
import unittest

from transcript import run
from world import World

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.end()


class RolledBack(unittest.TestCase):
    """Two snapshots, then the directory as it was after the first one."""

    def setUp(self):
        self.name = self._testMethodName
        self.vault, self.keys = world.new_vault(self.name)
        self.state = world.folder / f"{self.name}-state"
        self.old = self.take()
        shutil.copytree(self.vault, self.copy)
        time_of_old = time.time()
        while time.time() < time_of_old + 2:  # --max-age counts in seconds
            time.sleep(0.05)
        self.new = self.take()

    @property
    def copy(self):
        return pathlib.Path(f"{self.vault}-copy")

    def roll_back(self):
        shutil.rmtree(self.vault)
        self.copy.rename(self.vault)

    def env(self, role="identity", state="none"):
        return world.env(role, self.vault, self.keys, LIFEBOAT_STATE=str(state))

    def take(self, state="none"):
        done = run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", "--json",
                   env={**self.env("writer", state), "SHOP_URL": world.shop})
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def look(self, *words, state="none"):
        return run("lifeboat", "vault", "ls", *words, env=self.env(state=state))

    @staticmethod
    def word(taken):
        head = taken["heads"][0]
        return f"{head['type']}/{head['author'][:8]}:{head['seq']}:{head['id'][:16]}"

    def test_nobody_can_tell_without_a_witness(self):
        self.roll_back()
        done = self.look()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("freshness not provable", done.stdout)
        self.assertIn(self.word(self.old), done.stdout)
        self.assertEqual(json.loads(self.look("--json").stdout)["freshness"], "not_provable")

    def test_the_expected_head_tells(self):
        self.assertEqual(self.look("--expect-head", self.word(self.new)).returncode, 0)
        self.roll_back()
        self.assertEqual(self.look("--expect-head", self.word(self.old)).returncode, 0)
        done = self.look("--expect-head", self.word(self.new))
        self.assertEqual(done.returncode, 14, done.stdout + done.stderr)
        self.assertIn("record 2 was seen", done.stderr)
        self.assertEqual(self.look("--expect-head", "nonsense").returncode, 2)

    def test_the_age_of_the_newest_snapshot_tells(self):
        self.assertEqual(self.look("--max-age", "1h").returncode, 0)
        self.roll_back()
        self.assertEqual(self.look("--max-age", "1h").returncode, 0)
        done = self.look("--max-age", "1s")
        self.assertEqual(done.returncode, 14, done.stdout + done.stderr)
        self.assertIn("older than allowed", done.stderr)

    def test_this_machines_memory_tells(self):
        self.assertEqual(self.look(state=self.state).returncode, 0)
        [file] = self.state.iterdir()
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(json.loads(self.look("--json", state=self.state).stdout)["freshness"],
                         "witnessed")
        self.roll_back()
        for words in (["ls"], ["check"], ["show", "latest"]):
            done = run("lifeboat", "vault", *words, env=self.env(state=self.state))
            self.assertEqual(done.returncode, 14, done.stdout + done.stderr)
            self.assertIn(str(file), done.stderr)  # how to accept a vault put back on purpose
        file.unlink()
        self.assertEqual(self.look(state=self.state).returncode, 0)

    def test_what_a_snapshot_wrote_is_remembered_by_the_machine_that_took_it(self):
        self.take(state=self.state)
        self.roll_back()
        done = run("lifeboat", "snapshot", "--postgres=env:SHOP_URL",
                   env={**self.env("writer", self.state), "SHOP_URL": world.shop})
        self.assertEqual(done.returncode, 14, done.stdout + done.stderr)

    def test_a_record_that_saw_more_tells(self):
        scratch = world.server.create_database(f"scratch_{self.name}")
        done = run("lifeboat", "verify", "latest", "--scratch=env:SCRATCH_URL", "--adopt-scratch",
                   env={**self.env(), "SCRATCH_URL": scratch})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("head record/", done.stderr)
        # Only the chain of snapshots is put back; the proof has seen the second one.
        shutil.rmtree(self.vault / "snapshot")
        shutil.copytree(self.copy / "snapshot", self.vault / "snapshot")
        done = self.look()
        self.assertEqual(done.returncode, 14, done.stdout + done.stderr)
        self.assertIn("record 2 was seen, but the store shows none after 1", " ".join(
            done.stdout.split()))

    def test_a_damaged_memory_is_told_and_stops_nobody(self):
        self.look(state=self.state)
        [file] = self.state.iterdir()
        file.write_text("{ nonsense")
        done = self.look(state=self.state)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("cannot be read", done.stderr)
        self.assertEqual(json.loads(self.look("--json", state=self.state).stdout)["freshness"],
                         "witnessed")

    def test_a_place_that_cannot_be_written_stops_nobody(self):
        self.state.write_text("a file where a folder should be")
        done = self.look(state=self.state)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
