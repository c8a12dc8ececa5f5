"""An identity under a passphrase, and on paper.

usage: passphrase_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server, which runs for these tests alone.
"""

import json
import resource
import subprocess
import unittest

import postgres
from transcript import Case, command, run, said
from world import World, secrets_said

WORDS = "correct horse canary77secret"

world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    try:
        leaks = secrets_said([postgres.PASSWORD, WORDS, *world.credentials()])
        if not said or leaks:
            raise AssertionError(f"of {len(said)} commands, these told a secret: {leaks}")
    finally:
        world.end()


class Passphrase(Case):
    def setUp(self):
        super().setUp()
        self.sealed = self.folder / "sealed.key"
        self.words = self.folder / "words"
        self.words.write_text(WORDS + "\n")

    def wrap(self, *more, file=None, **env):
        return run("lifeboat", "vault", "keys", "wrap", file or world.keys / "identity.key",
                   "--to", self.sealed, *more, env={"WORDS": WORDS, **env})

    def wrapped(self):
        done = self.wrap("--passphrase=env:WORDS")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def ls(self, **env):
        return run("lifeboat", "vault", "ls", "--json", env={
            "LIFEBOAT_VAULT": str(world.vault), "LIFEBOAT_IDENTITY_FILE": str(self.sealed), **env})

    def test_an_identity_is_wrapped_and_used_with_its_passphrase(self):
        self.wrapped()
        self.assertEqual(self.sealed.stat().st_mode & 0o777, 0o600)
        text = self.sealed.read_text()
        self.assertRegex(text, "^lifeboat-sealed-identity-1[a-z2-7]{365}\n$")
        for env in ({"LIFEBOAT_PASSPHRASE": WORDS}, {"LIFEBOAT_PASSPHRASE_FILE": str(self.words)},
                    {"LIFEBOAT_PASSPHRASE": WORDS, "LIFEBOAT_IDENTITY": text}):
            done = self.ls(**env)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(json.loads(done.stdout)["snapshots"][0]["id"], world.snapshot)

    def test_a_wrong_passphrase_is_denied(self):
        self.wrapped()
        done = self.ls(LIFEBOAT_PASSPHRASE=WORDS + " ")
        self.assert_json_error(done, 12, "denied", "the passphrase is not the one")
        self.assertIn("LIFEBOAT_PASSPHRASE_FILE", done.stderr)

    def test_without_a_passphrase_the_variables_are_named(self):
        self.wrapped()
        done = self.ls()
        self.assertEqual((done.returncode, done.stdout), (12, ""))
        self.assertIn("set LIFEBOAT_PASSPHRASE, or LIFEBOAT_PASSPHRASE_FILE", done.stderr)

    def test_a_sealed_identity_that_was_mistyped_is_told_from_a_wrong_passphrase(self):
        self.wrapped()
        text = self.sealed.read_text()
        self.sealed.write_text(text[:80] + ("a" if text[80] != "a" else "b") + text[81:])
        done = self.ls(LIFEBOAT_PASSPHRASE=WORDS)
        self.assertEqual(done.returncode, 2)
        self.assertIn("mistyped", done.stderr)

    def test_a_passphrase_on_the_command_line_is_refused_and_not_repeated(self):
        self.assert_error(self.wrap("--passphrase", "horse77battery"), 2, "on the command line",
                          "env:NAME")
        self.assertNotIn("horse77", said[-1][1])
        self.assertFalse(self.sealed.exists())

    def test_a_file_is_neither_overwritten_nor_wrapped_twice(self):
        self.wrapped()
        before = self.sealed.read_text()
        self.assert_error(self.wrap("--passphrase=env:WORDS"), 15, "is there already", "--to")
        self.assertEqual(self.sealed.read_text(), before)
        self.assert_error(self.wrap("--passphrase=env:WORDS", file=self.sealed), 2,
                          "under a passphrase already")

    def test_wrong_words_are_usage_errors(self):
        for done, message in (
                (self.wrap(), "give both"),
                (self.wrap("--passphrase=env:NOBODY"), "NOBODY is not set"),
                (self.wrap("--passphrase=env:WORDS", file=world.keys / "writer.key"), "of role writer"),
                (self.wrap("--passphrase=env:WORDS", file=self.words), "not a lifeboat credential")):
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(message, done.stderr)
        self.assertEqual(
            self.wrap("--passphrase=env:WORDS", file="/nonexistent").returncode, 10)
        self.assertFalse(self.sealed.exists())

    def test_a_command_may_give_the_passphrase(self):
        done = self.wrap("--passphrase", f"cmd:cat {self.words}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ls(LIFEBOAT_PASSPHRASE=WORDS).returncode, 0)

    def test_an_identity_is_added_under_a_passphrase_and_opens_the_next_snapshot(self):
        vault, keys = world.new_vault("added")
        both = world.env("admin", vault, keys) | world.env("identity", vault, keys)
        for role, code in (("writer", 2), ("identity", 0)):
            done = run("lifeboat", "vault", "keys", "add", role, "--name", "safe", "--keys", keys,
                       "--passphrase", f"file:{self.words}", env=both)
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertTrue((keys / "safe.key").read_text().startswith("lifeboat-sealed-identity-1"))
        world.take(vault=vault, keys=keys)
        done = run("lifeboat", "verify", "latest", "--scratch=local", env={
            "LIFEBOAT_VAULT": str(vault), "LIFEBOAT_IDENTITY_FILE": str(keys / "safe.key"),
            "LIFEBOAT_PASSPHRASE_FILE": str(self.words)})
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_soft_limit_on_memory_does_not_stop_it_and_a_hard_one_is_named(self):
        self.wrapped()
        for hard, code in ((resource.RLIM_INFINITY, 0), (128 << 20, 13)):
            env = {"LIFEBOAT_VAULT": str(world.vault), "LIFEBOAT_IDENTITY_FILE": str(self.sealed),
                   "LIFEBOAT_PASSPHRASE": WORDS}
            done = run("lifeboat", "vault", "ls", env=env, preexec_fn=lambda hard=hard:
                       resource.setrlimit(resource.RLIMIT_DATA, (128 << 20, hard)))
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn("ulimit", done.stderr)


class Sheet(Case):
    def sheet(self, **env):
        done = run("lifeboat", "vault", "keys", "sheet", env={
            "LIFEBOAT_VAULT": str(world.vault),
            "LIFEBOAT_IDENTITY_FILE": str(world.keys / "identity.key"), **env})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def read(self, text, file="-"):
        """Not with run(): what it prints is the credential."""
        words = ["lifeboat", "vault", "keys", "sheet", f"--read={file}"]
        return subprocess.run(**{**command(words, {}), "stdin": None}, input=text,
                              capture_output=True, timeout=60)

    def test_of_an_identity_is_typed_in_again_and_names_the_vault_and_what_to_do(self):
        key = (world.keys / "identity.key").read_text()
        sheet = self.sheet()
        for text in (sheet, sheet.upper()):
            done = self.read(text)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, key, ""))
        typed = self.folder / "sheet.txt"
        typed.write_text(sheet)
        self.assertEqual(self.read(None, typed).stdout, key)
        for words in (str(world.vault), "vault id  ", "root      ", "lifeboat restore latest"):
            self.assertIn(words, sheet)

    def test_names_the_line_that_was_mistyped_or_left_out(self):
        lines = self.sheet().splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith(" 3  "))
        wrong = lines[at][:6] + ("b" if lines[at][6] != "b" else "c") + lines[at][7:]
        for change, message in (([wrong], "line 3 is mistyped"), ([], "line 3 is missing")):
            done = self.read("\n".join(lines[:at] + change + lines[at + 1:]))
            self.assert_error(done, 2, message)
            self.assertNotIn(lines[at][10:20], done.stderr)

    def test_of_an_identity_under_a_passphrase_stays_under_it(self):
        sealed = self.folder / "sealed.key"
        env = {"LIFEBOAT_IDENTITY_FILE": str(sealed), "LIFEBOAT_PASSPHRASE": WORDS}
        run("lifeboat", "vault", "keys", "wrap", world.keys / "identity.key", "--to", sealed,
            "--passphrase=env:LIFEBOAT_PASSPHRASE", env=env)
        sheet = self.sheet(**env)
        self.assertIn("LIFEBOAT_PASSPHRASE_FILE", sheet)
        self.assertEqual(self.read(sheet).stdout, sealed.read_text())

    def test_without_an_identity_is_denied(self):
        done = run("lifeboat", "vault", "keys", "sheet", env={"LIFEBOAT_VAULT": str(world.vault)})
        self.assert_error(done, 12, "identity", "LIFEBOAT_IDENTITY")


if __name__ == "__main__":
    unittest.main(verbosity=1)
