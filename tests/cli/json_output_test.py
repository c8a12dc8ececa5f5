"""Compares what each command prints with --json with the tables of docs/json-output.md.

usage: json_output_test.py BIN_DIRECTORY [unittest arguments]
The snapshot of these tests is of a database that a restore cannot bring back whole, so that every
list has something in it.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import time
import unittest

import postgres
from forget_test import DAY, shifted
from transcript import CANARY, Case, run
from world import World, secrets_said

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "json-output.md"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TIMES = {"at", "since", "time", "started", "finished", "proven_at", "forgotten_at", "store_time",
         "sweep_from", "data_at", "back_to", "declared", "made_at", "verified_at", "due", "next",
         "newest_proof", "oldest_read_at", "when"}
IDS = {"snapshot", "id", "previous", "writer", "attestation", "sum", "restored_sum", "record"}
# A document of its own, or a list of words.
LEAVES = {".attestations[].report", ".sources[].inventory", ".snapshots[].sources[]",
          ".snapshots[].tags[]", ".tags[]", ".unproven[]", ".snapshots[].unproven[]",
          ".policy", ".not_checked[]", ".keys[].sources[]", ".key.sources[]", ".void_snapshots[]",
          ".snapshots[].kept_by[]", ".results[]", ".runs[].result", ".items[].result", ".reaped[]",
          ".unreadable[]", ".not_tested[]", ".differences[]"}
# The result of a drill is specified elsewhere.
DRILL = PAGE.parent / "format" / "drill.md"

# A foreign table is not carried. The materialized view changes, deletes and adds a row wherever it
# is refreshed.
SPOILED = """
CREATE TABLE orders (id int PRIMARY KEY, total int);
INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n;
SELECT lo_from_bytea(0, 'a large object');
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE legacy (id int) SERVER elsewhere;
CREATE FUNCTION spoil() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.orders SET total = total + 1 WHERE id = 77;
  DELETE FROM public.orders WHERE id = (SELECT min(id) FROM public.orders);
  INSERT INTO public.orders SELECT max(id) + 1, 0 FROM public.orders;
  RETURN 1;
END $$;
CREATE TABLE pictures (x bytea COMPRESSION lz4);
INSERT INTO pictures SELECT convert_to(repeat('p', 9000000), 'UTF8');
CREATE MATERIALIZED VIEW spoiler AS SELECT spoil();
"""

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.end()


def sections():
    """Heading → rows of its table, as (path, meaning)."""
    found = {}
    for part in re.split(r"^##+ ", PAGE.read_text(), flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        found[heading] = re.findall(r"^\| `(\.[^`]+)` \| (.*) \|$", text, flags=re.MULTILINE)
    return found


def documented(heading):
    """All paths of a command's table, shared objects put in."""
    tables = sections()
    paths = {".format"}
    for path, meaning in tables[heading]:
        paths.add(path)
        if shared := re.search(r"\]\(#(\w+)\)", meaning):
            paths |= {path + inner for inner, _ in tables[shared[1]]}
    # What has fields of its own need not be a row itself.
    return {re.sub(r"\[\]$", "", path) for path in paths} | {
        path[:cut.start()] for path in paths for cut in re.finditer(r"(\[\])?\.", path)
        if cut.start()}


def fields(value, path=""):
    """Every path below `value`, with its values."""
    if isinstance(value, dict) and path not in LEAVES:
        for name, inner in value.items():
            yield f"{path}.{name}", inner
            yield from fields(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner, path + "[]")


class Json(Case):
    def look_at(self, heading, *outputs, more=frozenset(), never=frozenset()):
        """All the documented fields occur in some of the documents, and no other in any.

        `more` = fields that are documented elsewhere; `never` = those that none of these can have.
        """
        found = set()
        for done in outputs:
            self.assertIn('{\n  "format": 1,', done.stdout[:20], done.stderr)
            document = json.loads(done.stdout)
            for path, value in fields(document):
                found.add(path)
                self.look_at_value(path, value)
        self.assertEqual(found - documented(heading) - more, set(), "not documented")
        self.assertEqual(documented(heading) - found - never, set(), "documented, but not there")

    def look_at_value(self, path, value):
        name = path.rpartition(".")[2]
        if name in TIMES and value is not None:
            self.assertRegex(value, f"^{TIME.pattern}$", path)
        elif isinstance(value, str):
            self.assertIsNone(TIME.fullmatch(value), f"{path} looks like a time")
        if name.endswith(("_bytes", "_ms")) and value is not None:
            self.assertIs(type(value), int, path)
        if name in IDS and isinstance(value, str) and not path.startswith((".checks", ".keys")):
            self.assertRegex(value, "^[0-9a-f]{32,}$", path)


class Documents(Json):
    @classmethod
    def setUpClass(cls):
        cls.source = world.server.create_database("spoiled", SPOILED)
        world.server.sql("CREATE ROLE plain LOGIN")  # may not make all that is in the snapshot
        cls.vault, cls.keys = world.new_vault("documents")
        folder = world.folder / "two.toml"
        folder.write_text('[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n'
                          '[source.shop.assert]\n"total" = "SELECT sum(total) FROM orders"\n'
                          '[source.lost]\nkind = "postgres"\nurl = "env:LOST_URL"\n')
        env = world.env("writer", cls.vault, cls.keys, SHOP_URL=cls.source,
                        LOST_URL=world.server.tcp_url("lost"))
        cls.taken = run("lifeboat", "snapshot", "--json", "--tag=before", "--config", folder,
                        env=env)
        cls.reader = world.env("identity", cls.vault, cls.keys)

    @staticmethod
    def database_of_plain(name):
        world.server.sql(f"CREATE DATABASE {name} OWNER plain")
        return world.server.url(name).replace("postgres@", "plain@")

    def test_of_snapshot(self):
        self.assertEqual(self.taken.returncode, 3, self.taken.stderr)
        self.look_at("`lifeboat snapshot --json`", self.taken, self.copied()[1])

    def copied(self):
        """A vault with a pack that is none is copied, then a snapshot that is copied too."""
        vault, keys = world.new_vault(self.id().rpartition(".")[2])
        (vault / "g1" / "pack" / "aa").mkdir(parents=True)
        (vault / "g1" / "pack" / "aa" / ("aa" * 32)).write_text("no pack")
        second = world.folder / f"{vault.name}-second"
        copied = run("lifeboat", "vault", "copy", vault, second, "--json",
                     env=world.env("viewer", vault, keys))
        configuration = world.folder / f"{vault.name}.toml"
        configuration.write_text(f'[vault]\ncopy = ["{second}"]\n'
                                 '[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n')
        taken = run("lifeboat", "snapshot", "--json", "--config", configuration,
                    env=world.env("writer", vault, keys, SHOP_URL=world.shop))
        return copied, taken

    def test_of_vault_policy(self):
        done = run("lifeboat", "vault", "policy", "writer", "--json",
                   env={"LIFEBOAT_VAULT": "s3://acme-dr/shop?region=eu-central-1"})
        self.look_at("`lifeboat vault policy --json`", done)

    def test_of_vault_export(self):
        done = run("lifeboat", "vault", "export", "latest", world.folder / "exported", "--json",
                   env=self.reader)
        self.look_at("`lifeboat vault export --json`", done)

    def test_of_vault_copy(self):
        self.look_at("`lifeboat vault copy --json`", self.copied()[0])

    def test_of_vault_keep_and_forget(self):
        vault, keys = world.new_vault("forgetful")
        world.take(vault=vault, keys=keys)
        pruner = world.env("pruner", vault, keys)
        kept = run("lifeboat", "vault", "keep", "latest", "--reason", "x", "--json", env=pruner)
        self.look_at("`lifeboat vault keep --json`", kept)
        done = run("lifeboat", "vault", "forget", "--json", "--config",
                   self.config("[keep]\nlast = 1\n"), env=pruner)
        self.look_at("`lifeboat vault forget --json`", done)

    def test_of_vault_sweep(self):
        vault, keys = world.new_vault("swept")
        ids = []
        for age in (40, 30, 20, 10, 0):
            taken = run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", "--json",
                        env=world.env("writer", vault, keys, SHOP_URL=world.shop,
                                      **shifted(-age * DAY, -age * DAY)))
            self.assertEqual(taken.returncode, 0, taken.stderr)
            ids.append(json.loads(taken.stdout)["snapshot"])
        pruner = world.env("pruner", vault, keys)
        run("lifeboat", "vault", "forget", ids[1], "--confirm", env=pruner)
        steps = [run("lifeboat", "vault", "sweep", "--json", *words, env=pruner)
                 for words in ((), ("--confirm",))]
        then = time.time() - 4 * DAY
        os.utime(vault / "g1" / "mark" / "0000000001", (then, then))
        steps.append(run("lifeboat", "vault", "sweep", "--json", "--confirm", env=pruner))
        self.assertEqual([json.loads(step.stdout)["step"] for step in steps],
                         ["mark", "mark", "sweep"])
        self.look_at("`lifeboat vault sweep --json`", *steps)

    def test_of_vault_cost(self):
        vault, keys = world.new_vault("costly")
        for age in (3, 2, 1, 0):
            taken = run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", "--json",
                        env=world.env("writer", vault, keys, SHOP_URL=world.shop,
                                      **shifted(-age * DAY, -age * DAY)))
            self.assertEqual(taken.returncode, 0, taken.stderr)
        prices = self.folder / "prices.toml"
        prices.write_text('currency = "EUR"\nas_of = "2026-08-03"\n[class.STANDARD]\n'
                          "storage_gb_month = 1\nput_1000 = 1\nget_1000 = 1\negress_gb = 1\n")
        viewer = world.env("viewer", vault, keys)
        priced = run("lifeboat", "vault", "cost", "--json", "--prices", prices, "--config",
                     self.config("[keep]\nlast = 1\n"), env=viewer)
        self.assertEqual(priced.returncode, 0, priced.stderr)
        for path in vault.glob("snapshot/*/*"):
            path.write_bytes(path.read_bytes()[:-1])
        damaged = run("lifeboat", "vault", "cost", "--json", env=viewer)
        self.look_at("`lifeboat vault cost --json`", priced, damaged)

    def test_of_vault_create(self):
        done = run("lifeboat", "vault", "create", self.folder / "vault", "--keys", self.folder,
                   "--json")
        self.look_at("`lifeboat vault create --json`", done)

    @staticmethod
    def proof_of_one_of_two():
        """The scratch database is one of the two sources itself, which is refused."""
        vault, keys = world.new_vault("two")
        blank = world.server.create_database("blank")
        configuration = world.folder / "blank.toml"
        configuration.write_text('[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n'
                                 '[source.blank]\nkind = "postgres"\nurl = "env:BLANK_URL"\n')
        run("lifeboat", "snapshot", "--config", configuration,
            env=world.env("writer", vault, keys, SHOP_URL=world.shop, BLANK_URL=blank))
        return run("lifeboat", "verify", "latest", "--scratch=env:SCRATCH_URL", "--adopt-scratch",
                   "--json", env=world.env("identity", vault, keys, SCRATCH_URL=blank))

    def test_of_verify_and_of_what_the_vault_then_shows(self):
        done = run("lifeboat", "verify", "latest", "--scratch=env:SCRATCH_URL",
                   "--adopt-scratch", "--json",
                   env={**self.reader, "SCRATCH_URL": self.database_of_plain("scratch")})
        self.assertEqual(done.returncode, 3, done.stderr)
        self.look_at("`lifeboat verify --json`", done, self.proof_of_one_of_two())
        document = json.loads(done.stdout)
        orders = next(table for table in document["tables"] if table["name"] == "public.orders")
        self.assertEqual({name: orders["difference"][name]
                          for name in ("missing", "extra", "changed", "columns")},
                         {"missing": 1, "extra": 1, "changed": 1, "columns": ["total"]})

        for verb in ("ls", "show"):
            words = (verb, "latest") if verb == "show" else (verb,)
            whole = run("lifeboat", "vault", *words, "--json", env=self.reader)
            self.assertEqual(whole.returncode, 0, whole.stderr)
            outputs = [whole, run("lifeboat", "vault", *words, "--json",
                                  env=world.env("viewer", self.vault, self.keys))]
            if verb == "ls":
                outputs.append(run("lifeboat", "vault", *words, "--json",
                                   env=self.reader | {"LIFEBOAT_VAULT": self.with_a_gap()}))
                revoked = self.with_void_records(self.vault, self.keys)
                outputs.append(run("lifeboat", "vault", *words, "--json",
                                   env=self.reader | {"LIFEBOAT_VAULT": str(revoked)}))
            self.look_at(f"`lifeboat vault {verb} --json`", *outputs)

    def with_a_gap(self):
        """A copy of the vault with a problem."""
        vault = shutil.copytree(self.vault, self.folder / "gap")
        for path in vault.glob("record/*/*"):
            path.write_bytes(path.read_bytes()[:-1])
        return str(vault)

    def with_void_records(self, vault, keys):
        """A copy of a vault whose newest snapshot its writer's revocation made void."""
        copy = pathlib.Path(shutil.copytree(vault, self.folder / "revoked"))
        good = run("lifeboat", "vault", "show", "latest", "--json",
                   env=world.env("identity", copy, keys))
        world.take(vault=copy, keys=keys)
        done = run("lifeboat", "vault", "keys", "revoke", "writer", "--json",
                   "--after", json.loads(good.stdout)["id"], env=world.env("admin", copy, keys))
        self.look_at("`lifeboat vault keys revoke --json`", done)
        return copy

    def test_of_vault_keys_and_rotate(self):
        vault, keys = world.new_vault("keys")
        both = world.env("admin", vault, keys) | world.env("identity", vault, keys)
        for words in (("keys", "ls"), ("keys", "add", "writer", "--keys", keys), ("rotate",)):
            verb = " ".join(words[:2])
            self.look_at(f"`lifeboat vault {verb} --json`",
                         run("lifeboat", "vault", *words, "--json", env=both))
        wrap = ("keys", "wrap", keys / "identity.key", "--passphrase=env:WORDS", "--to",
                keys / "wrapped.key", "--json")
        self.look_at("`lifeboat vault keys wrap --json`",
                     run("lifeboat", "vault", *wrap, env={"WORDS": "correct horse"}))
        sheet = run("lifeboat", "vault", "keys", "sheet", "--json", env=both)
        self.look_at("`lifeboat vault keys sheet --json`", sheet)
        typed = keys / "sheet.txt"
        typed.write_text(json.loads(sheet.stdout)["sheet"])
        self.look_at("`lifeboat vault keys sheet --read --json`",
                     run("lifeboat", "vault", "keys", "sheet", "--read", typed, "--json"))

    def test_of_vault_keys_rewrap(self):
        vault, keys = world.new_vault("rewrap")
        world.take(vault=vault, keys=keys)
        both = world.env("admin", vault, keys) | world.env("identity", vault, keys)
        run("lifeboat", "vault", "keys", "add", "identity", "--name", "later", "--keys", str(keys),
            env=both)
        later = {**both, "LIFEBOAT_IDENTITY_FILE": str(pathlib.Path(keys) / "later.key")}
        done = run("lifeboat", "vault", "keys", "rewrap", "--json", env=later)
        self.assertEqual(done.returncode, 12, done.stderr)
        self.look_at("`lifeboat vault keys rewrap --json`", done)

    def test_of_vault_check(self):
        vault = self.with_void_records(world.vault, world.keys)
        for pack in vault.glob("g1/pack/*/*"):  # some are of void records, and nobody misses them
            pack.unlink()
        self.look_at("`lifeboat vault check --json`",
                     world.vault_verb("check", "--json", vault=vault),
                     world.vault_verb("check", "--packs", "--record", "--json", role="operator",
                                      vault=vault))

    def test_of_restore_plan(self):
        target = self.database_of_plain("planned")
        words = ("lifeboat", "restore", "latest", "--postgres=env:NEW_URL", "--json", "--plan")
        spoiled = run(*words, env={**self.reader, "NEW_URL": target})
        self.assertEqual(spoiled.returncode, 0, spoiled.stderr)
        vault, keys = world.new_vault("planned")
        world.take(vault=vault, keys=keys)
        reader = world.env("identity", vault, keys, NEW_URL=target)
        run("lifeboat", "verify", "latest", "--scratch=local", env=reader)
        part = run(*words, "--table=orders", env=reader)
        self.look_at("`lifeboat restore --plan --json`", spoiled, part)

    def test_of_restore(self):
        done = run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL", "--json",
                   env={**self.reader, "NEW_URL": self.database_of_plain("new")})
        self.assertEqual(done.returncode, 3, done.stderr)
        self.look_at("`lifeboat restore --json`", done)

    def test_of_doctor(self):
        done = run("lifeboat", "doctor", "--json", env=self.reader)
        self.look_at("`lifeboat doctor --json`", done)
        ids = [check["id"] for check in json.loads(done.stdout)["checks"]]
        meaning = dict(sections()["`lifeboat doctor --json`"])[".checks[].id"]
        self.assertEqual(ids, re.findall("`([a-z-]+)`", meaning))

    def test_of_the_sinks_that_doctor_tries(self):
        config = world.folder / "notify.toml"
        config.write_text('[notify]\napp = "shop"\n[notify.ops]\nkind = "slack"\n'
                          'url = "env:NOT_SET"\n')
        done = run("lifeboat", "doctor", "--notify", "--json", f"--config={config}")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.look_at("`lifeboat doctor --notify --json`", done)

    def test_of_drills(self):
        vault, keys = world.new_vault("drilled")
        world.take(vault=vault, keys=keys)
        drills = self.folder / "drills"
        drills.mkdir()
        (drills / "daily.toml").write_text('format = 1\nname = "daily"\nkind = "restore"\n'
                                           '[schedule]\ncron = "0 0 * * *"\nstart_within = "25h"\n')
        (drills / "ready.toml").write_text('format = 1\nname = "ready"\nkind = "readiness"\n')
        reader = world.env("identity", vault, keys, LIFEBOAT_DRILLS=str(drills))

        def drill(verb, *words):
            return run("lifeboat", "drill", verb, *words, "--json", env=reader)

        beating = run("lifeboat", "drill", "tick", "--only=snapshots", "--json", "--config",
                      self.config('[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n'
                                  'heartbeat = true\n'),
                      env=world.env("writer", vault, keys, SHOP_URL=world.shop))
        self.look_at("`lifeboat drill tick --json`", drill("tick", "--only=drills"), beating)
        example = json.loads(re.search(r"## 2\..*?```json\n(.*?)```", DRILL.read_text(), re.DOTALL)[1])
        self.look_at("`lifeboat drill run --json`", drill("run", "daily"),
                     more={path for path, _ in fields(example)})
        forecast = {".drills[].forecast." + name
                    for name in ("when", "margin_ms", "bytes_per_day", "points")}
        self.look_at("`lifeboat drill history --json`", drill("history"), never=forecast)
        (drills / "never.toml").write_text('format = 1\nname = "never"\nkind = "readiness"\n'
                                           '[schedule]\ncron = "0 0 * * *"\n')
        self.look_at("`lifeboat drill gate --json`", drill("gate"))
        self.look_at("`lifeboat drill lint --json`", drill("lint"))
        self.look_at("`lifeboat drill report --json`", drill("report", "daily"),
                     never={".forecast.when", ".forecast.margin_ms"})

    def test_of_now(self):
        drill = self.folder / "ready.toml"
        drill.write_text('format = 1\nname = "ready"\nkind = "readiness"\n')
        run("lifeboat", "drill", "run", drill, env=self.reader)
        known = run("lifeboat", "now", "--json", env=self.reader)
        self.assertEqual(known.returncode, 3, known.stderr)
        silent = run("lifeboat", "now", "--json", env=self.reader | {
            "LIFEBOAT_VAULT": str(self.folder / "nowhere")})
        self.assertEqual(silent.returncode, 10, silent.stderr)
        self.look_at("`lifeboat now --json`", known, silent)

    def test_of_the_settings(self):
        done = run("lifeboat", "snapshot", "--show-config", "--json", env=self.reader)
        self.look_at("`--show-config --json`, all commands", done)


class Errors(Json):
    def test_have_the_documented_fields_and_kinds(self):
        done = world.snapshot_of(world.server.tcp_url("nowhere", CANARY), "--json")
        error = self.assert_json_error(done, 12, "denied", "password authentication failed")
        text = PAGE.read_text()
        table = text.partition("| field of `.error` | meaning |")[2].partition("\n\n")[0]
        self.assertEqual(list(error), re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE))
        codes = (PAGE.parent / "exit-codes.md").read_text()
        kinds = re.search(r"\| `kind` \| one of (.*);", text)[1]
        self.assertEqual(set(re.findall(r"`(\w+)`", kinds)),
                         set(re.findall(r"^\| \d+ \| \w+ \| (\w+) \|", codes, re.MULTILINE)))
        self.assertEqual(secrets_said([CANARY, postgres.PASSWORD]), [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
