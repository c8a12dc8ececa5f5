"""One screen at three in the morning.

usage: now_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server.
"""

import json
import unittest

from transcript import Case, run
from world import World

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.end()


class Now(Case):
    def look(self, configuration=None, vault=None, role="viewer", **more):
        words = [f"--config={configuration}"] if configuration else []
        done = run("lifeboat", "now", *words, env=world.env(role, vault, **more))
        as_json = run("lifeboat", "now", *words, "--json", env=world.env(role, vault, **more))
        self.assertEqual(as_json.returncode, done.returncode)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80, done.stdout)
        return done, json.loads(as_json.stdout)

    def test_never_proven_is_a_risk_and_proven_is_none(self):
        vault, keys = world.new_vault("proof")
        world.take(vault=vault, keys=keys)
        identity = world.env("identity", vault, keys)
        before = run("lifeboat", "now", env=identity)
        self.assertEqual(before.returncode, 3, before.stderr)
        self.assertRegex(before.stdout, r"(?m)^AT RISK   to \d+(\.\d)? s ago, in an unknown time: no drill, no proof$")
        self.assertIn("postgres: never proven", before.stdout)
        run("lifeboat", "verify", "latest", "--scratch=local", env=identity)
        after = run("lifeboat", "now", env=identity)
        self.assertEqual(after.returncode, 0, after.stdout + after.stderr)
        self.assertRegex(after.stdout, r"(?m)^RECOVERABLE   to .* ago, in about \d+ s \(by the last proof\)$")
        self.assertIn("proven equal", after.stdout)
        self.assertIn("nothing: every source is in a snapshot, and proven", after.stdout)
        self.assertIn("1 can read: identity", after.stdout)
        self.assertIn("never: no drill is recorded", after.stdout)

    def test_names_what_is_configured_and_in_no_snapshot(self):
        configuration = self.config('[source.postgres]\nkind = "postgres"\nurl = "env:A"\n'
                                    '[source.ledger]\nkind = "postgres"\nurl = "env:B"\nrpo = "1h"\n'
                                    '[source.pages]\nkind = "memcached"\nurl = "env:C"\n')
        done, document = self.look(configuration)
        self.assertEqual(done.returncode, 3)
        self.assertIn("ledger: in no snapshot", document["missing"])
        self.assertNotIn("pages: in no snapshot", document["missing"])
        self.assertIn("pages: a cache, made again, not restored", done.stdout)

    def test_data_older_than_its_objective_is_a_risk(self):
        configuration = self.config('[source.postgres]\nkind = "postgres"\nurl = "env:A"\nrpo = "1s"\n')
        _, document = self.look(configuration)
        self.assertRegex(" ".join(document["missing"]), "its newest data is .* old, the limit is 1 s")

    def test_an_empty_vault_brings_nothing_back(self):
        vault, keys = world.new_vault("empty")
        done = run("lifeboat", "now", env=world.env("viewer", vault, keys))
        self.assertEqual(done.returncode, 3)
        self.assertIn("NOT RECOVERABLE", done.stdout)

    def test_a_vault_that_is_away_leaves_what_is_known_here(self):
        configuration = self.config('[source.shop]\nkind = "postgres"\nurl = "env:A"\n')
        runbooks = self.folder / "runbooks"
        runbooks.mkdir()
        (runbooks / "lost-primary.md").write_text("# Lost primary\n")
        done = run("lifeboat", "now", f"--config={configuration}", f"--runbooks={runbooks}",
                   env=world.env("viewer", "s3://away/shop?region=eu-central-1&endpoint="
                                 "http://127.0.0.1:9&insecure=true", world.keys,
                                 AWS_ACCESS_KEY_ID="nobody", AWS_SECRET_ACCESS_KEY="nothing"))
        self.assertEqual(done.returncode, 13, done.stdout + done.stderr)
        self.assertIn("NOT KNOWN   the vault does not answer", done.stdout)
        self.assertIn("shop: postgres, configured", done.stdout)
        self.assertIn(f"read {runbooks}/lost-primary.md", done.stdout.replace("\n", ""))

    def test_without_a_credential_it_says_which(self):
        done = run("lifeboat", "now", env={"LIFEBOAT_VAULT": str(world.vault)})
        self.assertEqual(done.returncode, 12, done.stdout + done.stderr)
        self.assertIn("LIFEBOAT_VIEWER", done.stdout)

    def test_shows_only_runbooks_that_exist(self):
        runbooks = self.folder / "books"
        runbooks.mkdir()
        for name in ("bad-deploy", "our-own", "README"):
            (runbooks / f"{name}.md").write_text("# x\n")
        done = run("lifeboat", "now", f"--runbooks={runbooks}", env=world.env("viewer"))
        self.assertIn("some rows destroyed", done.stdout)
        self.assertIn("our-own", done.stdout)
        self.assertNotIn("README", done.stdout)
        self.assertNotIn("Redis lost", done.stdout)
        none = run("lifeboat", "now", f"--runbooks={self.folder / 'none'}", env=world.env("viewer"))
        self.assertIn("no runbook lies in", none.stdout)

    def test_damage_in_the_vault_is_a_risk(self):
        second, keys = world.new_vault("damage")
        for _ in range(2):
            world.take(vault=second, keys=keys)
        max(second.glob("snapshot/*/*")).unlink()  # names count down: the older one
        done = run("lifeboat", "now", env=world.env("viewer", second, keys))
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("vault: 1 problem, named by `lifeboat vault check`", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=1)
