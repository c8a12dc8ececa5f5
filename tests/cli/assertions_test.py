"""What a snapshot's source was asked, asked again of a restored database.

usage: assertions_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server.
"""

import json
import unittest

from transcript import Case, run
from world import World

CONFIG = """
[source.shop]
kind = "postgres"
url = "env:SHOP_URL"
[source.shop.assert]
"orders are there" = "SELECT count(*) FROM orders"
"no orphans" = "SELECT count(*) FROM orders WHERE customer IS NULL"
"""
# Harmless where they are captured.
TRAPS = """
CREATE FUNCTION trap() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF current_database() <> 'shop' THEN
    PERFORM set_config('transaction_read_only', 'off', false);
    DELETE FROM orders;
  END IF;
  RETURN 1; END $$;
CREATE FUNCTION late_trap() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  IF current_database() <> 'shop' THEN DELETE FROM orders; END IF;
  RETURN 1; END $$;
"""
world = None


def setUpModule():
    global world
    world = World()
    world.server.sql(TRAPS, "shop")


def tearDownModule():
    world.end()


class Assertions(Case):
    def take(self, more=""):
        self.vault, self.keys = world.new_vault(self._testMethodName)
        done = run("lifeboat", "snapshot", f"--config={self.config(CONFIG + more)}",
                   env=world.env("writer", self.vault, self.keys, SHOP_URL=world.shop))
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)

    def restore(self, database, *words):
        return run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL", *words,
                   env=world.env("identity", self.vault, self.keys,
                                 NEW_URL=world.server.create_database(database)))

    def test_that_are_answered_the_same_are_told(self):
        self.take()
        done = self.restore("same", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        asked = json.loads(done.stdout)["assertions"]
        self.assertEqual([(one["name"], one["expected"], one["found"], one["equal"])
                          for one in asked],
                         [("orders are there", "8000", "8000", True), ("no orphans", "0", "0", True)])
        done = self.restore("same_again")
        self.assertIn("2 of 2 assertions the same   orders are there, no orphans", done.stdout)

    def test_that_are_answered_otherwise_are_named_and_the_restore_stays(self):
        self.take("\"where\" = \"SELECT current_database()\"\n"
                  "\"fails there\" = \"SELECT 1 / (current_database() = 'shop')::int\"\n")
        done = self.restore("other", "--json")
        self.assertEqual(done.returncode, 3, done.stderr)
        asked = {one["name"]: one for one in json.loads(done.stdout)["assertions"]}
        self.assertEqual((asked["where"]["expected"], asked["where"]["found"]), ("shop", "other"))
        self.assertIn("division by zero", asked["fails there"]["failure"])
        self.assertEqual(sum(not one["equal"] for one in asked.values()), 2)
        self.assertEqual(world.server.sql("SELECT count(*) FROM orders", "other"), "8000")
        self.assertEqual(world.server.sql("SELECT to_regnamespace('lifeboat_restore')", "other"), "")

        done = self.restore("told")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("2 of 4 assertions the same", done.stdout)
        self.assertIn("NOT THE SAME   assertion where: shop in the snapshot, told restored",
                      done.stdout)

    def test_are_not_asked_where_that_is_said_or_no_whole_was_restored(self):
        self.take("\"where\" = \"SELECT current_database()\"\n")
        done = self.restore("unasked", "--no-assertions")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("3 assertions not asked (--no-assertions)", done.stdout)
        done = self.restore("defined", "--schema-only")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("3 assertions not asked (no whole restore)", done.stdout)
        done = self.restore("quiet", "--no-assertions", "--json")
        self.assertIsNone(json.loads(done.stdout)["assertions"])

    def test_cannot_write_even_if_they_try_to_leave_their_transaction(self):
        self.take("\"a trap\" = \"SELECT trap()\"\n\"a second trap\" = \"SELECT late_trap()\"\n")
        done = self.restore("kept", "--json")
        self.assertEqual(done.returncode, 3, done.stderr)
        asked = {one["name"]: one for one in json.loads(done.stdout)["assertions"]}
        self.assertIn("cannot set transaction read-write mode", asked["a trap"]["failure"])
        self.assertIn("in a read-only transaction", asked["a second trap"]["failure"])
        self.assertEqual(world.server.sql("SELECT count(*) FROM orders", "kept"), "8000")


if __name__ == "__main__":
    unittest.main(verbosity=1)
