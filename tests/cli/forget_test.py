"""Keeping and forgetting: what goes, what nothing takes, and what is refused.

usage: forget_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server, and tests/shifted_clock.so beside BIN_DIRECTORY.
"""

import json
import pathlib
import shutil
import unittest

from transcript import BIN, Case, run
from world import World

SHIM = BIN.parent / "tests" / "shifted_clock.so"
DAY = 24 * 3600
AGES = (40, 30, 20, 10, 0)  # days
world = None
vault = None
keys = None
taken = []  # ids, oldest first; the first one is proven


def shifted(clock=0, files=0):
    """Environment of a machine whose clock, and whose store's clock, is that many seconds ahead."""
    return {"LD_PRELOAD": str(SHIM), "ASAN_OPTIONS": "verify_asan_link_order=0",
            "LIFEBOAT_TEST_CLOCK_SHIFT": str(clock), "LIFEBOAT_TEST_FILE_SHIFT": str(files)}


def setUpModule():
    global world, vault, keys
    if not SHIM.exists():
        raise RuntimeError(f"{SHIM} is not built")
    world = World()
    vault, keys = world.new_vault("aged")
    for age in AGES:
        done = run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", "--json",
                   env=world.env("writer", vault, keys, SHOP_URL=world.shop,
                                 **shifted(-age * DAY, -age * DAY)))
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        taken.append(json.loads(done.stdout)["snapshot"])
    scratch = world.server.create_database("forget_scratch")
    done = run("lifeboat", "verify", taken[0], "--scratch=env:SCRATCH_URL", "--adopt-scratch",
               env=world.env("identity", vault, keys, SCRATCH_URL=scratch))
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


def tearDownModule():
    world.end()


class Forgetting(Case):
    def setUp(self):
        super().setUp()
        self.vault = pathlib.Path(shutil.copytree(vault, self.folder / "vault"))

    def verb(self, *words, role="pruner", keep=None, **more):
        if keep is not None:
            words += ("--config", self.config("[keep]\n" + keep))
        return run("lifeboat", "vault", *words, env=world.env(role, self.vault, keys, **more))

    def document(self, *words, **more):
        done = self.verb(*words, "--json", **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def ids(self, *words):
        return [one["id"] for one in self.document("ls", *words, role="viewer")["snapshots"]]

    def records(self):
        return sorted(path for path in self.vault.glob("record/*/*") if path.is_file())

    def assert_refused(self, done, message, hint):
        self.assert_error(done, 15, message, hint)
        self.assertEqual(set(self.ids()), set(taken))


class Policies(Forgetting):
    def test_say_of_each_snapshot_what_becomes_of_it_and_change_nothing(self):
        before = self.records()
        done = self.verb("forget", keep="last = 1\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = done.stdout
        self.assertIn("keep   1 last\n", text)
        self.assertIn("floor  the newest 3 of each source", text)
        self.assertRegex(text, rf"{taken[0][:8]} .* last proven\n")
        self.assertRegex(text, rf"{taken[1][:8]} .* FORGET no rule keeps it\n")
        self.assertRegex(text, rf"{taken[2][:8]} .* floor\n")
        self.assertRegex(text, rf"{taken[4][:8]} .* last, newest, floor\n")
        self.assertIn("would forget 1 snapshot of 5", text)
        self.assertIn("nothing was changed; the same command with --confirm forgets them", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertEqual(self.records(), before)

    def test_are_executed_as_they_were_planned(self):
        plan = self.document("forget", keep='within = "15d"\n')
        self.assertEqual([one["id"] for one in plan["snapshots"] if one["forget"]], [taken[1]])
        self.assertEqual((plan["confirmed"], plan["record"], plan["forgotten"]), (False, None, 1))
        done = self.document("forget", "--confirm", keep='within = "15d"\n')
        self.assertEqual([one["forget"] for one in done["snapshots"]],
                         [one["forget"] for one in plan["snapshots"]])
        self.assertTrue(done["confirmed"])
        self.assertEqual(self.ids(), [taken[4], taken[3], taken[2], taken[0]])
        again = self.verb("forget", "--confirm", keep='within = "15d"\n')
        self.assertIn("nothing to forget: all 4 snapshots stay", again.stdout)

    def test_forget_nothing_that_they_keep(self):
        plan = self.document("forget", keep="daily = 9\n")
        self.assertEqual(plan["forgotten"], 0)
        self.assertEqual(plan["sweep_from"], None)

    def test_without_a_rule_are_a_usage_error(self):
        for keep in ("", None):
            with self.subTest(keep=keep):
                self.assert_error(self.verb("forget", "--confirm", keep=keep), 2,
                                  "nothing says what to keep", r"\[keep\]")

    def test_need_a_clock_that_is_right(self):
        for shift in (-20 * 60, 20 * 60, 30 * DAY):
            done = self.verb("forget", "--confirm", keep="last = 1\n", **shifted(shift))
            self.assert_refused(done, " apart: here it is 20", "set the wrong one")
            times = [word for word in done.stderr.split() if word.rstrip(",").endswith("Z")]
            self.assertEqual(len(times), 2, done.stderr)
        done = self.verb("forget", "--confirm", keep="last = 1\n", **shifted(9 * 60))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_leave_no_probe_behind(self):
        self.verb("forget", keep="last = 1\n")
        self.assertEqual(list(self.vault.glob("probe/*")), [])

    def test_need_a_pruner(self):
        for role in ("writer", "viewer", "operator", "identity"):
            with self.subTest(role=role):
                self.assert_error(self.verb("forget", keep="last = 1\n", role=role), 12,
                                  "LIFEBOAT_PRUNER")

    def test_stop_at_a_vault_that_is_not_whole(self):
        [attestation] = self.vault.glob("record/*/*")
        whole = attestation.read_bytes()
        attestation.chmod(0o600)
        attestation.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        self.assert_error(self.verb("forget", "--confirm", keep="last = 1\n"), 3,
                          "nothing is forgotten while the vault is not whole", "vault check")
        attestation.write_bytes(whole)
        next(path for path in self.vault.glob("snapshot/*/*")).unlink()
        self.assert_error(self.verb("forget", "--confirm", keep="last = 1\n"), 14, "not whole")


class ByHand(Forgetting):
    def test_forgets_what_is_named(self):
        plan = self.document("forget", taken[1][:8])
        self.assertEqual([one["rule"] for one in plan["snapshots"] if one["forget"]], ["hand"])
        self.assertEqual(self.ids(), taken[::-1])
        done = self.verb("forget", taken[1], "--confirm")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("forgot 1 snapshot of 5", done.stdout)
        self.assertIn("no sweep deletes anything of it before", done.stdout)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)
        twice = self.verb("forget", taken[1], "--confirm")
        self.assertEqual(twice.returncode, 0, twice.stderr)
        self.assertIn("nothing to forget", twice.stdout)
        self.assertIn("is forgotten since", twice.stderr)

    def test_refuses_what_a_guard_protects(self):
        self.assert_refused(self.verb("forget", "--confirm", taken[0]), "last proven", "prove a newer")
        self.assert_refused(self.verb("forget", "--confirm", taken[2]), "the vault's floor keeps: 3",
                            "newer snapshots")
        self.assert_refused(self.verb("forget", "--confirm", taken[4]),
                            "newest of its writer's chain", "take a newer")
        self.assert_refused(self.verb("forget", "--confirm", taken[1], taken[3]), "floor", "floor")

    def test_refuses_everything(self):
        self.assert_refused(self.verb("forget", "--confirm", *taken), taken[0][:8], "")

    def test_refuses_what_is_pinned_until_it_is_released(self):
        self.document("keep", taken[1], "--reason", "for the auditor")
        self.assert_refused(self.verb("forget", "--confirm", taken[1]),
                            "is pinned: for the auditor", "--release")
        self.document("keep", taken[1], "--release", role="operator")
        self.assertEqual(self.document("forget", "--confirm", taken[1])["forgotten"], 1)

    def test_of_an_unknown_snapshot_is_not_found(self):
        self.assert_error(self.verb("forget", "--confirm", "00112233"), 10, "no snapshot 00112233")
        self.assert_error(self.verb("forget", "--confirm", "x"), 2, "does not name a snapshot")


class Forgotten(Forgetting):
    def setUp(self):
        super().setUp()
        self.id = taken[1]
        self.document("forget", "--confirm", self.id)

    def test_is_not_listed_but_told(self):
        done = self.verb("ls", role="viewer")
        self.assertNotIn(self.id[:8], done.stdout)
        self.assertRegex(done.stdout, r"forgotten: 1 snapshot, not listed \(--all\); no sweep "
                                      r"before \d{4}-\d\d-\d\d \d\d:\d\d UTC")
        done = self.verb("ls", "--all", role="viewer")
        self.assertRegex(done.stdout, rf"{self.id[:8]} .* forgotten\n")
        document = self.document("ls", "--all", role="viewer")
        self.assertEqual(document["forgotten"], 1)
        self.assertEqual([one["id"] for one in document["snapshots"] if one["forgotten_at"]],
                         [self.id])

    def test_restores_by_its_id_with_a_warning(self):
        target = world.server.create_database("forgotten_back")
        done = run("lifeboat", "restore", self.id[:8], "--postgres=env:NEW_URL",
                   env=world.env("identity", self.vault, keys, NEW_URL=target))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(world.server.sql("SELECT count(*) FROM orders", "forgotten_back"), "8000")
        self.assertIn(f"snapshot {self.id[:8]} is forgotten since", done.stderr)
        self.assertIn("forgotten", self.verb("show", self.id, role="viewer").stdout)

    def test_is_taken_back_by_keeping_it(self):
        done = self.verb("keep", self.id, "--reason", "it is needed", role="identity")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("it was forgotten; that is taken back", done.stdout)
        self.assertEqual(self.ids(), taken[::-1])
        self.document("keep", self.id, "--release")
        self.assertEqual(self.ids(), taken[::-1])

    def test_leaves_a_vault_that_is_clean(self):
        done = self.verb("check", role="viewer")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Keeping(Forgetting):
    def test_is_shown_with_its_reason(self):
        done = self.verb("keep", taken[1], "--reason", "before the migration", role="operator")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"kept {taken[1][:8]}: before the migration", done.stdout)
        self.assertIn(f"pinned: {taken[1][:8]}: before the migration",
                      self.verb("ls", role="viewer").stdout)
        self.assertIn("pinned     before the migration",
                      self.verb("show", taken[1], role="viewer").stdout)
        plan = self.document("forget", keep="last = 1\n")
        self.assertEqual(plan["forgotten"], 0)
        self.assertEqual([one["kept_by"] for one in plan["snapshots"] if one["pinned"]], [["pinned"]])

    def test_needs_a_reason_or_a_release(self):
        for words in ([], ["--reason", " "], ["--reason", "x", "--release"]):
            with self.subTest(words=words):
                self.assertEqual(self.verb("keep", taken[1], *words).returncode, 2)

    def test_of_what_is_not_there_is_not_found(self):
        self.assert_error(self.verb("keep", "00112233", "--reason", "x"), 10, "no snapshot")
        self.assert_error(self.verb("keep", taken[1], "--release"), 10, "is not pinned")

    def test_is_denied_to_those_who_may_not(self):
        for role in ("writer", "viewer"):
            with self.subTest(role=role):
                self.assert_error(self.verb("keep", taken[1], "--reason", "x", role=role), 12,
                                  "no credential")


if __name__ == "__main__":
    unittest.main(verbosity=1)
