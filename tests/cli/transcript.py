"""What the tests of the executables share: running them, and remembering all that they said.

The first argument on the command line is the directory of the executables.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
BIN = pathlib.Path(sys.argv.pop(1)).resolve()
CANARY = "canary77secret"

# Every output of every command that run() ran: a secret must be in none of them.
said = []


def command(words, env, folder=BIN):
    """The arguments of Popen for bin/WORDS[0] with nothing of our own environment but PATH."""
    return {"args": [folder / words[0], *words[1:]], "env": {"PATH": os.environ["PATH"], "LIFEBOAT_STATE": "none", **(env or {})},
            "text": True, "stdin": subprocess.DEVNULL}


def remember(words, out, err):
    said.append((" ".join(map(str, words)), (out or "") + (err or "")))


def run(*words, env=None, cwd=None, **more):
    done = subprocess.run(
        **command(words, env, more.pop("folder", BIN)), cwd=cwd or "/", timeout=60,
        stdout=more.pop("stdout", subprocess.PIPE), stderr=more.pop("stderr", subprocess.PIPE),
        **more)
    remember(words, done.stdout, done.stderr)
    return done


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def config(self, text):
        path = self.folder / "lifeboat.toml"
        path.write_text(text)
        return path

    def assert_good(self, name, text):
        path = HERE / f"{name}.good"
        if os.environ.get("LIFEBOAT_UPDATE_GOOD"):
            path.write_text(text)
        self.assertEqual(path.read_text(), text)

    def assert_error(self, done, code, message, hint=None):
        """One error on stderr with these words in it, nothing on stdout, this exit code."""
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertIn(message, done.stderr)
        if hint:
            self.assertRegex(done.stderr, r"\n  hint: .*" + hint)

    def assert_usage_error(self, done, message, hint=None):
        self.assert_error(done, 2, message)
        if hint:
            self.assertIn(f"  hint: {hint}", done.stderr)

    def assert_json_error(self, done, code, kind, message):
        """The same with --json: one object as stderr's last line. Returns the error."""
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        self.assertEqual([list(line) for line in lines if "error" in line], [["error"]])
        error = lines[-1]["error"]
        self.assertEqual(error["kind"], kind)
        self.assertIn(message, error["message"])
        return error
