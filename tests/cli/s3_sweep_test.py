"""Forgetting, marks and sweeps in a bucket of a real S3 store, by the real executables: days pass
by the store's own clock.

usage: s3_sweep_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server, Ceph's gateway, and tests/shifted_clock.so beside BIN_DIRECTORY.
"""

import contextlib
import hashlib
import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "harness"))
from forget_test import DAY, SHIM, shifted  # noqa: E402
from killed_beside import killed_beside  # noqa: E402
from s3_proxy import S3Proxy  # noqa: E402
from s3_server import BUCKET, GUEST, OWNER, S3Server  # noqa: E402
from transcript import Case, run, said  # noqa: E402
from world import World, secrets_said  # noqa: E402

AGES = (40, 30, 20, 10, 0)  # days
SECOND = "second"  # another bucket
world = server = None


def setUpModule():
    global world, server, close
    if not SHIM.exists():
        raise RuntimeError(f"{SHIM} is not built")
    with contextlib.ExitStack() as stack:
        world = World()
        stack.callback(world.end)
        server = stack.enter_context(S3Server())
        server.request("PUT", f"/{SECOND}")
        close = stack.pop_all().close


def tearDownModule():
    try:
        leaks = secrets_said([OWNER["secret_key"], GUEST["secret_key"], *world.credentials()])
        if not said or leaks:
            raise AssertionError(f"of {len(said)} commands, these told a secret: {leaks}")
    finally:
        close()


class Sweeping(Case):
    """A vault of five snapshots, 40 days old to new. The second alone holds a table."""

    def setUp(self):
        super().setUp()
        self.prefix = re.sub(r"[^a-z0-9]+", "-", self.id().rpartition(".")[2].lower())
        self.url = server.url(self.prefix)
        self.keys = world.folder / f"{self.prefix}-keys"
        self.go_to(-AGES[0])
        done = run("lifeboat", "vault", "create", self.url, "--keys", self.keys, env=self.env())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.taken = []
        for number, age in enumerate(AGES):
            self.go_to(-age)
            if number == 1:
                world.server.sql("CREATE TABLE old AS SELECT n, md5(n::text) FROM "
                                 "generate_series(1, 20000) n", "shop")
            self.taken.append(self.take())
            if number == 1:
                world.server.sql("DROP TABLE old", "shop")

    def go_to(self, day):
        """Of the store and of this machine; 0 is today."""
        self.day = day
        server.set_clock(SHIM, day * DAY)

    def env(self, role=None, at=None, **more):
        named = world.env(role, at or self.url, self.keys) if role else {}
        return {**named, **server.env(), **shifted(self.day * DAY), **more}

    def verb(self, *words, role="pruner", **more):
        return run("lifeboat", "vault", *words, env=self.env(role, **more))

    def done(self, *words, **more):
        done = self.verb(*words, **more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def document(self, *words, **more):
        return json.loads(self.done(*words, "--json", **more))

    def take(self, **more):
        done = run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", "--json",
                   env=self.env("writer", SHOP_URL=world.shop, **more))
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["snapshot"]

    def ids(self, **more):
        return [one["id"] for one in self.document("ls", role="viewer", **more)["snapshots"]]

    def objects(self, bucket=BUCKET):
        """{name: (size, SHA-256)} of what lies below the prefix; of probes (0, "")."""
        _, body = server.request("GET", f"/{bucket}/", f"list-type=2&prefix={self.prefix}%2F")
        self.assertNotIn(b"<IsTruncated>true", body)
        found = {}
        for name in re.findall(r"<Key>([^<]*)</Key>", body.decode()):
            short = name.partition("/")[2]
            if short.startswith("probe/"):
                found[short] = (0, "")
                continue
            status, stored = server.request("GET", f"/{bucket}/{name}")
            self.assertEqual(status, 200, name)
            found[short] = (len(stored), hashlib.sha256(stored).hexdigest())
        return found

    def forget_and_mark(self):
        self.done("forget", "--confirm", self.taken[1])
        self.done("sweep", "--confirm")

    def assert_whole(self, **more):
        self.done("check", "--decrypt", role="identity", **more)

    def assert_restores(self, snapshot, database, **more):
        target = world.server.create_database(database)
        done = run("lifeboat", "restore", snapshot, "--postgres=env:NEW_URL",
                   env=self.env("identity", NEW_URL=target, **more))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(world.server.sql("SELECT count(*), sum(total)::int FROM orders", database),
                         "8000|320040")


class Bucket(Sweeping):
    def test_is_forgotten_in_marked_and_swept_as_planned_and_its_copy_follows(self):
        copy = server.url(self.prefix).replace(BUCKET, SECOND, 1)
        self.done("copy", self.url, copy, role="viewer")
        self.done("keep", self.taken[0], "--reason", "the audit", role="operator")
        self.forget_by_policy()
        self.mark_and_wait()
        self.sweep()
        self.assert_whole()
        self.assertEqual(self.ids(), [self.taken[n] for n in (4, 3, 2, 0)])
        self.assert_error(self.verb("show", self.taken[1], role="viewer"), 10, "no snapshot")
        self.assert_restores(self.taken[0], "the_pinned_one")
        self.assert_restores("latest", "the_newest_one")
        self.follow(copy)
        newest = self.take()
        self.assertEqual(self.ids()[0], newest)
        self.assert_whole()

    def forget_by_policy(self):
        config = self.config('[keep]\nwithin = "15d"\n')
        before = self.objects()
        plan = self.document("forget", "--config", config)
        self.assertEqual([one["id"] for one in plan["snapshots"] if one["forget"]], [self.taken[1]])
        self.assertEqual(self.objects(), before)
        done = self.document("forget", "--config", config, "--confirm")
        self.assertEqual([(one["id"], one["forget"], one["kept_by"]) for one in done["snapshots"]],
                         [(one["id"], one["forget"], one["kept_by"]) for one in plan["snapshots"]])
        self.assertNotIn(self.taken[1], self.ids())

    def mark_and_wait(self):
        before = self.objects()
        plan = self.document("sweep")
        self.assertEqual((plan["step"], self.objects()), ("mark", before))
        marked = self.document("sweep", "--confirm")
        self.assertEqual((marked["step"], marked["objects"], marked["stored_bytes"]),
                         ("mark", plan["objects"], plan["stored_bytes"]))
        after = self.objects()
        self.assertEqual(set(after) - set(before), {"g1/mark/0000000001"})
        self.go_to(2)
        self.assertEqual(self.document("sweep", "--confirm")["step"], "wait")
        self.assertEqual(self.objects(), after)
        self.go_to(4)

    def sweep(self):
        before = self.objects()
        plan = self.document("sweep")
        self.assertEqual((plan["step"], plan["deleted"], self.objects()), ("sweep", None, before))
        done = self.document("sweep", "--confirm")
        self.assertEqual([one["id"] for one in done["snapshots"]], [self.taken[1]])
        after = self.objects()
        gone = set(before) - set(after)
        self.assertEqual(len(gone), sum(plan["objects"].values()))
        self.assertEqual(done["deleted"], {"objects": len(gone), "stored_bytes":
                                           sum(before[name][0] for name in gone)})
        self.assertEqual(done["deleted"]["stored_bytes"], plan["stored_bytes"])
        self.assertGreater(done["deleted"]["stored_bytes"], 100_000, "the table `old` is gone")
        self.assertEqual(len(set(after) - set(before)), 1, "the sweep record, and no probe")
        self.assertIn("nothing to sweep", self.done("sweep", "--confirm"))
        print(f"[  swept   ] {len(gone)} of {len(before)} objects in a bucket")

    def follow(self, copy):
        follow = ("sweep", "--follow", self.url)
        self.assertIn("nothing to delete", self.done(*follow, "--confirm", at=copy))
        self.done("copy", self.url, copy, role="viewer")
        self.assertNotIn(self.taken[1], self.ids(at=copy))
        self.assertIn("the next sweep can be followed from",
                      self.done(*follow, "--confirm", at=copy))
        self.go_to(8)
        before = self.objects(SECOND)
        plan = self.document(*follow, at=copy)
        self.assertEqual((plan["step"], plan["deleted"], self.objects(SECOND)),
                         ("follow", None, before))
        done = self.document(*follow, "--confirm", at=copy)
        self.assertEqual(done["deleted"]["objects"], sum(plan["objects"].values()))
        original = {name: data for name, data in self.objects().items()
                    if not name.startswith("g1/mark/")}
        self.assertEqual(self.objects(SECOND), original)
        self.assert_whole(at=copy)
        self.assert_restores("latest", "from_the_swept_copy", at=copy)


class Rights(Sweeping):
    def use_policy(self, role):
        """The guest may do from now on what the documents give that role."""
        policy = json.loads(self.done("policy", role, role="viewer"))
        for statement in policy["Statement"]:
            statement["Principal"] = {"AWS": ["arn:aws:iam:::user/guest"]}
            statement.pop("Condition", None)  # one that Ceph does not know never holds there
        status, body = server.request("PUT", f"/{BUCKET}", "policy=", json.dumps(policy).encode())
        self.assertIn(status, (200, 204), body)
        self.addCleanup(server.request, "DELETE", f"/{BUCKET}", "policy=")

    def guest(self, method, name, body=b""):
        return server.request(method, f"/{BUCKET}/{self.prefix}/{name}", body=body, user=GUEST)[0]

    def test_of_a_writer_are_no_pruners_in_the_store(self):
        self.forget_and_mark()
        self.use_policy("writer")
        stored = self.objects()
        for name in stored:
            self.assertEqual(self.guest("DELETE", name), 403, name)
        for name in ("g1/mark/0000000001", "g1/mark/0000000002",
                     *(name for name in stored if name.startswith("record/")),
                     f"record/{'0' * 32}/fffffffffffffffe"):
            self.assertEqual(self.guest("PUT", name, b"mine"), 403, name)
        # Not even with the pruner's key: the mark is old enough, and nothing is deleted.
        self.go_to(4)
        guest = server.env(GUEST)
        self.assert_error(self.verb("sweep", "--confirm", **guest), 12,
                          "the store does not allow this")
        self.assert_error(self.verb("forget", "--confirm", self.taken[0], **guest), 12,
                          "the store does not allow this")
        # A probe stays: what may put it may not delete it either.
        self.assertEqual({name: data for name, data in self.objects().items()
                          if not name.startswith("probe/")}, stored)
        # It takes snapshots under the mark all the same.
        newest = self.take(**guest)
        self.assertIn(newest, self.ids(**guest))

    def test_of_a_pruner_are_enough_for_it_and_for_no_more(self):
        self.use_policy("pruner")
        guest = server.env(GUEST)
        self.done("forget", "--confirm", self.taken[1], **guest)
        self.assertEqual(self.document("sweep", "--confirm", **guest)["step"], "mark")
        self.go_to(4)
        done = self.document("sweep", "--confirm", **guest)
        self.assertEqual(done["step"], "sweep")
        self.assertGreater(done["deleted"]["objects"], 0)
        self.assertEqual(self.ids(**guest), [self.taken[n] for n in (4, 3, 2, 0)])
        self.assert_whole(**guest)
        for name in ("format", "trust/0000000001"):
            self.assertEqual(self.guest("DELETE", name), 403, name)
        for name in ("format", "trust/0000000002", f"snapshot/{'0' * 32}/fffffffffffffffe",
                     f"g1/pack/00/{'0' * 64}", f"g1/session/{'0' * 32}"):
            self.assertEqual(self.guest("PUT", name, b"mine"), 403, name)


class Crash(Sweeping):
    """A pruner's process that is killed beside each of its writes, and what the next one makes of
    what is left."""

    def setUp(self):
        super().setUp()
        self.proxy = S3Proxy(server.port)
        self.addCleanup(self.proxy.__exit__)
        self.done("forget", "--confirm", self.taken[1])

    def stored(self):
        """{name: bytes}, the prefix included."""
        _, body = server.request("GET", f"/{BUCKET}/", f"list-type=2&prefix={self.prefix}%2F")
        return {name: server.request("GET", f"/{BUCKET}/{name}")[1]
                for name in re.findall(r"<Key>([^<]*)</Key>", body.decode())}

    def put_back(self, before):
        """As it was, by the clock of today; what stood all the time keeps its age."""
        self.go_to(0)
        now = self.stored()
        for name in now.keys() - before.keys():
            self.assertEqual(server.request("DELETE", f"/{BUCKET}/{name}")[0], 204)
        for name, body in before.items():
            if now.get(name) != body:
                self.assertEqual(server.request("PUT", f"/{BUCKET}/{name}", body=body)[0], 200)

    def killed_at(self, number, moment):
        """Kills a run before or after its write of this number; whether it came so far."""
        through = self.url.replace(f":{server.port}", f":{self.proxy.port}")
        return killed_beside(self.proxy, number, moment, ("PUT", "DELETE"),
                             ("lifeboat-vault", "sweep", "--confirm"), self.env("pruner", through))

    def finish(self):
        """Names of what is left when nothing is left to do."""
        steps = []
        while not steps or steps[-1] not in ("nothing", "wait"):
            steps.append(self.document("sweep", "--confirm")["step"])
            self.assertLess(len(steps), 5, steps)
        return {name for name in self.objects() if not name.startswith("probe/")}

    def assert_kept(self):
        self.assert_whole()
        self.assertEqual(self.ids(), [self.taken[n] for n in (4, 3, 2, 0)])

    def test_beside_any_write_leaves_what_is_kept_whole_and_the_next_run_finishes(self):
        points = {"mark": self.crash_each_write(0), "sweep": self.crash_each_write(4)}
        print(f"[  points  ] {points} writes of a pruner into a bucket, killed before and after")
        self.assertGreaterEqual(points["mark"], 2)
        self.assertGreaterEqual(points["sweep"], 8)

    def crash_each_write(self, day):
        """The step that is due on that day. Afterwards it is done."""
        before, points = self.stored(), 0
        self.go_to(day)
        wanted = self.finish()
        for moment in ("before", "after"):
            for number in range(1, 100):
                self.put_back(before)
                self.go_to(day)
                if not self.killed_at(number, moment):
                    break
                points += 1
                with self.subTest(day=day, moment=moment, number=number):
                    self.assert_kept()
                    self.assertEqual(self.finish(), wanted)
                    self.assert_kept()
        return points


if __name__ == "__main__":
    unittest.main(verbosity=1)
