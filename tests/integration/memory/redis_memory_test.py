#!/usr/bin/env python3
"""Peak memory of snapshot, restore and comparison of a Redis with very many and very big keys.

usage: redis_memory_test.py BIN_DIRECTORY [unittest arguments]; LIFEBOAT_TEST_LONG=1: ten times as many
"""
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "bench"))

from place import PROMISE_MIB, Place  # noqa: E402
from redis_contests import Redis  # noqa: E402

LONG = os.environ.get("LIFEBOAT_TEST_LONG") == "1"
KEYS = 10_000_000 if LONG else 1_000_000
BIG_MB = 200
STREAM_MB = 200 if LONG else 50
# A value of a type without pieces is held whole, by the connection and by the record, while both grow.
TIMES_A_WHOLE_VALUE = 5

FILL = """for i = 1, ARGV[1] do redis.call('SET', 'key:' .. i, 'value ' .. i) end"""
BIG = """local megabyte = string.rep(redis.sha1hex('a') .. redis.sha1hex('b') .. ' and more, ', 10000)
for i = 1, ARGV[1] do redis.call('APPEND', 'big', megabyte) end"""
# Of many digests, so that the server cannot compress what it dumps.
STREAM = """for i = 1, ARGV[1] do
  local parts = {}
  for n = 1, 25000 do parts[n] = redis.sha1hex(i .. ':' .. n) end
  redis.call('XADD', 'stream', '*', 'field', table.concat(parts))
end"""


class RedisMemory(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="lifeboat-test-"))
        self.addCleanup(shutil.rmtree, self.home)
        self.home.chmod(0o755)
        self.place = Place(self.home, None, BIN)
        self.source, self.target = Redis(self.home, "source"), Redis(self.home, "target")
        self.addCleanup(self.source.stop)
        self.addCleanup(self.target.stop)
        self.vault = self.place.fresh_vault("vault")
        (self.home / "lifeboat.toml").write_text(
            '[source.keys]\nkind = "redis"\nurl = "env:REDIS_SOURCE"\n')
        os.environ.update({"LIFEBOAT_CONFIG": str(self.home / "lifeboat.toml"),
                           "REDIS_SOURCE": self.source.url(), "REDIS_TARGET": self.target.url()})

    def peaks(self, label):
        """Of a snapshot, and of a restore with its comparison, in MiB."""
        self.place.lifeboat("snapshot", "snapshot", vault=self.vault)
        self.place.lifeboat("restore", "restore", "latest", "--redis", "env:REDIS_TARGET",
                            "--compare", vault=self.vault)
        peaks = self.place.peaks
        print(f"[  memory  ] {label}: " + ", ".join(
            f"{what} {peak:.0f} MiB" for what, peak in peaks.items()), flush=True)
        return peaks.values()

    def test_of_very_many_keys_and_one_very_big_one_is_bounded(self):
        self.source.ask("EVAL", FILL, "0", str(KEYS))
        self.source.ask("EVAL", BIG, "0", str(BIG_MB))
        self.assertGreater(int(self.source.ask("STRLEN", "big")), BIG_MB * 900_000)
        for peak in self.peaks(f"{KEYS:,} keys and one of {BIG_MB} MB"):
            self.assertLessEqual(peak, PROMISE_MIB)
        self.assertEqual(int(self.target.ask("DBSIZE")), KEYS + 1)

    def test_of_a_value_that_has_no_pieces_is_a_few_times_its_size(self):
        self.source.ask("EVAL", STREAM, "0", str(STREAM_MB))
        size = int(self.source.ask("MEMORY", "USAGE", "stream")) / 2**20
        self.assertGreater(size, STREAM_MB * 0.9)
        for peak in self.peaks(f"a stream of {size:.0f} MiB"):
            self.assertLessEqual(peak, PROMISE_MIB + TIMES_A_WHOLE_VALUE * size)


if __name__ == "__main__":
    BIN = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
