"""Marks and sweeps: what goes, what is left whole, what is refused, and a copy that follows.

usage: sweep_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server, and tests/shifted_clock.so beside BIN_DIRECTORY.
"""

import json
import os
import pathlib
import shutil
import time
import unittest

from forget_test import DAY, SHIM, shifted
from transcript import Case, run
from world import World

AGES = (40, 30, 20, 10, 0)  # days
world = None
vault = None
keys = None
taken = []  # ids, oldest first; the second alone holds a table that was dropped again


def setUpModule():
    global world, vault, keys
    if not SHIM.exists():
        raise RuntimeError(f"{SHIM} is not built")
    world = World()
    vault, keys = world.new_vault("swept")
    for number, age in enumerate(AGES):
        if number == 1:
            world.server.sql("CREATE TABLE old AS SELECT n, md5(n::text) FROM "
                             "generate_series(1, 20000) n", "shop")
        done = run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", "--json",
                   env=world.env("writer", vault, keys, SHOP_URL=world.shop,
                                 **shifted(-age * DAY, -age * DAY)))
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        taken.append(json.loads(done.stdout)["snapshot"])
        if number == 1:
            world.server.sql("DROP TABLE old", "shop")


def tearDownModule():
    world.end()


def objects(of):
    """Name and bytes of every object."""
    return {str(path.relative_to(of)): path.read_bytes()
            for path in pathlib.Path(of).rglob("*") if path.is_file()}


def make_older(paths, days):
    then = time.time() - days * DAY
    for path in paths:
        os.utime(path, (then, then))


class Sweeping(Case):
    def setUp(self):
        super().setUp()
        self.vault = pathlib.Path(shutil.copytree(vault, self.folder / "vault"))

    def verb(self, *words, role="pruner", at=None, **more):
        return run("lifeboat", "vault", *words, env=world.env(role, at or self.vault, keys, **more))

    def done(self, *words, **more):
        done = self.verb(*words, **more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def document(self, *words, **more):
        return json.loads(self.done(*words, "--json", **more))

    def ids(self, **more):
        return [one["id"] for one in self.document("ls", role="viewer", **more)["snapshots"]]

    def mark(self):
        self.done("forget", "--confirm", taken[1])
        self.done("sweep", "--confirm")

    def age_the_mark(self, days=4):
        make_older(self.vault.glob("g1/mark/*"), days)

    def sweep(self):
        self.mark()
        self.age_the_mark()
        return self.done("sweep", "--confirm")


class Steps(Sweeping):
    def test_are_planned_marked_waited_for_and_swept(self):
        self.done("forget", "--confirm", taken[1])
        before = objects(self.vault)
        plan = self.done("sweep")
        self.assertEqual(objects(self.vault), before)
        self.assertIn(taken[1][:8], plan)
        self.assertRegex(plan, r"1 snapshot and \d+ objects of .* would be condemned \(mark g1/1\)\n")
        self.assertIn("to do it: lifeboat vault sweep --confirm\n", plan)
        self.assertLessEqual(max(map(len, plan.splitlines())), 80)

        marked = self.done("sweep", "--confirm")
        self.assertIn("are condemned (mark g1/1)", marked)
        self.assertRegex(marked, r"nothing is deleted before \d{4}-\d\d-\d\d \d\d:\d\d UTC")
        self.assertEqual({name: data for name, data in objects(self.vault).items()
                          if name != "g1/mark/0000000001"}, before)
        self.assertRegex(self.done("sweep", "--confirm"), r"mark g1/1 stands; it can be swept from")
        self.age_the_mark(days=2)
        self.assertEqual(self.document("sweep", "--confirm")["step"], "wait")

        self.age_the_mark()
        plan = self.document("sweep")
        self.assertEqual((plan["step"], plan["deleted"]), ("sweep", None))
        done = self.document("sweep", "--confirm")
        self.assertEqual(done["deleted"]["objects"], sum(plan["objects"].values()))
        self.assertEqual(done["deleted"]["stored_bytes"], plan["stored_bytes"])
        self.assertEqual([one["id"] for one in done["snapshots"]], [taken[1]])
        self.assertIn("nothing to sweep", self.done("sweep", "--confirm"))

    def test_leave_every_kept_snapshot_whole(self):
        before = sum(map(len, objects(self.vault).values()))
        self.sweep()
        self.assertLess(sum(map(len, objects(self.vault).values())), before)
        self.done("check", "--decrypt", role="identity")
        self.assertEqual(self.ids(), [taken[4], taken[3], taken[2], taken[0]])
        self.assert_error(self.verb("show", taken[1], role="viewer"), 10, "no snapshot")
        for number, snapshot in enumerate((taken[0], taken[4])):
            target = world.server.create_database(f"after_sweep_{number}")
            done = run("lifeboat", "restore", snapshot, "--postgres=env:NEW_URL",
                       env=world.env("identity", self.vault, keys, NEW_URL=target))
            self.assertEqual(done.returncode, 0, done.stderr)
        world.take(vault=self.vault, keys=keys)
        self.done("check", "--decrypt", role="identity")

    def test_spare_what_is_kept_again(self):
        self.mark()
        self.age_the_mark()
        self.done("keep", taken[1], "--reason", "the audit asks for it")
        swept = self.done("sweep", "--confirm")
        self.assertIn("spared: 1 snapshot and ", swept)
        self.assertIn(taken[1], self.ids())
        self.done("check", "--decrypt", role="identity")

    def test_go_on_where_a_sweep_broke_off(self):
        self.mark()
        self.age_the_mark()
        before = objects(self.vault)
        self.done("sweep", "--confirm")
        gone = set(before) - set(objects(self.vault))
        for name in list(gone)[::2]:
            path = self.vault / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(before[name])
        self.assertNotIn(taken[1], self.ids())
        check = self.document("check", role="identity")
        self.assertEqual(check["leftovers"], len(list(gone)[::2]))
        self.assertRegex(self.done("sweep", "--confirm"), r"(?s)a sweep broke off: .*deleted \d+ object")
        self.assertEqual(set(objects(self.vault)) & gone, set())


class Refusals(Sweeping):
    def test_of_a_clock_that_is_off(self):
        self.done("forget", "--confirm", taken[1])
        before = objects(self.vault)
        for shift in (-20 * 60, 20 * 60):
            self.assert_error(self.verb("sweep", "--confirm", **shifted(shift)), 15, " apart: here it is 20",
                              "set the wrong one")
        self.assertEqual(objects(self.vault), before)

    def test_of_everybody_but_the_pruner(self):
        for role in ("writer", "viewer", "operator", "identity"):
            with self.subTest(role=role):
                self.assert_error(self.verb("sweep", role=role), 12, "LIFEBOAT_PRUNER")

    def test_of_a_mark_that_somebody_put_in(self):
        (self.vault / "g1" / "mark").mkdir()
        (self.vault / "g1" / "mark" / "0000000001").write_text("condemned, says nobody")
        self.assert_error(self.verb("sweep", "--confirm"), 3, "g1/mark/0000000001 is no mark", "remove it")
        done = self.verb("check", role="identity")
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("g1/mark/0000000001", done.stdout)
        taken_now = world.take(vault=self.vault, keys=keys)  # builds upon nothing, and goes on
        self.assertIn(taken_now, self.ids())

    def test_of_a_vault_that_is_not_whole(self):
        next(self.vault.glob("g1/meta/*/*")).unlink()
        done = self.verb("sweep", "--confirm")
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)

    def test_of_a_sweep_record_that_is_hidden_or_forged(self):
        self.sweep()
        records = sorted(path for path in self.vault.glob("record/*/*") if path.is_file())
        sweep = next(path for path in records if bytes.fromhex(taken[1]) in path.read_bytes())
        stored = sweep.read_bytes()
        sweep.unlink()
        done = self.verb("ls", role="viewer")
        self.assertEqual(done.returncode, 14, done.stdout + done.stderr)
        self.assertIn("is missing", done.stdout)
        at = stored.index(bytes.fromhex(taken[1]))  # its tombstone, of another record
        sweep.write_bytes(stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1:])
        self.assertEqual(self.verb("ls", role="viewer").returncode, 14)


class Copies(Sweeping):
    def test_follow_their_original_a_grace_later(self):
        second = self.folder / "second"
        self.done("copy", self.vault, second, role="viewer")
        self.sweep()
        self.assertIn("nothing to delete", self.done("sweep", "--follow", self.vault, "--confirm",
                                                    at=second))
        self.done("copy", self.vault, second, role="viewer")
        self.assertNotIn(taken[1], self.ids(at=second))
        self.done("check", "--decrypt", role="identity", at=second)
        early = self.done("sweep", "--follow", self.vault, "--confirm", at=second)
        self.assertIn("the next sweep can be followed from", early)
        make_older(second.glob("record/*/*"), 4)
        plan = self.document("sweep", "--follow", self.vault, at=second)
        self.assertEqual((plan["step"], plan["deleted"]), ("follow", None))
        self.assertGreater(plan["objects"]["packs"], 0)
        self.done("sweep", "--follow", self.vault, "--confirm", at=second)
        self.assertEqual(objects(second), {name: data for name, data in objects(self.vault).items()
                                           if "/mark/" not in name})
        self.done("check", "--decrypt", role="identity", at=second)
        self.done("copy", self.vault, second, role="viewer")

    def test_made_after_a_sweep_are_whole(self):
        self.sweep()
        second = self.folder / "second"
        self.done("copy", self.vault, second, role="viewer")
        self.done("check", "--decrypt", role="identity", at=second)
        self.assertEqual(self.ids(at=second), self.ids())

    def test_of_another_vault_follow_nothing(self):
        other, _ = world.new_vault("another")
        done = self.verb("sweep", "--follow", other)
        self.assertEqual(done.returncode, 12, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
