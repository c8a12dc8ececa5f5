"""A value of 200 MB within the memory that is promised, and one that Postgres cannot print: it is
named, all other rows come back.

usage: long_row_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server.
"""

import json
import os
import subprocess
import unittest

import transcript
from transcript import command, run
from world import World

LONG = """
CREATE TABLE pictures (id int PRIMARY KEY, picture bytea COMPRESSION lz4);
INSERT INTO pictures SELECT n, 'small' FROM generate_series(1, 50) n;
INSERT INTO pictures SELECT 51, convert_to(repeat('p', 200000000), 'UTF8');
INSERT INTO pictures SELECT n, 'small' FROM generate_series(52, 100) n;
"""
LONG_ROW_MIB = 2 * 200_000_000 / 2**20  # two digits a byte
PROMISE_MIB = 160
SUM = "SELECT count(*) || ' ' || md5(string_agg(md5(picture), '' ORDER BY id)) FROM pictures"

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.end()


def peak_of(*words, env):
    """Runs an executable; its exit code and its peak resident memory in MiB."""
    process = subprocess.Popen(**command(words, env), cwd="/", stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    text = process.stdout.read()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    transcript.remember(words, text, "")
    return process.returncode, usage.ru_maxrss / 1024, text


class LongRow(unittest.TestCase):
    def test_of_200_mb_comes_and_goes_within_the_memory_that_is_promised(self):
        source = world.server.create_database("pictures", LONG)
        vault, keys = world.new_vault("long")
        target = world.server.create_database("pictures_again")
        peaks, texts = {}, {}
        for name, role, words, urls in (
                ("snapshot", "writer", ("snapshot", "--postgres=env:A_URL"), {"A_URL": source}),
                ("restore", "identity", ("restore", "latest", "--postgres=env:B_URL"),
                 {"B_URL": target})):
            env = world.env(role, vault, keys, **urls)
            code, peaks[name], texts[name] = peak_of(f"lifeboat-{words[0]}", *words[1:], env=env)
            self.assertEqual(code, 0, texts[name])
        self.assertEqual(world.server.sql(SUM, "pictures_again"),
                         world.server.sql(SUM, "pictures"))
        self.assertIn("1 row of public.pictures is longer than 17 MB, the longest about 400 MB",
                      texts["snapshot"])
        self.assertIn("these rows may need ", texts["snapshot"])
        print(f"[  memory  ] a row of {LONG_ROW_MIB:.0f} MiB of text: snapshot "
              f"{peaks['snapshot']:.0f} MiB, restore {peaks['restore']:.0f} MiB")
        self.assertLessEqual(peaks["snapshot"], PROMISE_MIB + 2.2 * LONG_ROW_MIB)
        self.assertLessEqual(peaks["restore"], PROMISE_MIB)

    def test_that_cannot_be_printed_is_named_and_all_others_come_back(self):
        source = world.server.create_database("giant", """
            CREATE TABLE blobs (id int PRIMARY KEY, x bytea COMPRESSION lz4);
            INSERT INTO blobs VALUES (1, 'one'), (2, 'two');
            INSERT INTO blobs SELECT 3, convert_to(repeat('x', 540000000), 'UTF8');
            INSERT INTO blobs VALUES (4, 'four')""")
        vault, keys = world.new_vault("giant")
        done = world.snapshot_of(source, "--json", vault=vault, keys=keys)
        self.assertEqual(done.returncode, 3, done.stderr)
        [missing] = json.loads(done.stdout)["sources"][0]["not_carried"]
        self.assertEqual(missing["object"], "row (0,3) of table public.blobs, id 3")
        self.assertIn("cannot print", missing["reason"])

        again = world.server.create_database("giant_again")
        done = run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL",
                   env=world.env("identity", vault, keys, NEW_URL=again))
        self.assertIn("row (0,3) of table public.blobs", done.stdout + done.stderr)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertEqual(world.server.sql("SELECT string_agg(id::text, ' ' ORDER BY id) FROM blobs",
                                          "giant_again"), "1 2 4")


if __name__ == "__main__":
    unittest.main(verbosity=2)
