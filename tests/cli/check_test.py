"""Checks on record: a later one reads what none has read for long.

usage: check_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server, and tests/shifted_clock.so beside BIN_DIRECTORY.
"""

import json
import os
import pathlib
import shutil
import time
import unittest

from transcript import BIN, Case, run
from world import World

SHIM = BIN.parent / "tests" / "shifted_clock.so"
DAY = 24 * 3600
world = None
first = None
keys = None


def setUpModule():
    global world, first, keys
    if not SHIM.exists():
        raise RuntimeError(f"{SHIM} is not built")
    world = World()
    first, keys = world.new_vault("checked")
    world.take(vault=first, keys=keys)


def tearDownModule():
    world.end()


class ChecksOnRecord(Case):
    def setUp(self):
        super().setUp()
        self.vault = pathlib.Path(shutil.copytree(first, self.folder / "vault"))
        self.wait()

    def wait(self):
        """What was stored at the moment a check began is read again; so get past that moment."""
        time.sleep(0.05)

    def check(self, *words, role="operator", vault=None, clock=0):
        shift = {"LD_PRELOAD": str(SHIM), "LIFEBOAT_TEST_CLOCK_SHIFT": str(clock),
                 "LIFEBOAT_TEST_FILE_SHIFT": str(clock)} if clock else {}
        return run("lifeboat", "vault", "check", *words,
                   env=world.env(role, vault or self.vault, keys, **shift))

    def document(self, *words, code=0, **more):
        done = self.check("--packs", *words, "--json", **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.wait()
        return json.loads(done.stdout)

    def packs(self, vault=None):
        return sorted((vault or self.vault).glob("g1/pack/*/*"))

    def all_of_them(self):
        return (len(self.packs()) + len(list(self.vault.glob("g1/meta/*/*"))) +
                len(list(self.vault.glob("g1/index/*"))))

    def test_leave_out_what_was_read_until_it_is_long_ago(self):
        round_ = ("--recheck-after=30d", "--record")
        done = self.document(*round_)
        self.assertTrue(done["recorded"])
        self.assertEqual((done["packs_recent"], done["packs_left"], done["packs_never_read"]),
                         (0, 0, 0))
        self.assertGreater(done["packs"], 0)
        for role in ("identity", "operator"):  # records of either count for both
            again = self.document(*round_, role=role)
            self.assertEqual((again["packs"], again["read_bytes"], again["recorded"]),
                             (0, 0, False))
            self.assertEqual(again["packs_recent"], self.all_of_them())
            self.assertEqual(again["oldest_read_at"], done["oldest_read_at"])
        deeper = self.document("--decrypt", *round_, role="identity")
        self.assertEqual(deeper["packs"], done["packs"])
        later = self.document(*round_, clock=31 * DAY)
        self.assertEqual((later["packs"], later["packs_recent"]), (done["packs"], 0))

    def test_read_what_came_since(self):
        before = self.document("--recheck-after=30d", "--record")
        world.take(vault=self.vault, keys=keys)
        self.wait()
        after = self.document("--recheck-after=30d", "--record")
        self.assertEqual(after["packs_recent"], before["packs"] + 1)  # and the index segment
        self.assertGreater(after["packs"], 0)

    def test_take_turns_by_parts_and_by_time(self):
        nothing = self.document("--recheck-after=30d", "--record", "--part=1/4000000000")
        self.assertEqual((nothing["packs"], nothing["recorded"]), (0, False))
        self.assertEqual(nothing["packs_never_read"], self.all_of_them())
        self.assertIsNone(nothing["oldest_read_at"])
        part = self.document("--recheck-after=30d", "--record", "--part=1/2")
        rest = self.document("--recheck-after=30d", "--record")
        self.assertEqual(rest["packs_recent"], self.all_of_them() - part["packs_left"])
        self.assertEqual(rest["packs_never_read"], 0)

    def test_read_a_damaged_pack_every_time(self):
        self.document("--recheck-after=30d", "--record")
        pack = self.packs()[0]
        times = os.stat(pack)
        pack.chmod(0o600)
        data = bytearray(pack.read_bytes())
        data[len(data) // 2] ^= 1
        pack.write_bytes(data)
        os.utime(pack, ns=(times.st_atime_ns, times.st_mtime_ns))
        hidden = self.document("--recheck-after=30d", "--record")
        self.assertEqual(hidden["verdict"], "clean")  # as the documentation says: until its turn
        for _ in range(2):
            told = self.document("--recheck-after=30d", "--record", code=3, clock=31 * DAY)
            self.assertEqual(len(told["problems"]), 1)
            self.assertEqual(told["packs_never_read"], 1)

    def test_say_nothing_of_another_place_or_of_a_copy_of_it(self):
        self.document("--recheck-after=30d", "--record")
        moved = pathlib.Path(shutil.copytree(self.vault, self.folder / "moved"))
        done = self.document("--recheck-after=30d", vault=moved)
        self.assertEqual(done["packs_recent"], 0)
        relative = os.path.relpath(self.vault)
        self.assertEqual(self.document("--recheck-after=30d", vault=relative)["packs"], 0)

    def test_are_refused_without_packs_without_the_right_and_with_a_wrong_clock(self):
        for word in ("--record", "--recheck-after=30d"):
            done = self.check(word)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("add --packs or --decrypt", done.stderr)
        done = self.check("--packs", "--record", role="viewer")
        self.assertEqual(done.returncode, 12, done.stderr)
        done = run("lifeboat", "vault", "check", "--packs", "--record",
                   env=world.env("operator", self.vault, keys, LD_PRELOAD=str(SHIM),
                                 LIFEBOAT_TEST_CLOCK_SHIFT="1200", LIFEBOAT_TEST_FILE_SHIFT="0"))
        self.assertEqual(done.returncode, 15, done.stderr)

    def test_that_cannot_be_recorded_tell_what_they_found(self):
        # Where the chains' folder belongs there is a link to nowhere: nobody can put a record there.
        self.assertFalse((self.vault / "record").exists())
        (self.vault / "record").symlink_to(self.folder / "nowhere")
        done = self.check("--packs", "--record", "--json")
        self.assertNotIn(done.returncode, (0, 3), done.stderr)
        self.assertIn("not on record", done.stderr)
        self.assertGreater(json.loads(done.stdout)["packs"], 0)
        self.assertFalse(json.loads(done.stdout)["recorded"])

    def test_read_as_text(self):
        done = self.check("--packs", "--recheck-after=30d", "--record")
        self.assertIn("everything read since ", done.stdout)
        self.assertIn("put on record\n", done.stdout)
        done = self.check("--packs", "--recheck-after=30d", "--part=1/2", clock=40 * DAY)
        self.assertIn("of other parts or for lack of time", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=1)
