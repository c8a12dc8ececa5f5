"""The frozen vaults, as the independent reader and the generator see them.

usage: reader_test.py GENERATOR VECTORS [unittest arguments]
"""

import contextlib
import ctypes
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import reader

GENERATOR, VECTORS = (Path(argument) for argument in sys.argv[1:3])
CASES = sorted(path for path in VECTORS.iterdir() if path.is_dir())
# What compressed the vectors. Another version may compress otherwise and be as right.
ZSTD = 10504
DOCUMENT = 3
# What no snapshot needs that counts.
LEFT_OVER = {
    # A segment that was merged into another before a record could name it.
    "merged-index/g1/index/6a917eb553fa4112dbc729433761dce9f720162727e5c4f0913a640350f9851c",
    # Marks: they are for writers.
    "swept/g1/mark/0000000001",
    "swept/g1/mark/0000000002",
    # The header of a swept snapshot none of whose blobs is left.
    "swept/g1/session/a7ccef4b72dcd6bf4bea39ea36e00787",
    # What came with the void snapshot.
    "swept/g1/session/2c8979cb4d5c0c99f0f742af85c56890",
    "swept/g1/index/a96bcbc0706249c8b257f9c8e7ca56a699b26c88db0a80eed5393191d82c232b",
    "swept/g1/meta/fc/fc52ffca02f803f3ca649307e88821c4c2da2064c610f8746ac996ac2bb378c4",
}
VOID = "void, its author missed a mark that is swept"
DAMAGED = {3, 10, 12, 14}


def zstd_version():
    return ctypes.CDLL("libzstd.so.1").ZSTD_versionNumber()


def objects(folder):
    """{name: bytes} of all files below it"""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def sums(folder):
    return {name: hashlib.sha256(data).hexdigest() for name, data in objects(folder).items()}


def expected_json(home):
    return json.loads((home / "expected.json").read_text(encoding="utf-8"))


def expected_of(home):
    return expected_json(home)["snapshots"]


def expected_sums(snapshot):
    return {f"{reader.file_name(stream['source'])}/{reader.file_name(stream['name'])}"
            + ("" if stream["kind"] == DOCUMENT else ".copy"): stream["sha256"]
            for stream in snapshot["streams"]}


class Case(unittest.TestCase):
    def setUp(self):
        self.scratch = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="lifeboat-")))

    def restore(self, vault, key, snapshot):
        """(exit code, standard output, standard error, {file: SHA-256}) of the reader"""
        out, printed, told = self.scratch / "out", io.StringIO(), io.StringIO()
        shutil.rmtree(out, ignore_errors=True)
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(told):
            code = reader.main([str(vault), str(key), snapshot, str(out)])
        return code, printed.getvalue(), told.getvalue(), sums(out)

    def assert_restores(self, home, snapshots):
        for snapshot in snapshots:
            with self.subTest(case=home.name, snapshot=snapshot["id"][:8]):
                code, printed, told, files = self.restore(
                    home / "vault", home / "test-only-identity.key", snapshot["id"])
                self.assertEqual(len(told.splitlines()),
                                 len(expected_json(home).get("unaware", [])), told)
                self.assertEqual(told.count(VOID), len(told.splitlines()))
                self.assertEqual(files, expected_sums(snapshot))
                for word in ("pinned", "forgotten"):
                    self.assertEqual(f", {word}" in printed, snapshot.get(word, False), word)
                self.assertEqual(code, 0 if snapshot["complete"] and not snapshot["loses"] else 3)
                self.assertEqual("missing" in printed, snapshot["loses"])
                self.assertEqual(", proven" in printed, snapshot["proven"])


class Reader(Case):
    def test_restores_every_snapshot_of_every_frozen_vault(self):
        self.assertGreaterEqual(len(CASES), 10)
        for home in CASES:
            self.assertTrue(expected_of(home))
            self.assert_restores(home, expected_of(home))

    def test_takes_the_snapshot_that_was_finished_last_as_latest(self):
        for home in CASES:
            newest = expected_of(home)[-1]
            _, printed, _, files = self.restore(home / "vault", home / "test-only-identity.key",
                                                "latest")
            self.assertIn(newest["id"], printed)
            self.assertEqual(files, expected_sums(newest))

    def test_says_which_snapshot_is_unknown_or_badly_named(self):
        home = CASES[0]
        for name, code in (("00" * 32, 10), ("yesterday", 2), ("", 2)):
            done = self.restore(home / "vault", home / "test-only-identity.key", name)
            self.assertEqual((done[0], done[1], done[3]), (code, "", {}))

    def test_refuses_the_key_of_another_vault_and_one_that_was_mistyped(self):
        key = self.scratch / "key"
        text = (CASES[0] / "test-only-identity.key").read_text(encoding="ascii")
        self.assertEqual(self.restore(CASES[1] / "vault", text, "latest")[0], 12)
        for mistyped in (text.replace("-1", "-2", 1), text[:-3], text[:60] + "7a2" + text[63:]):
            key.write_text(mistyped, encoding="ascii")
            self.assertEqual(self.restore(CASES[0] / "vault", key, "latest")[0], 2)

    def test_tells_that_a_record_or_the_trust_was_taken_back(self):
        for name, gone in (("three-snapshots", "snapshot/*/fffffffffffffffd"),
                           ("three-snapshots", "snapshot/*/fffffffffffffffe"),
                           ("two-writers", "trust/0000000001"), ("two-writers", "trust/*")):
            vault = self.copy_of(name)
            for path in vault.glob(gone):
                path.unlink()
            code, printed, _, files = self.restore(
                vault, VECTORS / name / "test-only-identity.key", "latest")
            self.assertEqual((code, printed, files), (14, "", {}), (name, gone))

    def test_knows_that_what_is_missing_was_swept_and_refuses_what_a_mark_voids(self):
        swept = [home for home in CASES if "swept" in expected_json(home)]
        self.assertTrue(swept or VECTORS.name == "v1")
        for home in swept:
            for key, said in (("swept", "a sweep removed it"), ("unaware", "no such snapshot")):
                self.assertTrue(expected_json(home)[key])
                for name in expected_json(home)[key]:
                    code, _, told, files = self.restore(
                        home / "vault", home / "test-only-identity.key", name)
                    self.assertEqual((code, files), (10, {}))
                    self.assertIn(said, told)
                    self.assertIn(VOID, told)

    def test_tells_that_what_forgetting_left_was_taken_back(self):
        if not (VECTORS / "swept").is_dir():
            self.assertEqual(VECTORS.name, "v1")
            return
        key = VECTORS / "swept" / "test-only-identity.key"
        records = sorted((VECTORS / "swept" / "vault" / "record").glob("*/*"))
        self.assertGreaterEqual(len(records), 8)
        newest = {min(path.parent.iterdir()) for path in records}
        for path in records:
            vault = self.copy_of("swept")
            (vault / path.relative_to(VECTORS / "swept" / "vault")).unlink()
            code, printed, _, files = self.restore(vault, key, "latest")
            # Of each chain the newest record is missed only by who has seen it.
            self.assertTrue((code, printed, files) == (14, "", {}) or path in newest, path)
        # Without its tombstone a record is missing, wherever the pruner's chain ends before.
        vault = self.copy_of("swept")
        pruner = max((path.parent for path in records), key=lambda path: len(self.sweeps_in(path)))
        for sweep in self.sweeps_in(pruner):
            for later in (path for path in pruner.iterdir() if path.name <= sweep.name):
                (vault / later.relative_to(VECTORS / "swept" / "vault")).unlink()
        self.assertEqual(self.restore(vault, key, "latest")[0], 14)

    def sweeps_in(self, chain):
        """Records of a chain that hold an id that was swept: tombstones are public."""
        swept = [bytes.fromhex(name) for name in expected_json(VECTORS / "swept")["swept"]]
        return [path for path in chain.iterdir()
                if any(name in path.read_bytes() for name in swept)]

    def copy_of(self, name):
        vault = self.scratch / "vault"
        shutil.rmtree(vault, ignore_errors=True)
        shutil.copytree(VECTORS / name / "vault", vault)
        return vault


class Damage(Case):
    """One byte of one object is another one: the reader says so, and writes no wrong byte."""

    def test_is_told_wherever_it_is(self):
        for home in CASES:
            vault = self.scratch / "vault"
            shutil.rmtree(vault, ignore_errors=True)
            shutil.copytree(home / "vault", vault)
            for name, data in objects(vault).items():
                for at in sorted({0, 15, len(data) // 2, len(data) - 1}):
                    with self.subTest(case=home.name, object=name, at=at):
                        flipped = bytearray(data)
                        flipped[at] ^= 1
                        (vault / name).write_bytes(flipped)
                        failed = self.failures_of(home, vault)
                        # No snapshot needs every object, but each object is needed by one.
                        self.assertEqual(failed > 0, f"{home.name}/{name}" not in LEFT_OVER)
                (vault / name).write_bytes(data)

    def failures_of(self, home, vault):
        """How many snapshots cannot be restored; the others must be what they were."""
        failed = 0
        for snapshot in expected_of(home):
            code, printed, told, files = self.restore(
                vault, home / "test-only-identity.key", snapshot["id"])
            self.assertLessEqual(files.items(), expected_sums(snapshot).items())
            if printed:
                self.assertEqual(files, expected_sums(snapshot))
            else:
                self.assertIn(code, DAMAGED)
                self.assertIn("reader: ", told)
                failed += 1
        return failed


class Generator(Case):
    def test_makes_the_frozen_vaults_again_byte_for_byte(self):
        subprocess.run([GENERATOR, self.scratch / "made"], check=True, timeout=120)
        made = sorted(path for path in (self.scratch / "made").iterdir())
        self.assertEqual([path.name for path in made], [path.name for path in CASES])
        for home, frozen in zip(made, CASES):
            if zstd_version() == ZSTD:
                self.assertEqual(sums(home), sums(frozen), home.name)
            else:
                # Other packs, other names, other ids; the content has to be the same.
                self.assertEqual([expected_sums(s) for s in expected_of(home)],
                                 [expected_sums(s) for s in expected_of(frozen)])
            self.assert_restores(home, expected_of(home))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
