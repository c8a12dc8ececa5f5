"""Proofs in a scratch database and in a throwaway cluster: whose they are, and what a kill leaves.

usage: scratch_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server.
"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import time
import unittest

import postgres
from transcript import Case, command, run
from world import World

PLATFORM = pathlib.Path(__file__).parents[1] / "data" / "heroku.sql"
# Takes as long to fill as the database's setting says, in the source no time.
SLOW = """
CREATE FUNCTION slow() RETURNS int LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(coalesce(current_setting('slow.seconds', true), '0')::float); RETURN 1; END $$;
CREATE MATERIALIZED VIEW late AS SELECT slow() AS one;
"""
LONG = bool(os.environ.get("LIFEBOAT_TEST_LONG"))
world = None


def setUpModule():
    global world
    world = World()
    world.server.sql(SLOW, "shop")
    world.snapshot = world.take()


def tearDownModule():
    world.end()


class Scratch(Case):
    def setUp(self):
        super().setUp()
        self.name = "s_" + self._testMethodName[5:30]
        self.url = world.server.create_database(self.name)

    def sql(self, statements):
        return world.server.sql(statements, self.name)

    def verify(self, *words, url=None, **more):
        return world.verify("--scratch=env:SCRATCH_URL", "--json", *words,
                            SCRATCH_URL=url or self.url, **more)

    def start(self, *words):
        env = {**world.env("identity"), "SCRATCH_URL": self.url}
        process = subprocess.Popen(**command(("lifeboat", "verify", "latest", "--json",
                                              "--scratch=env:SCRATCH_URL", *words), env), cwd="/",
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def wait_until(self, process, question):
        deadline = time.monotonic() + 60
        while self.sql(question) != "t":
            self.assertIsNone(process.poll(), "it ended too early")
            self.assertLess(time.monotonic(), deadline, question)

    def proven(self, done):
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertEqual(json.loads(done.stdout)["verdict"], "proven")

    def assert_empty_and_marked(self, schemas="lifeboat_scratch,public"):
        self.assertEqual(self.sql("SELECT string_agg(nspname, ',' ORDER BY nspname) FROM pg_namespace"
                                  " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"),
                         schemas)
        self.assertEqual(self.sql("SELECT count(*) FROM pg_class WHERE relnamespace IN "
                                  "('public'::regnamespace, 'lifeboat_scratch'::regnamespace) AND "
                                  "relname !~ '^pg_stat_statements'"), "0")
        self.assertRegex(self.sql("SELECT obj_description('lifeboat_scratch'::regnamespace)"),
                         r"^lifeboat wipes this database before and after use: database \d+ of ")

    def test_is_a_database_only_once_it_was_adopted_and_then_for_good(self):
        self.assert_json_error(self.verify(), 15, "refused",
                               f"the database {self.name} does not carry lifeboat's scratch mark")
        self.assertEqual(self.sql(r"\dn"), "public|pg_database_owner")
        self.proven(self.verify("--adopt-scratch"))
        self.assert_empty_and_marked()
        self.sql("CREATE TABLE public.left_behind (); CREATE SCHEMA other CREATE TABLE more ()")
        self.proven(self.verify())
        self.assert_empty_and_marked()
        done = world.vault_verb("show", "latest-proven", "--json")
        self.assertEqual(json.loads(done.stdout)["id"], world.snapshot)

    def test_that_is_not_empty_is_never_touched(self):
        self.sql("CREATE TABLE precious AS SELECT 4711 AS x; CREATE FUNCTION f() RETURNS int "
                 "LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mood AS ENUM ('sad'); CREATE SEQUENCE s")
        for words in ((), ("--adopt-scratch",)):
            self.assert_json_error(self.verify(*words), 15, "refused", "is not empty: it holds "
                                   "table public.precious, sequence public.s, function public.f() "
                                   "and 1 more")
            self.assertEqual(self.sql("SELECT x, f() FROM precious"), "4711|1")
            self.assertEqual(self.sql(r"\dn"), "public|pg_database_owner")

    def test_is_not_the_database_that_the_snapshot_is_from_nor_a_copy_of_a_marked_one(self):
        for words in ((), ("--adopt-scratch",)):
            self.assert_json_error(self.verify(*words, url=world.shop), 15, "refused",
                                   "is where the snapshot was captured from")
        self.assertEqual(world.server.sql("SELECT count(*) FROM orders", "shop"), "8000")
        self.proven(self.verify("--adopt-scratch"))
        world.server.sql(f"CREATE DATABASE {self.name}_copy TEMPLATE {self.name}")
        world.server.sql("CREATE TABLE precious AS SELECT 4711 AS x", f"{self.name}_copy")
        done = self.verify("--adopt-scratch", url=world.server.url(f"{self.name}_copy"))
        self.assert_json_error(done, 15, "refused", "carries the scratch mark of another database")
        self.assertEqual(world.server.sql("SELECT x FROM precious", f"{self.name}_copy"), "4711")

    def test_is_no_target_of_a_restore(self):
        self.proven(self.verify("--adopt-scratch"))
        self.assert_error(world.restore_into(self.url), 15, "the target is lifeboat's scratch",
                          "restore into a new database")
        self.assert_empty_and_marked()

    def test_needs_a_name_to_be_adopted(self):
        self.assert_error(world.verify("--adopt-scratch"), 2, "--adopt-scratch names no database")

    def test_is_busy_while_another_proof_is_in_it(self):
        first = self.start("--adopt-scratch")
        self.wait_until(first, "SELECT to_regnamespace('lifeboat_restore') IS NOT NULL")
        first.send_signal(signal.SIGSTOP)
        self.assert_json_error(self.verify(), 11, "busy", "is in use by another proof")
        first.send_signal(signal.SIGCONT)
        out, err = first.communicate(timeout=60)
        self.assertEqual(first.returncode, 0, err + out)
        self.assert_empty_and_marked()

    def test_of_proofs_that_were_killed_is_wiped_by_the_next(self):
        attested = len(self.proofs())
        for moment in ("to_regnamespace('lifeboat_scratch') IS NOT NULL",
                       "to_regnamespace('lifeboat_restore') IS NOT NULL",
                       "to_regclass('public.orders') IS NOT NULL",
                       "to_regclass('public.orders') IS NOT NULL AND "
                       "to_regnamespace('lifeboat_restore') IS NULL"):
            for _ in range(5 if LONG else 1):
                process = self.start("--adopt-scratch")
                self.wait_until(process, f"SELECT {moment}")
                process.kill()
                self.assertEqual(process.wait(), -signal.SIGKILL)
        self.assertEqual(self.sql("SELECT to_regclass('public.orders') IS NOT NULL"), "t")
        self.assertEqual(len(self.proofs()), attested)
        self.proven(self.verify())
        self.assert_empty_and_marked()

    def test_is_wiped_though_a_session_of_a_killed_proof_works_on_in_it(self):
        self.proven(self.verify("--adopt-scratch"))
        busy = ("SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'lifeboat' AND "
                "datname = current_database() AND wait_event = 'PgSleep'")
        # Of the role: the wipe before use resets what is set for the database.
        self.sql("ALTER ROLE CURRENT_USER SET slow.seconds = 600")
        self.addCleanup(self.sql, "ALTER ROLE CURRENT_USER RESET slow.seconds")
        process = self.start()
        self.wait_until(process, busy)
        process.kill()
        self.assertEqual(process.wait(), -signal.SIGKILL)
        self.assertEqual(self.sql(busy), "t")
        self.sql("ALTER ROLE CURRENT_USER RESET slow.seconds")
        self.proven(self.verify())
        self.assert_empty_and_marked()
        self.assertEqual(self.sql(busy), "f")

    @staticmethod
    def proofs():
        done = world.vault_verb("show", "latest", "--json")
        return json.loads(done.stdout)["attestations"]

    def test_of_a_heroku_owner_keeps_what_is_the_platforms(self):
        world.server.sql(f"CREATE ROLE dyno LOGIN; ALTER DATABASE {self.name} OWNER TO dyno")
        self.sql(PLATFORM.read_text())
        platform = ("SELECT string_agg(evtname, ',' ORDER BY 1) FROM pg_event_trigger;"
                    "SELECT string_agg(extname || ' ' || extnamespace::regnamespace, ',' ORDER BY 1) "
                    "FROM pg_extension; SELECT count(*) FROM pg_proc WHERE pronamespace::regnamespace::text "
                    "IN ('_heroku', 'heroku_ext')")
        before = self.sql(platform)
        url = self.url.replace("postgres@", "dyno@")
        self.proven(self.verify("--adopt-scratch", url=url))
        left_behind = ("CREATE EXTENSION pg_trgm; CREATE TABLE u (x heroku_ext.citext);"
                       "CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);"
                       "CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq);"
                       "CREATE DOMAIN d AS int; CREATE TYPE r AS RANGE (subtype = int);"
                       "CREATE PROCEDURE p() LANGUAGE sql AS ''; CREATE COLLATION c FROM \"C\";"
                       "CREATE SCHEMA s CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY)")
        self.sql(f"SET SESSION AUTHORIZATION dyno; {left_behind}; SELECT lo_create(7)")
        self.proven(self.verify(url=url))
        self.assert_empty_and_marked("_heroku,heroku_ext,lifeboat_scratch,public")
        self.assertEqual(self.sql(platform), before)
        self.assertEqual(self.sql("SELECT count(*) FROM pg_type WHERE typname IN ('d', 'r')"), "0")

        self.sql("CREATE TABLE anothers AS SELECT 4711 AS x")
        self.assert_json_error(self.verify(url=url), 15, "refused",
                               "holds what is another role's: table public.anothers")
        self.assertEqual(self.sql("SELECT x FROM anothers"), "4711")


class Cluster(Case):
    """Throwaway ones, all in one directory."""

    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        self.place = self.folder / "clusters"
        self.place.mkdir(mode=0o755)
        self.words = ("lifeboat", "verify", "latest", "--json", "--scratch=local",
                      f"--scratch-dir={self.place}")

    def start(self):
        process = subprocess.Popen(**command(self.words, world.env("identity")), cwd="/",
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def processes(self):
        """Those whose command line names the directory of clusters, and who is not lifeboat."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if str(self.place) in line and "lifeboat-verify" not in line:
                    found.append(line)
        return found

    def clusters(self):
        return {path.name for path in self.place.iterdir()}

    def wait_for(self, process, pattern, others=()):
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(FileNotFoundError):  # what it looks at comes and goes
                found = [path for path in self.place.glob(pattern) if path.parts[len(
                    self.place.parts)] not in others]
                if found:
                    return found
            self.assertIsNone(process.poll(), "it ended too early")
            self.assertLess(time.monotonic(), deadline, pattern)
            time.sleep(0.002)

    def test_of_killed_proofs_is_gone_after_the_next_and_nobody_elses(self):
        living = self.start()
        self.wait_for(living, "*/data/postmaster.pid")
        living.send_signal(signal.SIGSTOP)
        others = self.clusters()
        theirs = self.place / "lifeboat-scratch-theirs"
        theirs.mkdir()
        if os.geteuid() == 0:
            os.chown(theirs, postgres.server_user()["user"], -1)
        else:
            theirs.chmod(0o777)  # who else may write there could have written its numbers
        others.add(theirs.name)

        for moment in ("lifeboat-scratch-*", "*/data/PG_VERSION", "*/data/postmaster.pid",
                       "*/data/base/1*/1*_fsm"):
            for _ in range(5 if LONG else 1):
                process = self.start()
                self.wait_for(process, moment, others)
                process.kill()
                self.assertEqual(process.wait(), -signal.SIGKILL)
        self.assertGreater(len(self.clusters() - others), 0)
        for name in self.clusters() - others:
            if not (self.place / name / "owner").exists():  # two minutes are given to such a one
                long_ago = time.time() - 3600
                os.utime(self.place / name, (long_ago, long_ago))

        done = run(*self.words, env=world.env("identity"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["verdict"], "proven")
        self.assertEqual(self.clusters(), others)
        living.send_signal(signal.SIGCONT)
        out, err = living.communicate(timeout=60)
        self.assertEqual(living.returncode, 0, err + out)
        self.assertEqual(self.clusters(), {theirs.name})
        self.assertEqual(self.processes(), [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
