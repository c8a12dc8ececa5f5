"""What tests/vectors/reader.py takes out of the demo's vault is what Postgres gives of the restored
tables: two ways back that share no line of code.

usage: independent_reader_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server, libsodium and libzstd.
"""

import collections
import json
import subprocess
import sys
import unittest

import postgres
from transcript import HERE, run
from world import World

sys.path.insert(0, str(HERE.parent / "vectors"))
from reader import file_name

SHOP = HERE.parent / "data" / "shop.sql"
READER = HERE.parent / "vectors" / "reader.py"
# The columns that COPY gives, of every table that holds rows of its own; names quoted where needed.
TABLES = """
SELECT json_agg(json_build_object('name', format('%I.%I', nspname, relname),
    'columns', (SELECT coalesce(string_agg(quote_ident(attname), ', ' ORDER BY attnum), '')
                FROM pg_attribute
                WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '')))
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND nspname IN ('public', 'warehouse')
"""
PINS = ("SET search_path = ''; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';"
        "SET TimeZone = 'UTC'; SET extra_float_digits = 3; SET bytea_output = 'hex';")

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.end()


def psql(url, *words):
    done = subprocess.run([postgres.binaries() / "psql", "--no-psqlrc", "--quiet",
                           "--set=ON_ERROR_STOP=1", *words, url], text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout


def rows_in(text):
    """Each row, line end removed, and how often it occurs: their order means nothing."""
    return collections.Counter(text.split("\n")[:-1])


class IndependentReader(unittest.TestCase):
    def test_gives_the_rows_that_a_restore_gives(self):
        server, folder = world.server, world.folder
        demo = server.create_database("demo")
        psql(demo, "--variable=scale=2", f"--file={SHOP}")
        vault, keys = world.new_vault("demo")
        world.take(demo, vault, keys)
        again = server.create_database("again")
        env = world.env("identity", vault, keys, NEW_URL=again)
        done = run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL", env=env)
        self.assertEqual(done.returncode, 0, done.stderr)

        out = folder / "recovered"
        done = subprocess.run([sys.executable, READER, vault, keys / "identity.key", "latest", out],
                              text=True, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)

        tables = json.loads(server.sql(TABLES, "again"))
        [source] = out.iterdir()
        files = {path.name for path in source.glob("*.copy")} - {"large objects.copy"}
        self.assertEqual(files, {file_name(table["name"]) + ".copy" for table in tables})
        rows = 0
        for table in tables:
            copy = f"COPY (SELECT {table['columns']} FROM ONLY {table['name']}) TO STDOUT"
            restored = rows_in(psql(again, f"--command={PINS}", f"--command={copy}"))
            recovered = rows_in((source / f"{file_name(table['name'])}.copy").read_text("utf-8"))
            self.assertEqual(recovered, restored, table["name"])
            rows += restored.total()
        self.assertGreater(rows, 30_000)
        print(f"[  reader  ] {len(tables)} tables, {rows} rows equal to the restored ones")


if __name__ == "__main__":
    unittest.main(verbosity=2)
