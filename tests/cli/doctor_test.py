"""What doctor says of the databases that the configuration names.

usage: doctor_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server and pgbouncer.
"""

import json
import unittest

import postgres
from transcript import CANARY, Case, run

server = None


def setUpModule():
    global server
    server = postgres.Postgres()
    server.create_database("shop", "CREATE TABLE orders (id int); CREATE TABLE lines (id int);"
                           "CREATE ROLE clerk LOGIN; GRANT SELECT ON orders TO clerk")


def tearDownModule():
    server.__exit__()


class Source(Case):
    def look(self, *urls, jobs=2):
        config = self.config("".join(
            f'[source.s{n}]\nkind = "postgres"\nurl = "env:URL_{n}"\njobs = {jobs}\n'
            for n in range(len(urls))))
        done = run("lifeboat", "doctor", f"--config={config}", "--json",
                   env={f"URL_{n}": url for n, url in enumerate(urls)})
        return next(check for check in json.loads(done.stdout)["checks"]
                    if check["id"] == "postgres-source")

    def test_that_can_be_captured_is_ok_with_versions_and_connections(self):
        found = self.look(server.url("shop"), server.url("postgres"))
        self.assertEqual(found["level"], "ok", found)
        self.assertRegex(found["what"], r"^s0: Postgres \d+.*, pg_dump \d+.*, 9\d connections free; "
                         "s1: Postgres ")
        self.assertEqual(self.look()["what"], "none is configured")

    def test_with_tables_that_the_role_may_not_read_is_a_danger(self):
        found = self.look(server.url("shop").replace("postgres@", "clerk@"))
        self.assertEqual(found["level"], "danger")
        self.assertIn("the role clerk may not read public.lines", found["what"])
        self.assertIn("GRANT SELECT", found["hint"])

    def test_that_a_restore_has_not_ended_in_is_a_danger(self):
        url = server.create_database("half")
        server.sql("CREATE SCHEMA lifeboat_restore; CREATE TABLE lifeboat_restore.progress AS "
                   "SELECT 'abc'::text AS snapshot_id, now() AS started_at, 'rows'::text AS state, "
                   "'1-2'::text AS plan", "half")
        found = self.look(url)
        self.assertEqual(found["level"], "danger", found)
        self.assertIn("the database is incomplete", found["what"])
        self.assertIn("a restore of snapshot abc has not ended", found["what"])

    def test_with_few_free_connections_needs_attention(self):
        self.assertEqual(self.look(server.url("shop"), jobs=90)["level"], "attention")
        server.sql("ALTER ROLE clerk CONNECTION LIMIT 4; GRANT SELECT ON lines TO clerk", "shop")
        found = self.look(server.url("shop").replace("postgres@", "clerk@"))
        server.sql("ALTER ROLE clerk CONNECTION LIMIT -1; REVOKE SELECT ON lines FROM clerk", "shop")
        self.assertEqual(found["level"], "attention", found)
        self.assertIn("3 connections free: too few for 2 jobs", found["what"])

    def test_that_cannot_be_reached_is_a_danger_that_hides_no_other(self):
        found = self.look(server.tcp_url("shop", CANARY), server.url("shop"))
        self.assertEqual(found["level"], "danger")
        self.assertIn("s0: ", found["what"])
        self.assertIn("password authentication failed", found["what"])
        self.assertIn("s1: Postgres", found["what"])
        self.assertNotIn(CANARY, json.dumps(found))

    def test_newer_than_any_pg_dump_here_is_a_danger_that_names_the_package(self):
        with postgres.VersionProxy(server, "99.1") as proxy:
            found = self.look(proxy.url("shop"))
        self.assertEqual(found["level"], "danger")
        self.assertIn("newer than any pg_dump here", found["what"])
        self.assertIn("postgresql-client-99", found["hint"])

    def test_behind_a_pooler_in_transaction_mode_is_a_danger(self):
        with postgres.TransactionPooler(server) as pooler:
            found = self.look(pooler.url("shop"))
        self.assertEqual(found["level"], "danger")
        self.assertIn("pooler", found["what"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
