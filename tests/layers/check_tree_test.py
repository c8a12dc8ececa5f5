#!/usr/bin/env python3
"""Shows on small trees that each rule of check_tree.py can fail, and that a good tree passes."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import check_tree  # noqa: E402

HEADER = "#ifndef LIFEBOAT_{0}_H_\n#define LIFEBOAT_{0}_H_\n{1}\n#endif  // LIFEBOAT_{0}_H_\n"

GOOD = {
    "lib/base/error.h": HEADER.format("BASE_ERROR", "#include <string>"),
    "lib/base/error.cpp": '#include "base/error.h"\n',
    "lib/pq/connection.h": HEADER.format("PQ_CONNECTION", '#include "base/error.h"'),
    "lib/pq/connection.cpp": '#include "pq/connection.h"\n#include <libpq-fe.h>\n',
    "lib/postgres/load.cpp": '#include "pq/connection.h"\n',
    "lib/vault/record_json.cpp": "#include <nlohmann/json.hpp>\n",
    "tools/lifeboat/main.cpp": '#include "base/error.h"\n',
    "tests/unit/base/error_test.cpp": '#include "base/error.h"\n',
    "docs/ARCHITECTURE.md": "See `lib/base/error.{h,cpp}`, `lib/*/connection.h` and "
                            "[that](../README.md#top).\n",
    "README.md": "`tools/lifeboat` and `docs/adr/<number>.md`; [web](https://example.org/x)\n",
}


class CheckTree(unittest.TestCase):
    def found(self, changes, unbuilt=()):
        """The violations of the good tree with some files changed, added, or not built."""
        files = {**GOOD, **changes}
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            commands = root / "compile_commands.json"
            commands.write_text(json.dumps([
                {"directory": str(root), "file": name}
                for name in files if name.endswith(".cpp") and name not in unbuilt
            ]), encoding="utf-8")
            return list(check_tree.violations(root, commands))

    def assert_one(self, expected, changes, **more):
        found = self.found(changes, **more)
        self.assertEqual(len(found), 1, found)
        self.assertIn(expected, found[0])

    def test_a_good_tree_passes(self):
        self.assertEqual(self.found({}), [])

    def test_a_cited_test_must_exist(self):
        cited = ("`tests/unit/base/error_test.cpp::Error.HasAKind` and "
                 "`tests/cli/error_test.py::test_is_told`\n")
        tests = {
            "tests/unit/base/error_test.cpp": "TEST_F(Error,\n       HasAKind) {}\n",
            "tests/cli/error_test.py": "class A:\n    def test_is_told(self):\n",
        }
        self.assertEqual(self.found({"docs/promises.md": cited, **tests}), [])
        for name, text in {
            "tests/unit/base/error_test.cpp": "TEST(Error, HasAKindAndMore) {}\n",
            "tests/cli/error_test.py": "# def test_is_told\ndef test_is_told_twice(self):\n",
        }.items():
            self.assert_one(f"which {name} does not hold",
                            {"docs/promises.md": cited, **tests, name: text})

    def test_a_lower_floor_may_not_include_a_higher_one(self):
        self.assert_one("base may not include pq",
                        {"lib/base/error.cpp": '#include "pq/connection.h"\n'})

    def test_jobs_may_not_include_each_other(self):
        self.assert_one("snapshot may not include verify", {
            "lib/snapshot/snapshot.cpp": '  #  include "verify/verdict.h"\n',
            "lib/verify/verdict.h": HEADER.format("VERIFY_VERDICT", ""),
        })

    def test_nothing_may_include_a_tool(self):
        self.assert_one("of no module", {"lib/cli/run.cpp": '#include "lifeboat/main.h"\n'})

    def test_a_module_stands_on_a_floor(self):
        self.assert_one("on no floor", {"lib/attic/box.cpp": "\n"})

    def test_a_library_is_included_by_one_module(self):
        for header, place in (("libpq-fe.h", "lib/postgres/a.cpp"), ("sodium.h", "lib/vault/a.cpp"),
                              ("openssl/sha.h", "lib/vault/a.cpp"), ("zstd.h", "lib/vault/a.cpp"),
                              ("toml++/toml.h", "lib/cli/a.cpp"),
                              ("spdlog/spdlog.h", "lib/snapshot/a.cpp"),
                              ("boost/program_options.hpp", "lib/config/a.cpp"),
                              ("nlohmann/json.hpp", "lib/vault/a.cpp")):
            with self.subTest(header):
                self.assert_one(header, {place: f"#include <{header}>\n"})

    def test_a_tool_includes_no_library(self):
        self.assert_one("spdlog", {"tools/lifeboat/main.cpp": "#include <spdlog/spdlog.h>\n"})

    def test_names_that_say_nothing_are_refused(self):
        for name in ("lib/base/utils.cpp", "lib/base/string_helpers.cpp", "tests/common/a.cpp",
                     "lib/pq/connection_manager.cpp", "lib/base/misc.cpp"):
            with self.subTest(name):
                self.assert_one("says nothing", {name: "\n"})

    def test_long_files_are_refused(self):
        self.assert_one("501 lines", {"lib/base/error.cpp": "\n" * 501})
        self.assert_one("251 lines", {
            "lib/base/long.h": HEADER.format("BASE_LONG", "\n" * 247)})

    def test_a_guard_has_the_name_of_its_file(self):
        self.assert_one("LIFEBOAT_BASE_WIRE_H_",
                        {"lib/base/wire.h": HEADER.format("BASE_WIRES", "")})

    def test_a_tool_is_one_thin_main(self):
        self.assert_one("main.cpp alone", {"tools/lifeboat/options.cpp": "\n"})
        self.assert_one("thin", {"tools/lifeboat/main.cpp": "\n" * 201})

    def test_a_test_that_is_not_built_is_found(self):
        self.assert_one("neither built nor run", {}, unbuilt=["tests/unit/base/error_test.cpp"])

    def test_a_document_names_only_what_exists(self):
        self.assert_one("lib/base/error.hpp", {"docs/a.md": "`lib/base/error.{h,hpp}` is it.\n"})
        self.assert_one("scripts/nothing", {"README.md": "Run `scripts/nothing --now` first.\n"})
        self.assert_one("gone.md", {"docs/a.md": "[gone](gone.md)\n"})


if __name__ == "__main__":
    unittest.main()
