#!/usr/bin/env python3
"""`scripts/bench redis --quick` measures everything and says so. usage: ... SCRIPT BIN_DIRECTORY"""
import json
import subprocess
import sys
import unittest


class RedisBenchTest(unittest.TestCase):
    def test_measures_each_contest_and_its_verdicts_are_its_exit_code(self):
        done = subprocess.run([SCRIPT, "redis", "--quick", "--json", "--bin", BIN], text=True,
                              capture_output=True)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        found = json.loads(done.stdout)
        rows = found["rows"]
        self.assertEqual({row["group"] for row in rows},
                         {"tracking", "replication", "snapshot", "restore", "memory"})
        self.assertEqual(done.returncode, int(any(row["verdict"] == "MISSED" for row in rows)))
        for row in rows:
            self.assertGreater(row["peer"], 0)
            self.assertGreater(row["lifeboat"], 0)
        self.assertEqual(sorted(row["goal"] for row in rows if row["goal"] and row["unit"] == "s"),
                         [1.1, 1.1, 1.1, 1.2])
        for one in found["latency"].values():
            self.assertLessEqual(one["median_ms"], one["p99_ms"])
            self.assertLessEqual(one["p99_ms"], one["max_ms"])


if __name__ == "__main__":
    SCRIPT, BIN = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
