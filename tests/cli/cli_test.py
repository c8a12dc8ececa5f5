"""Runs the executables as a person or a script would, and looks at what comes out.

usage: cli_test.py BIN_DIRECTORY [unittest arguments]
Golden files: NAME.good beside this file; LIFEBOAT_UPDATE_GOOD=1 rewrites them.
"""

import json
import os
import pty
import re
import signal
import subprocess
import unittest

from transcript import BIN, CANARY, Case, run

HELP = {"lifeboat-compare": [()], "lifeboat-doctor": [()], "lifeboat-restore": [()], "lifeboat-snapshot": [()],
        "lifeboat-drill": [(), ("run",), ("tick",), ("report",), ("history",), ("gate",), ("lint",)],
        "lifeboat-vault": [(), ("create",), ("ls",), ("show",), ("check",), ("copy",), ("export",),
                           ("keep",), ("forget",), ("policy",), ("sweep",), ("cost",),
                          ("keys", "ls"),
                          ("keys", "add"), ("keys", "revoke"), ("rotate",), ("keys", "rewrap"),
                          ("keys", "wrap"), ("keys", "sheet")],
        "lifeboat-verify": [()]}


class Help(Case):
    def test_is_as_it_was_agreed(self):
        for name, verb in ((name, verb) for name, verbs in HELP.items() for verb in verbs):
            with self.subTest(name=name, verb=verb):
                done = run(name, *verb, "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assert_good("-".join((name, *verb)), done.stdout)
        now = run("lifeboat", "now", "--help").stdout
        self.assertEqual(run("lifeboat", "help", "now").stdout, now)
        self.assertLessEqual(max(map(len, now.splitlines())), 80)
        self.assert_good("lifeboat-now", now)

    def test_of_every_command_fits_into_80_columns_and_shows_exit_codes_and_examples(self):
        self.assertEqual({path.name for path in BIN.glob("lifeboat-*")}, set(HELP))
        for name, verb in ((name, verb) for name, verbs in HELP.items() for verb in verbs):
            with self.subTest(name=name, verb=verb):
                text = run(name, *verb, "--help").stdout
                self.assertLessEqual(max(map(len, text.splitlines())), 80)
                self.assertIn("\nExamples:\n", text)
                if "\nVerbs:\n" in text:
                    listed = text.split("Verbs:\n")[1].split("\n\n")[0].splitlines()
                    self.assertEqual([tuple(re.split("   +", line.strip())[0].split())
                                      for line in listed], HELP[name][1:])
                else:
                    self.assertIn("\nExit codes:\n", text)
                    self.assertIn("\nEnvironment:\n", text)

    def test_wins_over_a_command_line_that_is_wrong(self):
        self.assertEqual(run("lifeboat-doctor", "--nonsense", "--help").returncode, 0)

    def test_prints_the_version(self):
        self.assertRegex(run("lifeboat-doctor", "--version").stdout, r"^lifeboat doctor \d+\.\d+")
        self.assertRegex(run("lifeboat", "--version").stdout, r"^lifeboat \d+\.\d+")


class FrontDoor(Case):
    def test_alone_lists_the_verbs_that_are_installed(self):
        text = run("lifeboat").stdout
        self.assertEqual(run("lifeboat", "help").stdout, text)
        self.assertEqual(run("lifeboat", "--help").stdout, text)
        verbs = text.split("Verbs:\n")[1].split("\n\n")[0].splitlines()
        listed = {line.split()[0] for line in verbs} - {"help", "now"}
        self.assertEqual(listed, {path.name.removeprefix("lifeboat-") for path in BIN.glob("lifeboat-*")})

    def test_overview_is_as_it_was_agreed(self):
        whole = self.folder / "bin"
        whole.mkdir()
        (whole / "lifeboat").write_bytes((BIN / "lifeboat").read_bytes())
        for verb in ("vault", "snapshot", "restore", "verify", "compare", "doctor"):
            (whole / f"lifeboat-{verb}").write_text("#!/bin/sh\n")
        for path in whole.iterdir():
            path.chmod(0o755)
        text = subprocess.run([whole / "lifeboat"], env={}, capture_output=True, text=True,
                              timeout=60).stdout
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assert_good("lifeboat", text)

    def test_becomes_the_verbs_executable_and_passes_its_exit_code_on(self):
        self.assertEqual(run("lifeboat", "doctor", "--help").stdout,
                         run("lifeboat-doctor", "--help").stdout)
        self.assertEqual(run("lifeboat", "help", "doctor").stdout,
                         run("lifeboat-doctor", "--help").stdout)
        self.assertEqual(run("lifeboat", "doctor", "--nonsense").returncode, 2)

    def test_names_the_verb_that_was_probably_meant(self):
        self.assert_usage_error(run("lifeboat", "docotr"), 'lifeboat: unknown verb "docotr"',
                                "did you mean doctor?")

    def test_never_runs_what_lies_in_the_working_directory_or_path(self):
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "lifeboat").write_bytes((BIN / "lifeboat").read_bytes())
        (elsewhere / "lifeboat").chmod(0o755)
        trap = self.folder / "lifeboat-doctor"
        trap.write_text("#!/bin/sh\necho trapped\n")
        trap.chmod(0o755)
        environment = {"PATH": f"{self.folder}:.:/usr/bin:/bin"}
        done = subprocess.run([elsewhere / "lifeboat", "doctor", "--version"], cwd=self.folder,
                              env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 10, done.stdout)
        self.assertIn("LIFEBOAT_BIN", done.stderr)
        done = subprocess.run([elsewhere / "lifeboat", "doctor", "--version"], cwd=self.folder,
                              env={**environment, "LIFEBOAT_BIN": str(BIN)}, capture_output=True,
                              text=True, timeout=60)
        self.assertIn("lifeboat doctor", done.stdout)


class CommandLine(Case):
    def test_names_an_unknown_option_and_the_nearest(self):
        self.assert_usage_error(run("lifeboat-doctor", "--jsno"),
                                "lifeboat doctor: unknown option --jsno", "did you mean --json?")

    def test_refuses_abbreviations(self):
        self.assert_usage_error(run("lifeboat-doctor", "--show"),
                                "lifeboat doctor: unknown option --show",
                                "did you mean --show-config?")

    def test_refuses_stray_arguments(self):
        self.assert_usage_error(run("lifeboat-doctor", "stray"), 'superfluous argument "stray"')

    def test_reports_errors_as_one_json_object_with_json(self):
        done = run("lifeboat-doctor", "--json", "--nonsense")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        error = json.loads(done.stderr)["error"]
        self.assertEqual(error["kind"], "usage")
        self.assertEqual(error["message"], "unknown option --nonsense")
        self.assertIsNone(error["kept"])


class Configuration(Case):
    def settings(self, *words, env=None):
        done = run("lifeboat-doctor", "--show-config", "--json", *words, env=env, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual(document["format"], 1)
        return {row["name"]: (row["value"], row["origin"]) for row in document["settings"]}

    def test_takes_the_environment_before_the_file_before_the_default(self):
        self.assertEqual(self.settings()["vault.url"], (None, "default"))
        self.config('[vault]\nurl = "/file"\n')
        self.assertEqual(self.settings()["vault.url"], ("/file", "lifeboat.toml:2"))
        self.assertEqual(self.settings(env={"LIFEBOAT_VAULT": "/env"})["vault.url"],
                         ("/env", "LIFEBOAT_VAULT"))

    def test_file_is_named_by_flag_before_environment_before_working_directory(self):
        self.config('[vault]\nurl = "/here"\n')
        other = self.folder / "other.toml"
        other.write_text('[vault]\nurl = "/other"\n')
        third = self.folder / "third.toml"
        third.write_text('[vault]\nurl = "/third"\n')
        env = {"LIFEBOAT_CONFIG": str(other)}
        self.assertEqual(self.settings()["vault.url"][0], "/here")
        self.assertEqual(self.settings(env=env)["vault.url"][0], "/other")
        self.assertEqual(self.settings("--config", str(third), env=env)["vault.url"][0], "/third")

    def test_names_file_line_and_key_of_what_it_does_not_know(self):
        path = self.config('[vault]\nurl = "x"\n\n[keep]\ndayly = 3\n')
        done = run("lifeboat-doctor", "--show-config", "--config", str(path))
        self.assert_usage_error(done, f'{path}:5: unknown key "dayly" in [keep]',
                                'did you mean "daily"?')

    def test_shows_no_secret(self):
        self.config('[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n')
        env = {"SHOP_URL": f"postgres://u:{CANARY}@h/db", "LIFEBOAT_WRITER": CANARY,
               "LIFEBOAT_VAULT": f"s3://key:{CANARY}@bucket/x", "HEROKU_API_KEY": CANARY}
        for words in ((), ("--json",)):
            done = run("lifeboat-doctor", "--show-config", *words, env=env, cwd=self.folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("credential.writer", done.stdout)
            self.assertNotIn(CANARY, done.stdout + done.stderr)


class Secrets(Case):
    def test_never_appear_in_any_output(self):
        self.config('[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n')
        env = {"SHOP_URL": f"postgres://u:{CANARY}@h/db",
               "DATABASE_URL": f"postgres://u:{CANARY}@h/db",
               "LIFEBOAT_WRITER": f"lifeboat-writer-1{CANARY}",
               "LIFEBOAT_IDENTITY": f"lifeboat-writer-1{CANARY}"}
        lines = ([], ["--json"], ["--log-level", "trace"], [f"postgres://u:{CANARY}@h/db"],
                 [f"--postgres=postgres://u:{CANARY}@h/db"], [f"lifeboat-writer-1{CANARY}"],
                 ["--json", f"postgres://u:{CANARY}@h/db"])
        for words in lines:
            with self.subTest(words):
                done = run("lifeboat-doctor", *words, env=env, cwd=self.folder)
                self.assertNotIn(CANARY, done.stdout + done.stderr)


class Doctor(Case):
    def test_ends_with_3_and_says_why_if_there_is_a_danger(self):
        env = {"LIFEBOAT_WRITER": "lifeboat-writer-1x", "LIFEBOAT_IDENTITY": "lifeboat-identity-1x"}
        done = run("lifeboat-doctor", "--json", env=env)
        document = json.loads(done.stdout)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(document["format"], 1)
        self.assertEqual(document["verdict"], "danger")
        levels = {check["id"]: check["level"] for check in document["checks"]}
        self.assertEqual(levels["separation"], "danger")
        self.assertEqual(levels["credentials"], "ok")

    def test_looks_at_a_broken_configuration_instead_of_failing_on_it(self):
        path = self.config("[vault]\nnonsense = 1\n")
        done = run("lifeboat-doctor", "--config", str(path))
        self.assertEqual(done.returncode, 3)
        self.assertIn(f'{path}:2: unknown key "nonsense"', " ".join(done.stdout.split()))
        self.assertEqual(done.stderr, "")

    def test_fits_into_80_columns(self):
        done = run("lifeboat-doctor")
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80, done.stdout)


class Streams(Case):
    def test_a_result_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = run("lifeboat-doctor", stdout=full)
        self.assertEqual(done.returncode, 1)
        self.assertIn("write the result to stdout: No space left on device", done.stderr)

    def test_a_closed_pipe_is_an_error_and_no_silent_death(self):
        reading, writing = os.pipe()
        os.close(reading)
        done = run("lifeboat-doctor", stdout=writing)
        os.close(writing)
        self.assertEqual(done.returncode, 1)
        self.assertIn("write the result to stdout: Broken pipe", done.stderr)

    def test_a_closed_stdout_is_an_error(self):
        done = run("lifeboat-doctor", preexec_fn=lambda: os.close(1))
        self.assertEqual(done.returncode, 1)
        self.assertIn("write the result to stdout", done.stderr)

    def on_terminal(self, *words, env=None):
        """stdout and stderr are terminals; returns all that was shown."""
        ours, theirs = pty.openpty()
        run(*words, env={"TERM": "xterm", **(env or {})}, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
        return shown.decode()

    def test_colour_is_for_terminals_only_and_never_against_no_color(self):
        self.assertIn("\x1b[", self.on_terminal("lifeboat-doctor"))
        self.assertNotIn("\x1b", self.on_terminal("lifeboat-doctor", env={"NO_COLOR": "1"}))
        self.assertNotIn("\x1b", self.on_terminal("lifeboat-doctor", "--no-color"))
        self.assertNotIn("\x1b", run("lifeboat-doctor").stdout)

    def test_json_on_a_terminal_is_json_and_nothing_else(self):
        self.assertEqual(json.loads(self.on_terminal("lifeboat-doctor", "--json"))["format"], 1)


class Signals(Case):
    """A program in PATH that the doctor asks for its version blocks until the test has struck."""

    def start(self, before=""):
        slow = self.folder / "pg_dump"
        slow.write_text(f"#!/bin/sh\n{before}\necho here > \"$(dirname \"$0\")/pipe\"\nexec sleep 60\n")
        slow.chmod(0o755)
        os.mkfifo(self.folder / "pipe")
        process = subprocess.Popen(
            [BIN / "lifeboat-doctor"], env={"PATH": f"{self.folder}:/usr/bin:/bin"}, cwd="/",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with open(self.folder / "pipe") as pipe:  # opens once the program is running
            pipe.read()
        return process

    def test_ask_for_a_clean_end_with_its_own_exit_code(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                self.setUp()
                process = self.start()
                process.send_signal(number)
                out, err = process.communicate(timeout=30)
                self.assertEqual(process.returncode, 5, err)
                self.assertEqual(out, "")
                self.assertIn("lifeboat doctor: ", err)

    def test_of_a_second_interrupt_kills_at_once(self):
        process = self.start(before="trap '' TERM")  # the clean end would take two seconds
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
        process.communicate()
        self.assertEqual(process.returncode, -signal.SIGINT)


if __name__ == "__main__":
    unittest.main(verbosity=1)
