"""A snapshot against a live server, by lifeboat-compare.

usage: compare_test.py BIN_DIRECTORY [unittest arguments]
"""

import json
import unittest

import redis_test
from redis_test import PASSWORD, documented, documented_of
from transcript import run


class Compare(redis_test.Case):
    """The target of these is a restored copy, changed or not."""

    def setUp(self):
        super().setUp()
        self.source.run("HSET", "session:1", "user", "li")
        self.source.run("SET", "session:2", "b", "PXAT", "4000000000000")
        self.source.run("SET", "gone", "c")
        self.source.run("-n", "4", "SET", "other", "d")
        self.assert_code(self.take(), 0)

    def compare(self, *words, reference="env:NEW_REDIS_URL"):
        return run("lifeboat", "compare", "latest", "--with", reference, *words, env=self.reader)

    def test_finds_nothing_in_a_restored_copy(self):
        self.assert_code(self.restore(), 0)
        done = self.compare("--json")
        self.assert_code(done, 0)
        report = json.loads(done.stdout)
        self.assertEqual(set(report), documented("## `lifeboat compare --json`") | {"format"})
        self.assertEqual(set(report["comparison"]), documented("### comparison"))
        self.assertEqual((report["comparison"]["equal"], report["comparison"]["equal_keys"]),
                         (True, 4))
        self.assertNotIn(PASSWORD, report["server"])
        text = self.compare()
        self.assert_code(text, 0)
        self.assertIn("equal   4 keys by value and expiry", text.stdout)

    def test_lists_every_kind_of_difference_with_keys_of_any_bytes(self):
        self.assert_code(self.restore(), 0)
        self.target.run("EVAL", r"redis.call('SET', '\27[31m\255', '1')", "0")
        self.target.run("DEL", "gone")
        self.target.run("HSET", "session:1", "user", "other")
        self.target.run("PERSIST", "session:2")
        done = self.compare("--json")
        self.assert_code(done, 3)
        comparison = json.loads(done.stdout)["comparison"]
        for one in comparison["differences"]:
            self.assertEqual(set(one), documented_of("differences"))
        found = {(one["what"], one["key_hex"]) for one in comparison["differences"]}
        self.assertEqual(found, {("extra", "1b5b33316dff"), ("missing", "gone".encode().hex()),
                                 ("value", "session:1".encode().hex()),
                                 ("expiry", "session:2".encode().hex())})
        (extra,) = (one for one in comparison["differences"] if one["what"] == "extra")
        self.assertEqual(extra["key"], "\x1b[31m\ufffd")
        (expiry,) = (one for one in comparison["differences"] if one["what"] == "expiry")
        self.assertEqual((expiry["expires"], expiry["found_expires"]),
                         ("2096-10-02T07:06:40.000Z", None))
        text = self.compare()
        self.assert_code(text, 3)
        self.assertIn("1 missing, 1 extra, 1 with another value, 1 with another expiry",
                      text.stdout)
        self.assertIn(r'extra    "\x1b[31m\xff"', text.stdout)
        self.assertNotIn("\x1b", text.stdout)
        # Some of it.
        self.assert_code(self.compare("--match", "other"), 0)
        self.assert_code(self.compare("--db", "4"), 0)
        few = self.compare("--limit", "1")
        self.assertIn("and 3 more", few.stdout)
        self.assert_code(self.compare("--limit", "0"), 3)

    def test_accounts_for_each_key_that_has_expired(self):
        for number in range(5):
            self.source.run("SET", f"short:{number}", "x", "PX", "300")
        self.assert_code(self.take(), 0)
        while self.source.run("EXISTS", "short:4").strip() == "1":
            pass
        done = self.compare("--json", reference="env:REDIS_URL")
        self.assert_code(done, 0)
        comparison = json.loads(done.stdout)["comparison"]
        self.assertEqual((comparison["expired"], comparison["missing"]), (5, 0))
        self.assertEqual([one["key"] for one in comparison["expired_keys"]],
                         [f"short:{number}" for number in range(5)])
        for one in comparison["expired_keys"]:
            self.assertEqual(set(one), documented_of("expired_keys"))
        few = self.compare("--limit", "2", reference="env:REDIS_URL")
        self.assert_code(few, 0)
        self.assertIn("expired since the snapshot: 5 keys", few.stdout)
        self.assertIn("and 3 more", few.stdout)

    def test_says_so_where_the_server_could_not_be_read_as_of_one_moment(self):
        self.assert_code(self.restore(), 0)
        self.target.run("ACL", "SETUSER", "default", "-client")
        done = self.compare()
        self.assert_code(done, 3)
        self.assertIn("NOT KNOWN", done.stdout)
        self.assertIn("as of one moment", " ".join(done.stdout.split()))
        self.assertFalse(json.loads(self.compare("--json").stdout)["comparison"]["still"])

    def test_refuses_what_it_cannot_compare(self):
        self.assert_code(run("lifeboat", "compare", "latest", env=self.reader), 2)
        self.reader["PG"] = "postgres://u:secret77canary@h/d"
        done = self.compare(reference="env:PG")
        self.assert_code(done, 2)
        self.assertIn("Postgres", done.stderr)
        self.assertNotIn("secret77canary", done.stderr)
        self.reader["HTTP"] = "http://x"
        self.assert_code(self.compare(reference="env:HTTP"), 2)
        self.reader["NOWHERE"] = "unix:///nowhere/socket"
        self.assert_code(self.compare(reference="env:NOWHERE"), 10)
        self.reader["WRONG"] = f"unix://:wrong@{self.target.socket}"
        self.assert_code(self.compare(reference="env:WRONG"), 12)
        self.assert_code(self.compare("--source", "nobody"), 10)


if __name__ == "__main__":
    unittest.main(verbosity=1)
