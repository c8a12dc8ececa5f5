#!/usr/bin/env python3
"""What a contest makes of its times. usage: contest_test.py"""
import contextlib
import io
import unittest

from contest import Contest, Contestant, Goal, text_table


def held(times, goals, program=""):
    turns = {name: iter(seconds) for name, seconds in times.items()}
    contestants = [Contestant(name, lambda name=name: next(turns[name]),
                              program if name == "peer" else "") for name in times]
    with contextlib.redirect_stderr(io.StringIO()):
        return Contest("group", contestants, goals).hold(3)


class ContestTest(unittest.TestCase):
    def test_compares_medians_and_shows_the_spread_of_the_rounds(self):
        [row] = held({"lifeboat": [1, 2, 9], "peer": [4, 4, 3]}, [Goal("it", ["peer"], 0.5)])
        self.assertEqual(row.ratio, 0.5)
        self.assertEqual(row.spread, (0.25, 3.0))
        self.assertEqual(row.verdict, "ok")

    def test_says_missed_above_the_goal(self):
        [row] = held({"lifeboat": [3, 3, 3], "peer": [4, 4, 4]}, [Goal("it", ["peer"], 0.74)])
        self.assertEqual(row.verdict, "MISSED")

    def test_measures_against_the_better_peer(self):
        [row] = held({"lifeboat": [3, 3, 3], "-j2": [6, 6, 6], "-j4": [5, 5, 5]},
                     [Goal("it", ["-j2", "-j4"], 1)])
        self.assertEqual(row.peer, 5)

    def test_names_a_peer_that_is_not_installed(self):
        [row] = held({"lifeboat": [3, 3, 3], "peer": [4, 4, 4]}, [Goal("it", ["peer"], 1)],
                     program="no-such-program")
        self.assertEqual(row.verdict, "not installed: peer")
        self.assertIn("not installed: peer", text_table([row]))

    def test_tells_without_a_goal(self):
        [row] = held({"lifeboat": [3, 3, 3], "peer": [4, 4, 4]}, [Goal("it", ["peer"])])
        self.assertEqual((row.ratio, row.verdict), (0.75, ""))


if __name__ == "__main__":
    unittest.main()
