"""Drills by the real executables: what they measure, what they say, what they leave.

usage: drill_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server and redis-server.
"""

import hashlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from local_server import LocalServer, answer
from transcript import Case, command, run
from world import World

HEAD = """format = 1
name = "{name}"
kind = "{kind}"
"""
world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.end()


class Drills(Case):
    def setUp(self):
        super().setUp()
        self.vault, self.keys = world.new_vault(self._testMethodName)
        self.home = world.folder / (self._testMethodName + "-home")
        self.drills = self.home / "drills"
        scratch = tempfile.TemporaryDirectory(prefix="lb-")  # short: a socket's path has 107 bytes
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        for folder in (self.home, self.drills, self.scratch):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)

    def write(self, name, text="", kind="restore"):
        (self.drills / f"{name}.toml").write_text(HEAD.format(name=name, kind=kind) + text)

    def env(self, role="identity", **more):
        return world.env(role, self.vault, self.keys, LIFEBOAT_DRILLS=str(self.drills),
                         LIFEBOAT_STATE=str(self.home / "state"), TMPDIR=str(self.scratch), **more)

    def drill(self, *words, **more):
        return run("lifeboat", "drill", *words, env=self.env(**more))

    def take(self):
        return world.take(vault=self.vault, keys=self.keys)

    def result(self, *words, code=0, **more):
        done = self.drill("run", *words, "--json", **more)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return json.loads(done.stdout)

    def history(self):
        done = self.drill("history", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["results"]

    def left(self):
        return sorted(path.name for path in self.scratch.iterdir())

    def intents(self):
        return list((self.home / "state").glob("drills/*.intent"))


class Running(Drills):
    def test_a_drill_that_passes_is_measured_and_recorded(self):
        snapshot = self.take()
        self.write("weekly", """
title = "it comes back"
[objectives]
rto = "1h"
rpo = "24h"
[assert."orders"]
on = "postgres"
sql = "SELECT count(*) FROM orders"
equals = 8000
[assert."names"]
on = "postgres"
sql = "SELECT name FROM customers WHERE id = 1"
matches = "^[0-9a-f]{32}$"
""")
        result = self.result("weekly")
        self.assertEqual(result["verdict"], "passed")
        self.assertEqual(result["snapshot"]["id"], snapshot)
        self.assertTrue(result["snapshot"]["newest"])
        self.assertEqual([phase["name"] for phase in result["phases"]],
                         ["decide", "scratch", "restore", "verify", "assert", "clean"])
        for one, next_one in zip(result["phases"], result["phases"][1:]):
            self.assertLessEqual(one["start_ms"] + one["took_ms"], next_one["start_ms"] + 1)
        asserted = next(phase for phase in result["phases"] if phase["name"] == "assert")
        self.assertEqual(result["measured"]["rta_ms"], asserted["start_ms"] + asserted["took_ms"])
        self.assertEqual(result["measured"]["rpa_by"], "manifest")
        self.assertEqual([(one["name"], one["result"], one["found"])
                          for one in result["assertions"][1:]],
                         [("orders", "pass", "8000"),
                          ("names", "pass", "c4ca4238a0b923820dcc509a6f75849b")])
        self.assertEqual(result["assertions"][0]["kind"], "proof")
        self.assertEqual((self.left(), self.intents()), ([], []))
        recorded = self.history()
        self.assertEqual([(one["run"], one["record"]) for one in recorded],
                         [(result["run"], result["record"])])
        # One restore alone: the proof's attestation is the drill's.
        shown = world.vault_verb("ls", "--json", vault=self.vault, LIFEBOAT_IDENTITY_FILE=str(
            self.keys / "identity.key"))
        self.assertIsNotNone(json.loads(shown.stdout)["snapshots"][0]["proven_at"])
        check = run("lifeboat", "vault", "check", env=self.env())
        self.assertEqual(check.returncode, 0, check.stdout)

    def test_an_assertion_that_does_not_hold_fails_one_that_cannot_be_asked_errs(self):
        self.take()
        self.write("fails", """
[assert."too few"]
on = "postgres"
sql = "SELECT count(*) FROM orders"
at_least = 9000
[assert."only a warning"]
on = "postgres"
sql = "SELECT 0"
equals = 1
severity = "warn"
""")
        result = self.result("fails", code=3)
        self.assertEqual(result["verdict"], "failed")
        self.assertIn("at least 9000 expected, 8000 found", result["summary"])
        self.assertEqual([one["result"] for one in result["assertions"]], ["pass", "fail", "warn"])
        self.write("errs", """
[assert."no such table"]
on = "postgres"
sql = "SELECT count(*) FROM nowhere"
equals = 1
""")
        result = self.result("errs", code=1)
        self.assertEqual(result["verdict"], "errored")
        self.assertIn("nowhere", result["assertions"][1]["detail"])
        self.write("elsewhere", """
[assert."of another"]
on = "crm"
sql = "SELECT 1"
equals = 1
""")
        self.assertEqual(self.result("elsewhere", code=1)["verdict"], "errored")
        self.assertEqual(len(self.history()), 3)

    def test_programs_and_pages_are_asked_and_given_no_credential(self):
        self.take()
        program = self.home / "look"
        program.write_text("#!/bin/sh\nenv | grep -c LIFEBOAT_IDENTITY\n"
                           "case $LIFEBOAT_SCRATCH_URL in postgresql://*) exit 0;; esac\nexit 4\n")
        program.chmod(0o755)
        self.write("asks", f"""
[assert."a program"]
on = "postgres"
exec = ["{program}"]
equals = 0
[assert."one that says no"]
exec = ["/bin/false"]
severity = "warn"
[assert."nobody listens"]
http = "http://127.0.0.1:9/"
severity = "warn"
""")
        result = self.result("asks", code=1)
        found = {one["name"]: one for one in result["assertions"]}
        self.assertEqual(found["a program"]["result"], "pass", found["a program"])
        self.assertEqual(found["one that says no"]["result"], "warn")
        self.assertEqual(found["nobody listens"]["result"], "error")

    def test_objectives_that_are_not_met_are_told(self):
        self.take()
        time.sleep(1.1)
        self.write("slow", '[objectives]\nrto = "1s"\n')
        self.write("old", '[objectives]\nrpo = "1s"\n')
        for name in ("slow", "old"):
            self.assertEqual(self.result(name, code=3)["verdict"], "objective_missed")

    def test_the_heartbeat_tells_how_new_the_data_is(self):
        database = "beats" + str(os.getpid())
        url = world.server.create_database(database, """
CREATE TABLE lifeboat_heartbeat (id boolean PRIMARY KEY DEFAULT true CHECK (id),
                                 beat timestamptz NOT NULL);
INSERT INTO lifeboat_heartbeat VALUES (true, now() - interval '3 hours');
""")
        world.take(url, self.vault, self.keys)
        self.write("beating", '[objectives]\nrpo = "2h"\n')
        result = self.result("beating", code=3)
        self.assertEqual(result["measured"]["rpa_by"], "heartbeat")
        self.assertAlmostEqual(result["measured"]["rpa_ms"] / 3600_000, 3, delta=0.1)

    def test_the_oldest_and_a_random_one_are_picked_as_the_format_says(self):
        first = self.take()
        second = self.take()
        self.write("oldest", '[source]\nselect = "oldest"\n[objectives]\nrpo = "1h"\n')
        result = self.result("oldest")
        self.assertEqual((result["snapshot"]["id"], result["snapshot"]["newest"]), (first, False))
        self.assertGreater(result["measured"]["exposure_ms"], 0)
        self.write("random", '[source]\nselect = "random"\nwindow = "1d"\n')
        result = self.result("random")
        seed = f"random/{result['declared']}".encode()
        place = int.from_bytes(hashlib.sha256(seed).digest()[:8], "little") % 2
        self.assertEqual(result["snapshot"]["id"], sorted([first, second])[place])

    def test_readiness_restores_nothing_and_says_what_is_missing(self):
        self.take()
        self.write("ready", "", kind="readiness")
        result = self.result("ready", code=3)
        found = {one["name"]: one["result"] for one in result["assertions"]}
        self.assertEqual(found["newest proof"], "fail")
        self.assertEqual({found[name] for name in found if name != "newest proof"}, {"pass"})
        self.write("proves")
        self.result("proves")
        self.assertEqual(self.result("ready")["verdict"], "passed")
        self.assertEqual(self.left(), [])

    def test_a_result_that_cannot_be_recorded_is_printed_and_is_no_success(self):
        self.take()
        self.write("unrecorded", f"""
[assert."the vault fills up"]
exec = ["/bin/sh", "-c", "rm -rf {self.vault}/record && touch {self.vault}/record"]
""")
        (self.vault / "record").mkdir(exist_ok=True)
        done = self.drill("run", "unrecorded")
        self.assertIn("NOT RECORDED", done.stdout, done.stderr)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.left(), [])


class Refusals(Drills):
    def test_bad_files_are_named_by_line(self):
        bad = {
            "unknown": ('[source]\nselekt = "latest"\n', ":5: unknown key \"selekt\"", "select"),
            "section": ('[sauce]\n', ":4: unknown key \"sauce\"", "source"),
            "never": ('[schedule]\ncron = "0 0 31 feb *"\n', ":5: the cron expression", "no such"),
            "place": ('[schedule]\ncron = "0 0 * * *"\ntz = "Mars/Base"\n', ":6:", "IANA"),
            "literal": ('[scratch]\npostgres = "postgres://db/x"\n', ":5:", "env:NAME"),
            "platform": ('[scratch]\npostgres = "heroku"\n', "needs the platform part", ""),
            "nothing": ('[assert."x"]\non = "a"\n', "asks nothing", "sql, redis"),
            "window": ('[source]\nselect = "random"\n', "needs a window", "30d"),
            "word": ('[notify]\non = ["failled"]\n', "failled", "failed"),
        }
        for name, (text, message, hint) in bad.items():
            self.write(name, text)
            with self.subTest(name):
                done = self.drill("run", name)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(message, done.stderr)
                self.assertIn(hint, done.stderr)
        self.write("book", kind="runbook")
        self.assertIn("not yet in this version", self.drill("run", "book").stderr)
        done = self.drill("lint", "--json")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(sum(one["message"] is not None
                             for one in json.loads(done.stdout)["drills"]), len(bad) + 1)

    def test_without_an_identity_it_says_which_variable(self):
        self.write("plain")
        done = self.drill("run", "plain", role="writer")
        self.assertEqual(done.returncode, 12, done.stderr)
        self.assertIn("LIFEBOAT_IDENTITY", done.stderr)

    def test_a_vault_that_cannot_be_reached(self):
        self.write("plain")
        done = self.drill("run", "plain", "--vault=s3://nobody/x?region=a&endpoint=http://127.0.0.1:9"
                          "&insecure=true", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
        self.assertEqual(done.returncode, 13, done.stderr)

    def test_a_scratch_that_is_production(self):
        self.take()
        self.write("prod", '[scratch]\npostgres = "env:SCRATCH_URL"\n')
        config = self.config('[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n')
        done = self.drill("run", "prod", f"--config={config}", SHOP_URL=world.shop,
                          SCRATCH_URL=world.server.tcp_url("shop"))
        self.assertEqual(done.returncode, 15, done.stderr)
        self.assertIn("is the source shop", done.stderr)
        self.assertEqual(world.server.sql("SELECT count(*) FROM orders", "shop"), "8000")

    def test_a_clock_that_is_wrong(self):
        self.take()
        self.write("plain")
        self.result("plain")
        for claim in (self.vault / "claim").rglob("*z"):
            later = time.time() + 3600
            os.utime(claim, (later, later))
        done = self.drill("run", "plain")
        self.assertEqual(done.returncode, 15, done.stderr)
        self.assertIn("clock", done.stderr)

    def test_the_shipped_drills_are_right(self):
        folder = pathlib.Path(__file__).parent.parent.parent / "drills"
        done = self.drill("lint", f"--drills={folder}", "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        names = [one["name"] for one in json.loads(done.stdout)["drills"]]
        self.assertEqual(names, sorted(path.stem for path in folder.glob("*.toml")))
        self.assertEqual(len(names), 5)


class Loss(Drills):
    def test_is_that_of_the_source_that_lost_most(self):
        blank = world.server.create_database("blank" + str(os.getpid()))
        config = self.config('[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n'
                             '[source.blank]\nkind = "postgres"\nurl = "env:BLANK_URL"\n')
        done = run("lifeboat", "snapshot", f"--config={config}",
                   env=self.env("writer", SHOP_URL=world.shop, BLANK_URL=blank))
        self.assertEqual(done.returncode, 0, done.stderr)
        # One source says that it lost nothing; of the other the snapshot knows better.
        self.write("both", '[assert."newest"]\non = "shop"\nmeasures = "rpo"\n'
                           'sql = "SELECT now() + interval \'1 hour\'"\n')
        measured = self.result("both")["measured"]
        self.assertEqual(measured["rpa_by"], "manifest")
        self.assertGreater(measured["rpa_ms"], 0)


class Killed(Drills):
    def start(self, name):
        words = ["lifeboat", "drill", "run", name, "--json", "--log-level=info"]
        with open(self.home / "stderr", "w") as stderr:
            return subprocess.Popen(**command(words, self.env()), cwd="/", stdout=subprocess.PIPE,
                                    stderr=stderr, start_new_session=True)

    def err(self):
        return (self.home / "stderr").read_text()

    def wait_for(self, reached, process):
        deadline = time.monotonic() + 60
        while not reached():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("it never came so far: " + self.err())
            time.sleep(0.002)

    def reached(self, phase):
        """decide: noted; scratch: a server's folder; assert: its program runs."""
        return {"decide": lambda: bool(self.intents()),
                "scratch": lambda: bool(list(self.scratch.glob("lifeboat-drill-*/lifeboat-*"))),
                "restore": lambda: bool(list(self.scratch.glob(
                    "lifeboat-drill-*/lifeboat-scratch-*/s/.s.PGSQL.5432"))),
                "verify": lambda: '"message":"verify"' in self.err(),
                "assert": (self.home / "asserting").exists,
                "clean": lambda: '"message":"clean"' in self.err()}[phase]

    def prepare(self):
        self.take()
        program = self.home / "wait"
        program.write_text(f"#!/bin/sh\ntouch {self.home}/asserting\nexec sleep 60\n")
        program.chmod(0o755)
        self.write("slow", f'[assert."waits"]\non = "postgres"\nexec = ["{program}"]\n')
        self.write("quick")

    def servers(self):
        """Processes that run in the scratch folder."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if str(self.scratch).encode() in entry.read_bytes():
                    found.append(entry.parent.name)
            except OSError:
                pass
        return found

    def test_sigterm_in_any_phase_leaves_nothing_and_is_recorded(self):
        self.prepare()
        for count, phase in enumerate(["decide", "scratch", "restore", "verify", "assert"], 1):
            with self.subTest(phase):
                process = self.start("slow")
                self.wait_for(self.reached(phase), process)
                process.send_signal(signal.SIGTERM)
                out, _ = process.communicate(timeout=40)
                self.assertEqual(process.returncode, 5, self.err())
                self.assertEqual(json.loads(out)["verdict"], "aborted")
                self.assertEqual((self.left(), self.intents(), self.servers()), ([], [], []))
                self.assertEqual([one["verdict"] for one in self.history()], ["aborted"] * count)
                (self.home / "asserting").unlink(missing_ok=True)
                time.sleep(1)  # runs by hand are named by the second

    def test_sigkill_in_any_phase_is_cleared_up_and_recorded(self):
        self.prepare()
        for count, phase in enumerate(["decide", "scratch", "restore", "verify", "assert"], 1):
            with self.subTest(phase):
                process = self.start("slow")
                self.wait_for(self.reached(phase), process)
                process.kill()
                process.communicate()
                deadline = time.monotonic() + 10
                while self.servers() and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertEqual(self.servers(), [])
                (self.home / "asserting").unlink(missing_ok=True)
                done = self.drill("tick", "--only=drills", "--json")
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertEqual(len(json.loads(done.stdout)["reaped"]), 1, done.stdout)
                self.assertEqual((self.left(), self.intents()), ([], []))
                self.assertEqual([one["verdict"] for one in self.history()], ["aborted"] * count)
                time.sleep(1)

    def test_either_signal_while_it_clears_up_leaves_nothing_and_no_run_untold(self):
        self.prepare()
        for count, number in enumerate([signal.SIGTERM, signal.SIGKILL] * 2, 1):
            with self.subTest(number):
                process = self.start("quick")
                self.wait_for(self.reached("clean"), process)
                process.send_signal(number)  # it may be over by then
                process.communicate(timeout=40)
                self.drill("tick", "--only=drills", "--json")
                self.assertEqual((self.left(), self.intents(), self.servers()), ([], [], []))
                verdicts = [one["verdict"] for one in self.history()]
                self.assertEqual(len(verdicts), count)
                self.assertLessEqual(set(verdicts), {"passed", "aborted"})
                time.sleep(1)


class Ticking(Drills):
    def test_what_is_due_runs_once_however_many_ticks_there_are(self):
        config = self.config('[snapshot]\nschedule = "* * * * *"\n'
                             '[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n')
        words = ["lifeboat", "drill", "tick", "--only=snapshots", f"--config={config}", "--json"]
        env = self.env("writer", SHOP_URL=world.shop)
        while time.time() % 60 > 40:  # one minute for all of them
            time.sleep(1)
        several = [subprocess.Popen(**command(words, env), cwd="/", stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE) for _ in range(4)]
        ends = [process.communicate(timeout=60) for process in several]
        self.assertEqual([process.returncode for process in several], [0] * 4, ends)
        self.assertEqual(sum(len(json.loads(out)["items"]) for out, _ in ends), 1, ends)
        self.assertEqual(self.snapshots(), 1)

    def snapshots(self):
        done = run("lifeboat", "vault", "ls", "--json", env=self.env())
        return len(json.loads(done.stdout)["snapshots"])

    def test_a_due_drill_runs_and_is_recorded_once(self):
        self.take()
        self.write("daily", '[schedule]\ncron = "0 0 * * *"\nstart_within = "25h"\n')
        done = self.drill("tick", "--only=drills", "--json")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        items = json.loads(done.stdout)["items"]
        self.assertEqual([(one["name"], one["result"]["verdict"]) for one in items],
                         [("daily", "passed")])
        done = self.drill("tick", "--only=drills", "--json")
        self.assertEqual(json.loads(done.stdout)["items"], [])
        self.assertEqual([one["trigger"] for one in self.history()], ["schedule"])
        gate = self.drill("gate")
        self.assertEqual(gate.returncode, 0, gate.stdout)

    def test_the_heartbeat_is_written_where_it_is_wanted(self):
        database = "wanted" + str(os.getpid())
        url = world.server.create_database(database)
        config = self.config('[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n'
                             'heartbeat = true\n')
        for _ in range(2):
            done = self.drill("tick", "--only=snapshots", f"--config={config}", "--json",
                              role="writer", SHOP_URL=url)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["heartbeats"],
                         [{"source": "shop", "failure": None}])
        self.assertEqual(world.server.sql(
            "SELECT count(*), max(beat) > now() - interval '1 minute' FROM lifeboat_heartbeat",
            database), "1|t")

    def test_with_nothing_due_it_costs_little(self):
        self.write("rare", '[schedule]\ncron = "0 0 1 1 *"\nstart_within = "1m"\n')
        words = ["lifeboat", "drill", "tick", "--only=drills", "--json"]
        self.drill(*words[2:])
        before = os.times()
        process = subprocess.Popen(**command(words, self.env()), cwd="/", stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        out, err = process.communicate()
        after = os.times()
        self.assertEqual(process.returncode, 0, err)
        own = (after.children_user - before.children_user
               + after.children_system - before.children_system)
        self.assertEqual(json.loads(out)["items"], [])
        self.assertLess(own, 0.4)  # 0.1 s is the aim, on a machine that is not shared


class Told(Drills):
    """[notify]: a webhook and the numbers, after runs and ticks."""

    def setUp(self):
        super().setUp()
        self.seen = []
        self.status = 200
        self.receiver = LocalServer(self.note)
        self.receiver.__enter__()
        self.addCleanup(self.receiver.__exit__)
        self.numbers = self.home / "lifeboat.prom"
        self.config_file = self.config(
            '[notify]\napp = "shop"\nwithin = "4s"\n'
            '[notify.hook]\nkind = "webhook"\nurl = "env:HOOK"\n'
            f'[notify.node]\nkind = "prometheus"\nfile = "{self.numbers}"\n')

    def note(self, handler):
        self.seen.append(json.loads(handler.rfile.read(int(handler.headers["Content-Length"]))))
        answer(handler, self.status)

    def told(self, *words, role="identity", **more):
        done = self.drill(*words, f"--config={self.config_file}", "--json", role=role,
                          HOOK=self.receiver.url + "/hook", **more)
        events, self.seen = self.seen, []
        return done, events

    def test_of_a_failure_and_then_that_it_is_good_again(self):
        self.take()
        self.write("weekly", '[assert."none"]\non = "postgres"\nsql = "SELECT 1"\nequals = 2\n')
        done, events = self.told("run", "weekly")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual([(one["event"], one["verdict"]) for one in events],
                         [("drill_failed", "failed")])
        self.write("weekly")
        done, events = self.told("run", "weekly")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([(one["event"], one["again_good"]) for one in events],
                         [("drill_passed", True)])
        self.assertIn('lifeboat_drill_runs_total{app="shop",drill="weekly",verdict="failed"} 1',
                      self.numbers.read_text())

    def test_of_what_a_tick_did_and_of_the_tick_itself_when_it_did_nothing(self):
        self.take()
        self.write("daily", '[schedule]\ncron = "0 0 * * *"\nstart_within = "25h"\n')
        done, events = self.told("tick", "--only=drills")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([one["event"] for one in events],
                         ["drill_started", "drill_passed", "proof_fresh"])
        self.assertEqual(events[0]["run"], events[1]["run"])
        self.numbers.unlink()
        done, events = self.told("tick", "--only=drills")
        self.assertEqual((done.returncode, events), (0, []))
        numbers = self.numbers.read_text()
        self.assertIn("lifeboat_tick_last_timestamp_seconds", numbers)
        self.assertIn('lifeboat_error_budget_remaining_ratio{app="shop"} 1', numbers)

    def test_of_a_snapshot_with_its_schedule_and_of_one_that_failed(self):
        with open(self.config_file, "a") as config:
            config.write('[snapshot]\nschedule = "* * * * *"\n'
                         '[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n')
        for url, event, status in ((world.shop, "snapshot_finished", 0),
                                   (world.server.tcp_url("nowhere"), "snapshot_failed", 1)):
            while time.time() % 60 > 40:
                time.sleep(1)
            _, events = self.told("tick", "--only=snapshots", role="writer", SHOP_URL=url)
            self.assertEqual([(one["event"], one["name"]) for one in events], [(event, "shop")])
            numbers = self.numbers.read_text()
            for line in ('lifeboat_backup_schedule_seconds{app="shop",source="shop"} 60',
                         f'lifeboat_backup_last_status{{app="shop",source="shop"}} {status}',
                         'lifeboat_key_holders_available{app="shop"} 1'):
                self.assertIn(line, numbers)
            time.sleep(61 - time.time() % 60)  # the next one is due

    def test_a_receiver_that_fails_fails_no_drill(self):
        self.take()
        self.write("weekly")
        self.status = 404
        done, events = self.told("run", "weekly")
        self.assertEqual((done.returncode, len(events)), (0, 1), done.stderr)
        self.assertIn("notify.hook", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
