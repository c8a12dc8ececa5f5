#!/usr/bin/env python3
"""What a contest makes of its times, and what the table says of it. usage: contest_test.py"""
import contextlib
import io
import unittest

from contest import Contest, Contestant, Goal, Row
from table import json_rows, text_table


def held(times, goals, programs=(), before_round=None):
    turns = {name: iter(seconds) for name, seconds in times.items()}
    contestants = [Contestant(name, lambda name=name: next(turns[name]),
                              programs if name == "peer" else ()) for name in times]
    with contextlib.redirect_stderr(io.StringIO()):
        return Contest("group", contestants, goals, before_round).hold(3)


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

    def test_names_each_program_of_a_peer_that_is_not_installed(self):
        [row] = held({"lifeboat": [3, 3, 3], "peer": [4, 4, 4]}, [Goal("it", ["peer"], 1)],
                     programs=("python3", "no-such-program", "nor-this-one"))
        self.assertEqual(row.verdict, "not installed: no-such-program, nor-this-one")
        self.assertIn("not installed: no-such-program", text_table([row]))

    def test_tells_without_a_goal(self):
        [row] = held({"lifeboat": [3, 3, 3], "peer": [4, 4, 4]}, [Goal("it", ["peer"])])
        self.assertEqual((row.ratio, row.verdict), (0.75, ""))

    def test_takes_turns_and_prepares_each_round(self):
        order = []

        def turn(name):
            return lambda: order.append(name) or 1.0

        contest = Contest("group", [Contestant("peer", turn("peer")),
                                    Contestant("lifeboat", turn("lifeboat"))],
                          [], before_round=lambda: order.append("day"))
        with contextlib.redirect_stderr(io.StringIO()):
            contest.hold(2)
        self.assertEqual(order, ["day", "peer", "lifeboat"] * 2)


class TableTest(unittest.TestCase):
    def test_shows_a_ratio_far_below_one_per_cent(self):
        self.assertIn("0.00042", text_table([Row("second", "added", 0.042, 100, 0.001, "MB")]))

    def test_keeps_every_single_time_in_json(self):
        rows = held({"lifeboat": [1, 2, 9], "peer": [4, 4, 3]}, [Goal("it", ["peer"], 0.5)])
        self.assertEqual(json_rows(rows)[0]["times"], {"lifeboat": [1, 2, 9], "peer": [4, 4, 3]})

    def test_keeps_a_peer_that_is_not_installed_in_json(self):
        rows = held({"lifeboat": [1, 2, 9], "peer": [4, 4, 3]}, [Goal("it", ["peer"], 0.5)],
                    programs=("no-such-program",))
        self.assertEqual(json_rows(rows)[0]["verdict"], "not installed: no-such-program")
        self.assertIsNone(json_rows(rows)[0]["peer"])


if __name__ == "__main__":
    unittest.main()
