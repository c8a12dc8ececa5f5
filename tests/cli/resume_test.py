"""A snapshot that was killed or stopped: the next one sends only what is missing.

usage: resume_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server.
"""

import json
import signal
import subprocess
import time
import unittest

from transcript import command, run
from world import World

# 200 MB that compress to half, so that more than one flush of 64 MiB is written on the way.
RANDOM = """
CREATE TABLE noise AS SELECT n, (SELECT string_agg(md5(n || ' ' || k), '') FROM
    generate_series(1, 32) k) AS x FROM generate_series(1, 200000) n
"""

world = None


def setUpModule():
    global world
    world = World()
    world.noise = world.server.create_database("noise", RANDOM)


def tearDownModule():
    world.end()


def stored(vault):
    """Bytes of the objects; what a kill left half-written has another name."""
    return sum(path.stat().st_size for path in vault.rglob("*")
               if path.is_file() and not path.name.startswith(".tmp-"))


class Resume(unittest.TestCase):
    def setUp(self):
        self.vault, self.keys = world.new_vault(self._testMethodName)
        self.env = world.env("writer", self.vault, self.keys, NOISE_URL=world.noise)
        self.words = ("lifeboat-snapshot", "--postgres=env:NOISE_URL", "--json")

    def broken_off(self, number):
        """Runs until the first flush stands, then sends a signal."""
        process = subprocess.Popen(**command(self.words, self.env), cwd="/",
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not any(not path.name.startswith(".tmp-")
                      for path in self.vault.glob("g1/index/**/*") if path.is_file()):
            self.assertIsNone(process.poll(), "it ended before its first flush")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.005)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        return process.returncode, err

    def assert_goes_on(self, kept):
        again = run(*self.words, env=self.env)
        self.assertEqual(again.returncode, 0, again.stderr)
        resumed = json.loads(again.stdout)["resumed_bytes"]
        self.assertGreater(resumed, 60 * 2**20)
        undisturbed, keys = world.new_vault(f"{self._testMethodName}-whole")
        done = run(*self.words, env=world.env("writer", undisturbed, keys, NOISE_URL=world.noise))
        self.assertEqual(done.returncode, 0, done.stderr)
        ratio = stored(self.vault) / stored(undisturbed)
        print(f"[  resume  ] kept {kept / 1e6:.0f} MB, used {resumed / 1e6:.0f} MB of them; in all "
              f"{ratio:.2f} of an undisturbed run")
        self.assertLess(ratio, 1.3)  # what was under way beside the flush is sent again
        check = run("lifeboat-vault", "check", "--decrypt",
                    env=world.env("identity", self.vault, self.keys))
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        target = world.server.create_database(f"back_{self._testMethodName[-20:]}")
        restored = run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL",
                       env=world.env("identity", self.vault, self.keys, NEW_URL=target))
        self.assertEqual(restored.returncode, 0, restored.stderr)
        total = "SELECT count(*) || ' ' || sum(hashtext(x)::bigint) FROM noise"
        self.assertEqual(world.server.sql(total, f"back_{self._testMethodName[-20:]}"),
                         world.server.sql(total, "noise"))

    def test_after_a_kill_uses_what_was_flushed(self):
        code, _ = self.broken_off(signal.SIGKILL)
        self.assertEqual(code, -signal.SIGKILL)
        self.assert_goes_on(stored(self.vault))

    def test_after_sigterm_uses_what_was_stored_and_it_was_told(self):
        code, err = self.broken_off(signal.SIGTERM)
        self.assertEqual(code, 5, err)
        self.assertIn("already in the vault; the next snapshot will not send them again", err)
        self.assert_goes_on(stored(self.vault))


if __name__ == "__main__":
    unittest.main(verbosity=2)
