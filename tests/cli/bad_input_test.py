"""Everything that a person can get wrong: message, hint and exit code, and what is left behind.

usage: bad_input_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server and pgbouncer; both run for these tests alone.
"""

import contextlib
import datetime
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import unittest

import postgres
from transcript import BIN, CANARY, Case, run, said
from world import World, secrets_said

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    """No output of any command may hold a password or a credential, whatever went wrong in it."""
    try:
        leaks = secrets_said([postgres.PASSWORD, CANARY, *world.credentials()])
        if not said or leaks:
            raise AssertionError(f"of {len(said)} commands, these told a secret: {leaks}")
    finally:
        world.end()


class Database(Case):
    """What stands behind --postgres of a snapshot; a failure must leave the vault's list alone."""

    def tearDown(self):
        self.assertEqual(len(world.ids()), 1)

    def test_whose_url_is_none_is_a_usage_error(self):
        secret = f"user:{CANARY}@host"
        for url, message in (
                (f"postgres://{secret}:port/shop", "the port in the Postgres URL is no number"),
                (f"postgres://u:{CANARY[:6]}/{CANARY[6:]}@host/shop", "the port in the Postgres"),
                (f"postgres://user:%zz{CANARY}@host/shop", "the Postgres URL cannot be parsed"),
                (f"postgres://{secret}/shop?sslmode=perhaps", "invalid sslmode value"),
                (f"mysql://{secret}/shop", "not a Postgres URL: its scheme is unknown"),
                (CANARY, "not a Postgres URL: its scheme is unknown")):
            with self.subTest(message):
                done = world.snapshot_of(url)
                self.assert_error(done, 2, message, "URL")
                self.assertNotIn(CANARY[:6], done.stderr)

    def test_that_refuses_connections_is_unavailable(self):
        url = f"postgres://user:{CANARY}@127.0.0.1:{postgres.free_port()}/shop"
        done = world.snapshot_of(url)
        self.assert_error(done, 13, "postgres: connect: ", "check host and port")
        self.assertIn("Connection refused", done.stderr)
        self.assertIn("\n  kept: earlier snapshots are untouched\n", done.stderr)
        self.assertEqual(done.stderr.count("Connection refused"), 1)

    def test_that_does_not_answer_is_unavailable(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"postgres://user@127.0.0.1:{silent.getsockname()[1]}/shop?connect_timeout=2"
            self.assert_error(world.snapshot_of(url), 13, "no answer in time", "check host")

    def test_on_a_host_that_does_not_exist_is_unavailable(self):
        done = world.snapshot_of("postgres://user@nowhere.invalid/shop")
        self.assert_error(done, 13, 'host name "nowhere.invalid"', "check host and port")

    def test_with_a_wrong_password_is_denied(self):
        url = world.server.tcp_url("shop", CANARY)
        self.assert_error(world.snapshot_of(url), 12, "password authentication failed",
                          "check user and password")

    def test_with_a_password_in_the_arguments_warns_that_ps_shows_it(self):
        done = run("lifeboat", "snapshot", "--postgres", world.server.tcp_url("shop", CANARY),
                   env=world.env("writer"))
        self.assert_error(done, 12, "password authentication failed")
        self.assertIn("warning: a password on the command line can be read", done.stderr)

    def test_that_wants_a_password_and_gets_none_is_denied(self):
        url = f"postgres://postgres@127.0.0.1:{world.server.port}/shop"
        self.assert_error(world.snapshot_of(url), 12, "the URL has none", "add it to the URL")

    def test_that_does_not_exist_is_not_found(self):
        self.assert_error(world.snapshot_of(world.server.tcp_url("shp")), 10,
                          'database "shp" does not exist', "check the database's name")

    def test_of_a_server_newer_than_any_pg_dump_here_names_the_package(self):
        with postgres.VersionProxy(world.server, "99.1") as proxy:
            done = world.snapshot_of(proxy.url("shop"))
        self.assert_error(done, 10, "the server is version 99, newer than any pg_dump here",
                          "install the package postgresql-client-99")

    def test_behind_a_transaction_pooler_is_refused(self):
        with postgres.TransactionPooler(world.server) as pooler:
            done = world.snapshot_of(pooler.url("shop"))
        self.assert_error(done, 15, "a connection pooler in transaction mode", "the database's own")

    def test_that_was_not_named_or_is_named_twice_is_a_usage_error(self):
        env = world.env("writer", SHOP_URL=world.shop)
        self.assert_error(run("lifeboat", "snapshot", env=env), 2, "nothing to capture was named",
                          "give --postgres env:DATABASE_URL")
        done = run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", "--postgres=env:SHOP_URL",
                   env=env)
        self.assert_error(done, 2, "--postgres was given more than once")
        done = run("lifeboat", "snapshot", "--postgres=env:NOWHERE", env=env)
        self.assert_error(done, 2, "the environment variable NOWHERE is not set", "export NOWHERE")

    def test_is_an_error_object_with_json(self):
        done = world.snapshot_of(world.server.tcp_url("shp"), "--json")
        error = self.assert_json_error(done, 10, "not_found", 'database "shp" does not exist')
        self.assertIn("check the database's name", error["hint"])
        self.assertEqual(error["kept"], "earlier snapshots are untouched")


class TableThatTheRoleMayNotRead(Case):
    SCHEMA = """
        CREATE ROLE clerk LOGIN;
        CREATE TABLE open (n int); INSERT INTO open VALUES (1), (2); GRANT SELECT ON open TO clerk;
        CREATE TABLE salaries (n int PRIMARY KEY); INSERT INTO salaries VALUES (1);
        """

    @classmethod
    def setUpClass(cls):
        cls.url = world.server.create_database("office", cls.SCHEMA).replace("postgres@", "clerk@")
        cls.vault, cls.keys = world.new_vault("office")

    def snapshot(self, settings):
        config = self.config(f'[source.office]\nkind = "postgres"\nurl = "env:OFFICE"\n{settings}\n')
        return run("lifeboat", "snapshot", "--json", "--config", config,
                   env=world.env("writer", self.vault, self.keys, OFFICE=self.url))

    def told(self, done):
        source, = json.loads(done.stdout)["sources"]
        return [(item["object"], item["severity"]) for item in source["not_carried"]]

    def test_is_named_and_exit_code_3_and_restored_empty(self):
        done = self.snapshot("")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(self.told(done), [("table public.salaries", "loss")])
        target = world.server.create_database("office_again")
        env = world.env("identity", self.vault, self.keys, NEW_URL=target)
        done = run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL", "--json", env=env)
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("the table was made empty", done.stdout)
        counts = "SELECT (SELECT count(*) FROM open), (SELECT count(*) FROM salaries)"
        self.assertEqual(world.server.sql(counts, "office_again"), "2|0")

    def test_is_denied_and_nothing_committed_where_the_source_says_refuse(self):
        env = world.env("writer", self.vault, self.keys)
        before = run("lifeboat", "vault", "ls", "--json", env=env).stdout
        done = self.snapshot('unreadable = "refuse"')
        error = self.assert_json_error(done, 12, "denied", "may not read public.salaries")
        self.assertIn("accept", error["hint"])
        self.assertEqual(run("lifeboat", "vault", "ls", "--json", env=env).stdout, before)

    def test_is_named_but_no_loss_where_the_source_accepts_it(self):
        for settings in ('accept = ["public.salaries"]',
                         'accept = ["public.salaries"]\nunreadable = "refuse"'):
            done = self.snapshot(settings)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.told(done), [("table public.salaries", "harmless")])


class TwoDatabases(Case):
    def test_of_which_one_fails_make_a_snapshot_of_the_other_and_exit_code_3(self):
        vault, keys = world.new_vault("two")
        config = self.config('[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n'
                             '[source.lost]\nkind = "postgres"\nurl = "env:LOST_URL"\n')
        env = world.env("writer", vault, keys, SHOP_URL=world.shop,
                        LOST_URL=world.server.tcp_url("lost"))
        done = run("lifeboat", "snapshot", "--json", "--config", config, env=env)
        self.assertEqual(done.returncode, 3, done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual([source["name"] for source in document["sources"]], ["shop"])
        self.assertEqual([(failure["source"], failure["kind"])
                          for failure in document["failures"]], [("lost", "not_found")])
        self.assertFalse(document["complete"])
        self.assertIn('database \\"lost\\" does not exist', done.stderr)
        done = run("lifeboat", "vault", "ls", "--json", env=env)
        self.assertFalse(json.loads(done.stdout)["snapshots"][0]["complete"])


class VaultPlace(Case):
    def test_that_holds_no_vault_is_not_found(self):
        (self.folder / "file").write_text("no vault")
        for place in (self.folder, self.folder / "nothing", self.folder / "file"):
            with self.subTest(place):
                self.assert_error(world.vault_verb("ls", vault=place), 10,
                                  f"there is no vault at {place}", "check the path")
                done = world.snapshot_of(world.shop, vault=place)
                self.assert_error(done, 10, f"there is no vault at {place}", "check the path")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["file"])

    def test_must_be_named(self):
        env = {"LIFEBOAT_IDENTITY_FILE": str(world.keys / "identity.key")}
        self.assert_error(run("lifeboat", "vault", "ls", env=env), 2, "no vault was named",
                          "give --vault URL, set LIFEBOAT_VAULT")

    def test_of_a_kind_that_is_not_known_is_a_usage_error(self):
        self.assert_error(world.vault_verb("ls", vault="gs://bucket/shop"), 2,
                          "neither a path nor an s3:// URL", "s3://BUCKET/PREFIX")

    def test_that_is_taken_is_never_overwritten(self):
        before = sorted(world.vault.rglob("*"))
        done = run("lifeboat", "vault", "create", world.vault, "--keys", self.folder)
        self.assert_error(done, 15, f"there is a vault at {world.vault} already", "never overwrit")
        done = run("lifeboat", "vault", "create", self.folder / "new", "--keys", world.keys)
        self.assert_error(done, 15, "admin.key is there already", "the only key to another vault")
        self.assertEqual((list(self.folder.iterdir()), sorted(world.vault.rglob("*"))),
                         ([], before))

    def test_that_may_not_be_written_is_denied_and_left_as_it_was(self):
        vault = world.copy_of_the_vault(self.folder / "vault")
        key = self.folder / "writer.key"
        key.write_bytes((world.keys / "writer.key").read_bytes())
        other = postgres.server_user()  # root may write everywhere
        self.folder.chmod(0o755)
        for path in (key, vault, *vault.rglob("*")):
            if other:
                os.chown(path, other["user"], other["group"])
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = sorted(vault.rglob("*"))
        # Where that user may run them, wherever they were built.
        tools = self.folder / "bin"
        tools.mkdir(mode=0o755)
        for name in ("lifeboat", "lifeboat-snapshot"):
            shutil.copy(BIN / name, tools)
        done = world.snapshot_of(world.shop, vault=vault, keys=self.folder, folder=tools, **other)
        self.assert_error(done, 12, "permission denied", "check the owner and the mode")
        self.assertEqual(sorted(vault.rglob("*")), before)
        for path in (vault, *filter(pathlib.Path.is_dir, vault.rglob("*"))):
            path.chmod(0o755)


class Disk(Case):
    """A disk with room for the vault and half a snapshot."""

    @contextlib.contextmanager
    def small_disk(self, megabytes):
        """Yields a folder with that much room, what a tool is to be started with, and how to end
        the shortage. Where nothing can be mounted, no file may be as long as a pack is."""
        place = self.folder / "disk"
        place.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", place],
                                 capture_output=True).returncode == 0
        if mounted:
            try:
                yield place, {}, lambda: subprocess.run(
                    ["mount", "-o", "remount,size=64m", place], check=True)
            finally:
                subprocess.run(["umount", place], check=True)
            return

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        more = {"preexec_fn": limit}
        yield place, more, more.clear

    def test_that_is_full_ends_the_snapshot_and_one_that_is_freed_takes_it(self):
        noise = world.server.create_database(
            "noise", "CREATE TABLE noise AS SELECT n, string_agg(md5(random()::text), '') AS x"
            " FROM generate_series(1, 6000) n, generate_series(1, 40) m GROUP BY n")
        with self.small_disk(2) as (place, more, free):
            vault, keys = place / "vault", self.folder / "keys"
            self.assertEqual(run("lifeboat", "vault", "create", vault, "--keys", keys).returncode, 0)
            first = world.take(vault=vault, keys=keys)
            done = world.snapshot_of(noise, vault=vault, keys=keys, **more)
            self.assert_error(done, 13, f"lifeboat snapshot: {vault}/g1/",
                              "(free some space|.* allows no file of this length)")
            self.assertRegex(done.stderr, r": (no space left on device|file too large)\n")
            self.assertIn("\n  kept: earlier snapshots are untouched", done.stderr)
            env = world.env("identity", vault, keys)
            listed = json.loads(run("lifeboat", "vault", "ls", "--json", env=env).stdout)
            self.assertEqual([one["id"] for one in listed["snapshots"]], [first])
            self.assertEqual(list(vault.rglob(".tmp-*")), [])
            free()
            second = world.take(noise, vault, keys)
            done = run("lifeboat", "vault", "check", "--decrypt", "--json", env=env)
            self.assertEqual(json.loads(done.stdout)["verdict"], "clean")
            listed = json.loads(run("lifeboat", "vault", "ls", "--json", env=env).stdout)
            self.assertEqual([one["id"] for one in listed["snapshots"]], [second, first])


class Credential(Case):
    def credential(self, role, keys=None):
        return ((keys or world.keys) / f"{role}.key").read_text().strip()

    def run_each(self, role, env):
        """The command that needs this role, without anything but `env`."""
        words = {"writer": ("snapshot", "--postgres=env:SHOP_URL"),
                 "identity": ("restore", "latest", "--postgres=env:SHOP_URL")}[role]
        env = {"LIFEBOAT_VAULT": str(world.vault), "SHOP_URL": world.shop, **env}
        return run("lifeboat", *words, env=env)

    def test_that_is_missing_is_denied_and_its_variable_named(self):
        for role in ("writer", "identity"):
            variable = f"LIFEBOAT_{role.upper()}"
            self.assert_error(self.run_each(role, {}), 12, f"this needs the {role} credential",
                              f"set {variable}, or {variable}_FILE")
        done = run("lifeboat", "vault", "ls", env={"LIFEBOAT_VAULT": str(world.vault)})
        self.assert_error(done, 12, "no credential for the vault", "LIFEBOAT_IDENTITY, .*VIEWER")
        done = run("lifeboat", "verify", "latest", env=world.env("writer"))
        self.assert_error(done, 12, "this needs the identity credential", "LIFEBOAT_IDENTITY")
        done = world.vault_verb("check", "--decrypt", role="viewer")
        self.assert_error(done, 12, "this needs the identity credential", "LIFEBOAT_IDENTITY")

    def test_of_another_role_is_denied_and_the_right_variable_named(self):
        done = self.run_each("writer", {"LIFEBOAT_WRITER": self.credential("identity")})
        self.assert_error(done, 12, "LIFEBOAT_WRITER holds no writer credential",
                          "set LIFEBOAT_IDENTITY instead")
        done = self.run_each("identity",
                             {"LIFEBOAT_IDENTITY_FILE": str(world.keys / "writer.key")})
        self.assert_error(done, 12, "LIFEBOAT_IDENTITY_FILE holds no identity credential",
                          "set LIFEBOAT_WRITER instead")

    def test_of_another_vault_is_denied(self):
        _, keys = world.new_vault("another")
        for role in ("writer", "identity"):
            done = self.run_each(role, {f"LIFEBOAT_{role.upper()}": self.credential(role, keys)})
            self.assert_error(done, 12, f"this {role} credential belongs to another vault",
                              "use the keys that were written when this vault was created")

    def test_that_was_mistyped_is_a_usage_error_and_not_repeated(self):
        right = self.credential("identity")
        wrong = right[:-8] + ("b" if right[-8] == "a" else "a") + right[-7:]
        for text, message in ((wrong, "its checksum is wrong"), (right[:-16], "not a lifeboat credential: "),
                              (right[:-1] + "!", "characters that no credential has"),
                              (CANARY, "LIFEBOAT_IDENTITY holds no identity credential")):
            with self.subTest(message):
                done = self.run_each("identity", {"LIFEBOAT_IDENTITY": text})
                self.assert_error(done, 2, message, "`lifeboat vault create` wrote")
                self.assertNotIn(text[:30], done.stderr)

    def test_whose_file_is_missing_is_a_usage_error(self):
        done = self.run_each("identity", {"LIFEBOAT_IDENTITY_FILE": "/nowhere/identity.key"})
        self.assert_error(done, 2, "LIFEBOAT_IDENTITY_FILE: ", "check the path")
        self.assertIn("/nowhere/identity.key", done.stderr)

    def test_for_other_sources_is_denied(self):
        vault, keys = self.folder / "vault", self.folder / "keys"
        run("lifeboat", "vault", "create", vault, "--keys", keys, "--writer-source", "stock")
        done = world.snapshot_of(world.shop, vault=vault, keys=keys)
        self.assert_error(done, 12, "this writer's credential is not for source postgres")
        done = world.snapshot_of(world.shop, "--source=stock", vault=vault, keys=keys)
        self.assertEqual(done.returncode, 0, done.stderr)


class SnapshotName(Case):
    def test_that_fits_two_is_a_usage_error_and_names_both(self):
        vault, keys = world.new_vault("many")
        empty = world.server.create_database("empty")
        first_of = {}
        for _ in range(257):  # by then two begin alike; 20 are enough half of the time
            id = world.take(empty, vault, keys)
            if id[:2] in first_of:
                break
            first_of[id[:2]] = id
        both = (id, first_of[id[:2]])
        for words in (("vault", "show", id[:2]), ("verify", id[:2]),
                      ("restore", id[:2], "--postgres=env:NEW_URL")):
            done = run("lifeboat", *words, env=world.env("identity", vault, keys, NEW_URL=empty))
            self.assert_error(done, 2, f"{id[:2]} fits 2 snapshots", "give more digits")
            for one in both:
                self.assertIn(one[:16], done.stderr)

    def test_that_is_not_there_is_not_found(self):
        other = "00" if not world.snapshot.startswith("00") else "11"
        for words in (("vault", "show"), ("restore", "--postgres=env:SHOP_URL"), ("verify",)):
            env = world.env("identity", SHOP_URL=world.shop)
            self.assert_error(run("lifeboat", *words, other, env=env), 10,
                              f"no snapshot {other} in {world.vault}", "`lifeboat vault ls`")

    def test_that_is_none_is_a_usage_error(self):
        for name in ("newest", world.snapshot[0], "LATEST", "../x"):
            self.assert_error(world.vault_verb("show", name), 2,
                              f'"{name}" does not name a snapshot', "give `latest`, or at least 2")
        self.assert_error(world.vault_verb("show"), 2, "SNAPSHOT is missing")

    def test_of_the_newest_of_a_kind_finds_it(self):
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
        for word in ("latest", "latest:postgres", f"before:{now}"):
            done = world.vault_verb("show", word, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["id"], world.ids()[0])

    def test_of_a_kind_that_there_is_not_says_what_there_is(self):
        newest = json.loads(world.vault_verb("show", "latest", "--json").stdout)["sources"][0]["at"]
        self.assert_error(world.vault_verb("show", "before:2020-01-01"), 10,
                          "no snapshot was taken at or before 2020-01-01T00:00:00.000Z", newest)
        self.assert_error(world.verify(snapshot="latest:payroll"), 10,
                          "no snapshot holds a source named payroll", r"postgres \(newest 20")

    def test_of_a_kind_that_makes_no_sense_is_a_usage_error(self):
        for word, message in (("before:2999-01-01", "has yet to come"),
                              ("before:noon", '"noon" is no moment'),
                              ("latest:", "names no source")):
            self.assert_error(world.vault_verb("show", word), 2, message)
            self.assert_error(world.restore_into(world.shop, snapshot=word), 2, message)
            self.assert_error(world.verify(snapshot=word), 2, message)
        done = world.restore_into(world.shop, "--source=stock", snapshot="latest:postgres")
        self.assert_error(done, 2, "latest:postgres names one source, --source stock another")

    def test_is_in_a_list_of_its_source_and_a_source_of_none_is_not_found(self):
        done = world.vault_verb("ls", "--source=postgres", "--source=postgres", "--json")
        self.assertEqual([one["id"] for one in json.loads(done.stdout)["snapshots"]], world.ids())
        self.assertIn(world.ids()[0][:8], world.vault_verb("ls", "--source=postgres").stdout)
        self.assert_error(world.vault_verb("ls", "--source=postgres", "--source=payroll"), 10,
                          "no snapshot holds a source named payroll", r"there are postgres \(")

    def test_latest_of_an_empty_vault_is_not_found(self):
        vault, keys = world.new_vault("new")
        done = run("lifeboat", "vault", "show", "latest", env=world.env("identity", vault, keys))
        self.assert_error(done, 10, "holds no snapshot yet", "take one: lifeboat snapshot")


class Target(Case):
    def test_that_is_not_empty_is_refused_and_left_alone(self):
        mine = world.server.create_database("mine", "CREATE TABLE mine AS SELECT 4711 AS a")
        done = world.restore_into(mine)
        self.assert_error(done, 15, "the target is not empty", "restore into a new, empty database")
        done = world.verify("--scratch=env:SCRATCH_URL", "--adopt-scratch", SCRATCH_URL=mine)
        self.assert_error(done, 15, "does not carry lifeboat's scratch mark and is not empty: it "
                          "holds table public.mine", "give an empty database")
        self.assertEqual(world.server.sql("SELECT * FROM mine", "mine"), "4711")
        self.assertEqual(world.server.sql(r"\dn", "mine"), "public|pg_database_owner")

    def test_that_is_the_source_is_refused_and_left_alone(self):
        done = world.restore_into(world.shop)
        self.assert_error(done, 15, "this is where the snapshot was captured from",
                          "restore into a new database")
        self.assertEqual(world.server.sql("SELECT count(*) FROM orders", "shop"), "8000")

    def test_must_be_named_and_exist(self):
        env = world.env("identity", DATABASE_URL=world.shop)
        self.assert_error(run("lifeboat", "restore", "latest", env=env), 2,
                          "no target database is given", "--postgres env:NEW_URL")
        self.assert_error(world.restore_into(world.server.url("nowhere")), 10,
                          'database "nowhere" does not exist', "check the database's name")

    def test_source_must_be_in_the_snapshot_and_one(self):
        new = world.server.url("postgres")
        self.assert_error(world.restore_into(new, "--source=stock"), 10,
                          "the snapshot holds no source stock", "it holds: postgres")
        self.assert_error(world.restore_into(new, "--source=stock", "--source=postgres"), 2,
                          "--source was given more than once")

    def test_of_a_proof_that_is_none_is_a_usage_error(self):
        self.assert_error(world.verify("--scratch=here"), 2, "not a Postgres URL", "URL looks like")


class CommandLine(Case):
    COMMANDS = (("snapshot",), ("restore", "latest"), ("verify", "latest"), ("vault", "ls"),
                ("vault", "show", "latest"), ("vault", "check"), ("vault", "create", "x"))

    def test_of_a_policy_names_the_roles_and_wants_a_bucket(self):
        bucket = {"LIFEBOAT_VAULT": "s3://acme-dr/shop?region=eu-central-1"}
        self.assert_error(run("lifeboat", "vault", "policy", "king", env=bucket), 2,
                          '"king" is no role', "writer, identity")
        self.assert_error(run("lifeboat", "vault", "policy", "writer", env=world.env("writer")), 2,
                          "is a directory")
        deletes = [role for role in ("writer", "identity", "viewer", "operator", "pruner", "admin")
                   if "DeleteObject" in run("lifeboat", "vault", "policy", role, env=bucket).stdout]
        self.assertEqual(deletes, ["pruner"])

    def test_of_a_part_that_is_none_is_a_usage_error(self):
        for part in ("0/7", "8/7", "3", "3/", "/7", "3/7x", "x/y", "-1/7"):
            self.assert_error(world.vault_verb("check", "--packs", f"--part={part}"), 2,
                              "--part is no part of a whole")
        self.assert_error(world.vault_verb("check", "--part=1/7"), 2, "add --packs")

    def test_unknown_and_abbreviated_options_are_usage_errors(self):
        for words in self.COMMANDS:
            with self.subTest(words):
                self.assert_error(run("lifeboat", *words, "--jsno"), 2, "unknown option --jsno",
                                  "did you mean --json?")
                self.assert_error(run("lifeboat", *words, "--js"), 2, "unknown option --js",
                                  "did you mean --json?")
                self.assert_error(run("lifeboat", *words, "stray"), 2, "superfluous argument")

    def test_an_unknown_verb_is_a_usage_error(self):
        self.assert_error(run("lifeboat", "vault", "lst"), 2, 'unknown verb "lst"', "did you mean ls")
        self.assert_error(run("lifeboat", "vault"), 2, "a verb must come first")

    def test_an_unknown_configuration_key_is_a_usage_error_with_its_line(self):
        path = self.config(f'[vault]\nurl = "{world.vault}"\n\n[keep]\nweakly = 3\n')
        for words in self.COMMANDS[:-1]:  # vault create reads no configuration
            with self.subTest(words):
                done = run("lifeboat", *words, "--config", path, env=world.env("identity"))
                self.assert_error(done, 2, f'{path}:5: unknown key "weakly" in [keep]',
                                  'did you mean "weekly"')

    def test_errors_are_one_object_with_json(self):
        env = world.env("identity", SHOP_URL=world.shop)
        for code, kind, message, words in (
                (2, "usage", "unknown option --jsno", ("vault", "ls", "--jsno")),
                (10, "not_found", "there is no vault", ("vault", "ls", "--vault=/nowhere")),
                (12, "denied", "this needs the writer credential",
                 ("snapshot", "--postgres=env:SHOP_URL")),
                (15, "refused", "this is where the snapshot was captured from",
                 ("restore", "latest", "--postgres=env:SHOP_URL"))):
            with self.subTest(kind):
                done = run("lifeboat", *words, "--json", env=env)
                error = self.assert_json_error(done, code, kind, message)
                self.assertTrue(error["hint"])

    def test_a_result_that_nobody_reads_is_an_error(self):
        closed = run("lifeboat", "vault", "ls", env=world.env("identity"),
                     preexec_fn=lambda: os.close(1))
        with open("/dev/full", "w") as disk:
            full = run("lifeboat", "vault", "ls", env=world.env("identity"), stdout=disk)
        for done in (closed, full):
            self.assertEqual(done.returncode, 1)
            self.assertIn("write the result to stdout", done.stderr)


class Signals(Case):
    LOCKED = "BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;"
    WAITS = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"

    def test_in_the_middle_of_a_snapshot_leave_the_vault_as_it_was(self):
        words = ("lifeboat", "snapshot", "--postgres=env:SHOP_URL")
        env = world.env("writer", SHOP_URL=world.shop)
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), world.held_open("shop", self.LOCKED):
                done = world.stopped(words, env, self.WAITS, number)
                self.assert_error(done, 5, "stopped")
                self.assertIn("  kept: earlier snapshots are untouched", done.stderr)
        with world.held_open("shop", self.LOCKED):
            done = world.stopped((*words, "--json"), env, self.WAITS, signal.SIGTERM)
        self.assert_json_error(done, 5, "cancelled", "stopped")
        self.assertEqual(world.ids(), [world.snapshot])

    def test_in_the_middle_of_a_restore_leave_a_target_that_shows_it(self):
        vault, keys = world.new_vault("slow")
        world.take(world.server.create_database(
            "slow", "CREATE MATERIALIZED VIEW slow AS SELECT count(*) FROM pg_advisory_xact_lock(7)"),
            vault, keys)
        target = world.server.create_database("interrupted")
        words = ("lifeboat", "restore", "latest", "--postgres=env:NEW_URL")
        env = world.env("identity", vault, keys, NEW_URL=target)
        with world.held_open("interrupted", "SELECT pg_advisory_lock(7);"):
            done = world.stopped(words, env, self.WAITS, signal.SIGINT)
        self.assert_error(done, 5, "stopped", "run the same command again: it goes on")
        self.assertIn("schema lifeboat_restore marks it", done.stderr)
        self.assertIn("lifeboat_restore|", world.server.sql(r"\dn", "interrupted"))
        done = run(*words, "--json", env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(json.loads(done.stdout)["steps_done_before"], 0)
        self.assertNotIn("lifeboat_restore|", world.server.sql(r"\dn", "interrupted"))


class Damage(Case):
    def copy_with(self, pattern, change):
        """A copy of the vault in which `change` was done to the largest file of that pattern."""
        vault = world.copy_of_the_vault(self.folder / "vault")
        change(max(vault.glob(pattern), key=lambda path: path.stat().st_size))
        return vault

    @staticmethod
    def flip_a_byte(path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0x10
        path.chmod(0o600)
        path.write_bytes(content)

    def test_of_a_pack_is_found_and_no_restore_passes_for_whole(self):
        vault = self.copy_with("g1/pack/*/*", self.flip_a_byte)
        done = world.vault_verb("check", "--packs", "--json", vault=vault)
        self.assertEqual(done.returncode, 3, done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual(document["verdict"], "damaged")
        self.assertEqual([problem["kind"] for problem in document["problems"]], ["corrupt"])

        target = world.server.create_database("half")
        done = world.restore_into(target, vault=vault)
        self.assert_error(done, 3, "it was altered", "`lifeboat vault check --decrypt` lists")
        self.assertIn("schema lifeboat_restore marks it", done.stderr)
        self.assertIn("lifeboat_restore|", world.server.sql(r"\dn", "half"))
        # Nor does a second run take it for an empty database or for a restored one.
        done = world.restore_into(target, vault=vault)
        self.assert_error(done, 3, "it was altered", "`lifeboat vault check --decrypt` lists")
        self.assertIn("lifeboat_restore|", world.server.sql(r"\dn", "half"))
        # A copy of the vault that is whole ends it.
        done = world.restore_into(target)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(world.server.sql("SELECT count(*) FROM orders", "half"), "8000")
        self.assertNotIn("lifeboat_restore|", world.server.sql(r"\dn", "half"))

        done = world.verify("--scratch=env:SCRATCH_URL", "--adopt-scratch", vault=vault,
                            SCRATCH_URL=world.server.create_database("damaged_scratch"))
        self.assert_error(done, 3, "it was altered")
        done = world.vault_verb("ls", "--json", vault=vault)
        self.assertIsNone(json.loads(done.stdout)["snapshots"][0]["proven_at"])

    def test_of_a_pack_that_is_gone_is_found_before_anything_is_restored(self):
        vault = self.copy_with("g1/pack/*/*", pathlib.Path.unlink)
        done = world.vault_verb("check", vault=vault)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("it is missing, but a snapshot needs it", done.stdout)
        target = world.server.create_database("untouched")
        self.assert_error(world.restore_into(target, vault=vault), 3, "missing")
        self.assertEqual(world.server.sql(r"\dn", "untouched"), "public|pg_database_owner")

    def test_of_a_chain_from_which_a_record_was_taken_is_stale(self):
        vault, keys = world.new_vault("chain")
        empty = world.server.create_database("chained")
        ids = [world.take(empty, vault, keys) for _ in range(3)]
        records = sorted(vault.glob("snapshot/*/*"))
        self.assertEqual(len(records), 3)
        records[1].unlink()
        env = world.env("identity", vault, keys)
        for verb in ("ls", "check"):
            done = run("lifeboat", "vault", verb, "--json", env=env)
            self.assertEqual(done.returncode, 14, done.stderr)
            problems = json.loads(done.stdout)["problems"]
            self.assertEqual(problems[0]["kind"], "stale")
            self.assertEqual(problems[0]["object"], str(records[1].relative_to(vault)))
        listed = json.loads(run("lifeboat", "vault", "ls", "--json", env=env).stdout)
        self.assertEqual({one["id"] for one in listed["snapshots"]}, {ids[0], ids[2]})
        done = run("lifeboat", "vault", "ls", env=env)
        self.assertEqual(done.returncode, 14)
        self.assertIn("is missing", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=1)
