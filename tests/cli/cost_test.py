"""What a vault holds and will cost: compared with its files, and with arithmetic of its own.

usage: cost_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server, and tests/shifted_clock.so beside BIN_DIRECTORY.
"""

import json
import os
import pathlib
import re
import shutil
import time
import unittest

from forget_test import DAY, shifted
from transcript import Case, run
from world import World

DAYS = (12, 10, 8, 6, 4, 2, 0)  # ages of the snapshots
PRICES = """currency = "EUR"
as_of = "{as_of}"
[class.STANDARD]
storage_gb_month = 20000
put_1000 = 5
get_1000 = 0.4
egress_gb = 90000
"""
world = None
vault = None
keys = None
taken = []  # documents of the snapshots, oldest first


def setUpModule():
    global world, vault, keys
    world = World()
    vault, keys = world.new_vault("grown")
    for age in DAYS:
        world.server.sql(f"INSERT INTO orders SELECT {10000 + (20 - age) * 1000} + n, 1 + n % 2000, "
                         "n * random() FROM generate_series(1, 900) n", "shop")
        done = run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", "--source=shop-db", "--json",
                   env=world.env("writer", vault, keys, SHOP_URL=world.shop,
                                 **shifted(-age * DAY, -age * DAY)))
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        taken.append(json.loads(done.stdout))


def tearDownModule():
    world.end()


def files_of(folder):
    return {str(path.relative_to(folder)): path.stat().st_size
            for path in pathlib.Path(folder).rglob("*") if path.is_file()}


class Costs(Case):
    def setUp(self):
        super().setUp()
        self.vault = pathlib.Path(shutil.copytree(vault, self.folder / "vault"))

    def prices(self, text=PRICES, as_of="2026-08-03"):
        path = self.folder / "prices.toml"
        path.write_text(text.replace("{as_of}", as_of))
        return path

    def cost(self, *words, role="viewer", keep=None, **more):
        if keep is not None:
            words += ("--config", self.config("[keep]\n" + keep))
        return run("lifeboat", "vault", "cost", *words, env=world.env(role, self.vault, keys, **more))

    def document(self, *words, **more):
        done = self.cost(*words, "--json", **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)


class Bytes(Costs):
    def test_are_those_of_the_files_and_nothing_is_changed(self):
        before = files_of(self.vault)
        document = self.document()
        self.assertEqual(files_of(self.vault), before)
        self.assertEqual(document["stored"]["stored_bytes"], sum(before.values()))
        self.assertEqual(document["stored"]["objects"], len(before))
        for kind, pattern in (("data_packs", r"g1/pack/"), ("list_packs", r"g1/meta/"),
                              ("index", r"g1/index/"), ("sessions", r"g1/session/"),
                              ("snapshot_records", r"snapshot/"), ("trust", r"trust/|format")):
            sizes = [size for name, size in before.items() if re.match(pattern, name)]
            [found] = [one for one in document["kinds"] if one["kind"] == kind]
            self.assertEqual((found["objects"], found["stored_bytes"]), (len(sizes), sum(sizes)))
        self.assertEqual(sum(one["stored_bytes"] for one in document["kinds"]),
                         sum(before.values()))

    def test_are_given_to_sources_and_ages(self):
        document = self.document()
        [shop] = document["sources"]
        added = [one["stored_bytes"] for one in taken]
        self.assertEqual(shop["name"], "shop-db")
        self.assertEqual(shop["snapshots"], len(DAYS))
        self.assertEqual(shop["added_bytes"], sum(added))
        ages = {one["under_days"]: one["added_bytes"] for one in shop["by_age"]}
        self.assertEqual(ages, {1: added[6], 7: sum(added[3:6]), 30: sum(added[:3]),
                                90: 0, 365: 0, None: 0})
        self.assertEqual(document["added_bytes"], sum(added))
        self.assertEqual(document["unattributed_bytes"],
                         document["stored"]["stored_bytes"] - sum(added))

    def test_of_a_vault_that_one_may_only_read_are_told_by_this_machines_clock(self):
        for path in (self.folder, self.vault, *self.vault.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        somebody_else = {"user": 65534, "group": 65534, "extra_groups": []}
        env = {"LIFEBOAT_VAULT": str(self.vault),
               "LIFEBOAT_VIEWER": (pathlib.Path(keys) / "viewer.key").read_text().strip()}
        done = run("lifeboat", "vault", "cost", "--json", env=env, **somebody_else)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual(document["clock"], "local")
        self.assertEqual(document["stored"]["objects"], len(files_of(self.vault)))
        text = run("lifeboat", "vault", "cost", env=env, **somebody_else).stdout
        self.assertIn("UTC, by this machine's clock)", text)
        self.assertEqual(self.document()["clock"], "store")

    def test_of_forgotten_snapshots_are_named(self):
        done = run("lifeboat", "vault", "forget", taken[1]["snapshot"], "--confirm",
                   env=world.env("pruner", self.vault, keys))
        self.assertEqual(done.returncode, 0, done.stderr)
        document = self.document()
        self.assertEqual(document["forgotten"],
                         {"snapshots": 1, "added_bytes": taken[1]["stored_bytes"]})
        text = self.cost().stdout
        self.assertIn("forgotten, not yet swept: 1 snapshot of these", text)
        self.assertIn("keep   everything: no [keep] section", text)
        self.assertIn("The truth lies between", text)
        first = document["months"][0]
        self.assertEqual(first["most_bytes"] - first["least_bytes"], taken[1]["stored_bytes"])

    def test_after_a_sweep_are_those_that_are_left(self):
        pruner = world.env("pruner", self.vault, keys)
        run("lifeboat", "vault", "forget", taken[1]["snapshot"], "--confirm", env=pruner)
        marked = run("lifeboat", "vault", "sweep", "--confirm", env=pruner)
        self.assertEqual(marked.returncode, 0, marked.stderr)
        then = time.time() - 4 * DAY
        os.utime(self.vault / "g1" / "mark" / "0000000001", (then, then))
        before = files_of(self.vault)
        swept = run("lifeboat", "vault", "sweep", "--confirm", env=pruner)
        self.assertEqual(swept.returncode, 0, swept.stderr)
        document = self.document()
        left = files_of(self.vault)
        self.assertLess(sum(left.values()), sum(before.values()))
        self.assertEqual(document["stored"],
                         {"objects": len(left), "stored_bytes": sum(left.values())})
        [shop] = document["sources"]
        self.assertEqual(shop["added_bytes"], sum(one["stored_bytes"] for one in taken)
                         - taken[1]["stored_bytes"])
        self.assertEqual(shop["growth"]["snapshots"], len(DAYS) - 2)  # behind the swept one
        self.assertFalse(document["restore"]["at_most"])
        self.assertEqual(document["swept"]["objects"], 0)
        # What a sweep deletes, put back: it broke off.
        [record] = [name for name in before if name not in left and name.startswith("snapshot/")]
        (self.vault / record).write_bytes(b"x" * 11)
        self.assertEqual(self.document()["swept"], {"objects": 1, "stored_bytes": 11})
        self.assertIn("swept, and still there: 1 object of these, 11 B", self.cost().stdout)

    def test_that_no_credential_opens_are_named(self):
        """A second writer sees the first one's snapshots, and nothing in them."""
        run("lifeboat", "vault", "keys", "add", "writer", "--name", "other", "--keys", keys,
            env=world.env("admin", self.vault, keys) | world.env("identity", self.vault, keys))
        other = {"LIFEBOAT_WRITER_FILE": str(pathlib.Path(keys) / "other.key"),
                 "LIFEBOAT_VAULT": str(self.vault)}
        done = run("lifeboat", "vault", "cost", "--json", env=other)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual((document["sealed"], document["sources"]), (len(DAYS), []))
        self.assertEqual(document["unattributed_bytes"], document["stored"]["stored_bytes"])
        text = run("lifeboat", "vault", "cost", env=other).stdout
        self.assertIn("sealed: 7 snapshots", text)
        self.assertIn("forecast: not known yet", text)


class Growth(Costs):
    def test_and_cadence_are_those_of_the_snapshots(self):
        [shop] = self.document()["sources"]
        later = [one["stored_bytes"] for one in taken[1:]]
        self.assertEqual(shop["growth"]["snapshots"], len(DAYS))
        self.assertAlmostEqual(shop["growth"]["span_ms"], 12 * DAY * 1000, delta=120_000)
        for name in ("bytes_a_day", "least", "greatest"):
            self.assertLessEqual(min(later) / 2.01, shop["growth"][name])
            self.assertGreaterEqual(max(later) / 1.99, shop["growth"][name])
        self.assertAlmostEqual(shop["cadence"]["every_ms"], 2 * DAY * 1000, delta=120_000)
        self.assertAlmostEqual(shop["cadence"]["added_bytes"], 2 * shop["growth"]["bytes_a_day"],
                               delta=100)

    def test_of_one_snapshot_is_not_known_yet(self):
        document = json.loads(world.vault_verb("cost", "--json").stdout)
        [source] = document["sources"]
        self.assertEqual(source["growth"]["bytes_a_day"], None)
        self.assertEqual(source["cadence"], None)
        text = world.vault_verb("cost").stdout
        self.assertIn("not known yet", text)
        self.assertIn("a trend needs 3 over a day", text)


class Forecast(Costs):
    def test_without_a_policy_has_one_number(self):
        document = self.document()
        self.assertEqual(document["keep"], None)
        self.assertEqual(len(document["months"]), 12)
        size = document["stored"]["stored_bytes"]
        for month in document["months"]:
            size += month["added_bytes"]
            self.assertEqual((month["least_bytes"], month["most_bytes"]), (size, size))
            self.assertIn(month["taken"], range(13, 17))
            self.assertEqual(month["least_storage_cost"], None)
        self.assertNotIn("The truth lies between", self.cost().stdout)

    def test_under_a_policy_has_a_least_and_a_most(self):
        document = self.document("--months=3", keep="last = 2\n", role="pruner")
        self.assertEqual(document["keep"]["last"], 2)
        self.assertEqual(len(document["months"]), 3)
        last = document["months"][-1]
        # The floor's 3, what is younger than 7 days by the plan of 3 days before, and what is newer.
        self.assertIn(last["kept"], range(4, 8))
        self.assertLess(last["least_bytes"], last["most_bytes"])
        each = document["sources"][0]["cadence"]["added_bytes"]
        stays = taken[0]["stored_bytes"] + document["unattributed_bytes"] + last["kept"] * each
        self.assertEqual(last["least_bytes"], stays)

    def test_looks_no_further_than_ten_years(self):
        self.assert_usage_error(self.cost("--months=121"), "--months is 121",
                                "look ahead 120 months at the most")
        self.assertEqual(len(self.document("--months=120")["months"]), 120)


class Money(Costs):
    def test_is_bytes_and_requests_times_prices(self):
        document = self.document("--prices", self.prices(), "--months=2")
        size = document["stored"]["stored_bytes"]
        self.assertAlmostEqual(document["storage_cost"], size / 1e9 * 20000)
        first = document["months"][0]
        self.assertAlmostEqual(first["most_storage_cost"],
                               (size + first["most_bytes"]) / 2 / 1e9 * 20000)
        requests = first["taken"] * (16 * 5 + 7 * 0.4) / 1000
        packs = first["added_bytes"] / 2**24 * 5 / 1000
        self.assertAlmostEqual(first["requests_cost"], requests + packs)
        restore = document["restore"]
        self.assertEqual((restore["sources"], restore["at_most"]), (1, False))
        grown = taken[-1]["sources"][0]["read_bytes"] / taken[0]["sources"][0]["read_bytes"]
        self.assertAlmostEqual(restore["stored_bytes"],
                               min(taken[0]["stored_bytes"] * grown, size), delta=1)
        self.assertAlmostEqual(restore["cost"], restore["stored_bytes"] / 1e9 * 90000
                               + restore["least_requests"] * 0.4 / 1000)

    def test_may_come_by_the_configuration_whose_folder_the_list_is_in(self):
        self.prices()
        config = self.config('[vault]\nprices = "prices.toml"\n')
        self.assertEqual(self.document("--config", config)["prices"]["currency"], "EUR")
        shown = run("lifeboat", "vault", "cost", "--show-config", "--config", config)
        self.assertRegex(shown.stdout, rf"vault.prices +{self.folder}/prices.toml +.*:2")

    def test_is_that_of_the_class_that_the_vaults_url_names(self):
        bucket = {"LIFEBOAT_VAULT": "s3://acme-dr/shop?region=eu-central-1&storage-class=STANDARD_IA"}
        done = run("lifeboat", "vault", "cost", "--prices", self.prices(), env=bucket)
        self.assert_error(done, 2, "has no prices of class STANDARD_IA, but of STANDARD",
                          r"add \[class.STANDARD_IA\]")

    def test_of_old_prices_is_warned_of(self):
        done = self.cost("--prices", self.prices(as_of="2020-01-01"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("more than 180 days old", done.stderr)
        self.assertIn("old prices: more than 180 days; look them up", done.stdout)
        fresh = self.cost("--prices", self.prices(as_of="2999-01-01"))
        self.assertNotIn("180 days", fresh.stdout + fresh.stderr)

    def test_of_bad_prices_is_a_usage_error_that_names_the_line(self):
        for text, message in ((PRICES.replace("= 5", "= -5"), ":5: put_1000 in [class.STANDARD]"),
                              (PRICES.replace("egress_gb = 90000\n", ""),
                               ":3: [class.STANDARD] has no egress_gb"),
                              (PRICES.replace("STANDARD", "COLD"),
                               "has no prices of class STANDARD, but of COLD")):
            with self.subTest(message=message):
                self.assert_error(self.cost("--prices", self.prices(text)), 2, message)
        self.assert_error(self.cost("--prices", self.folder / "none.toml"), 2, "none.toml",
                          "prices.example.toml")


class Screen(Costs):
    def test_fits_80_columns_and_says_what_is_assumed(self):
        for words in ((), ("--prices", self.prices())):
            text = self.cost(*words, keep='within = "7d"\ndaily = 30\n').stdout
            self.assertLessEqual(max(map(len, text.splitlines())), 80)
            self.assertIn("keep   within 1w, 30 daily\n", text)
            self.assertIn("The truth lies between", text)
            self.assertRegex(text, r"growth +a day +middle half")
            self.assertRegex(text, r"a full restore of 1 source fetches about ")
        self.assertIn("EUR least", text)

    def test_is_for_every_role_that_reads(self):
        for role in ("viewer", "identity", "operator", "pruner", "writer"):
            with self.subTest(role=role):
                self.assertEqual(self.document(role=role)["added_bytes"],
                                 sum(one["stored_bytes"] for one in taken))
        self.assert_error(self.cost(role="admin"), 12, "no credential")

    def test_tells_problems_of_the_chains(self):
        sorted(path for path in self.vault.glob("snapshot/*/*") if path.is_file())[3].unlink()
        done = self.cost("--json")
        self.assertEqual(done.returncode, 14, done.stderr)
        self.assertEqual(len(json.loads(done.stdout)["problems"]), 1)


if __name__ == "__main__":
    unittest.main(verbosity=1)
