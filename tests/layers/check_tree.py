#!/usr/bin/env python3
"""Checks what the compiler does not: floors, fences, names, sizes, forgotten files, dead links,
tests that documents cite.

usage: check_tree.py ROOT [COMPILE_COMMANDS_JSON]

Prints one line for each violation and exits 1 if there is any. docs/ARCHITECTURE.md gives the
reasons. check_tree_test.py shows that every rule can fail.
"""

import glob
import itertools
import json
import re
import sys
from pathlib import Path

# Floors, lowest first. A module includes its own headers and those of floors below its own.
FLOORS = [
    {"base"},
    {"stream", "os"},
    {"seal", "squeeze", "pq", "config", "http"},
    {"store", "resp"},
    {"vault", "postgres", "redis", "memcached"},
    {"bridge", "drill"},
    {"snapshot", "restore", "verify", "compare", "export", "doctor", "report", "rehearse"},
    {"cli"},
]
FLOOR_OF = {module: number for number, floor in enumerate(FLOORS) for module in floor}
TOOLS_FLOOR = len(FLOORS)

# A library's headers, and the one module that may include them.
FENCES = [
    (re.compile(r"libpq(-fe|/.*)\.h$"), {"pq"}),
    (re.compile(r"sodium(\.h$|/)"), {"seal"}),
    (re.compile(r"openssl/"), {"seal"}),
    (re.compile(r"zstd.*\.h$"), {"squeeze"}),
    (re.compile(r"boost/program_options"), {"cli"}),
    (re.compile(r"toml\+\+/|toml\.hpp$"), {"config"}),
    (re.compile(r"spdlog/"), {"cli"}),
    (re.compile(r"curl/"), {"http"}),
    (re.compile(r"pugixml"), {"store"}),
]
JSON_HEADER = re.compile(r"nlohmann/")
JSON_MODULES = {"config", "cli"}

BANNED_WORDS = {"util", "utils", "helper", "helpers", "common", "misc", "manager"}

MAX_HEADER_LINES = 250
MAX_SOURCE_LINES = 500
MAX_MAIN_LINES = 200
# path: why this one file may be longer
LONGER = {}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?P<open>[<"])(?P<name>[^>"]+)[>"]', re.MULTILINE)
DOC_PATH = re.compile(r"`(?P<path>(?:lib|tools|docs|scripts|tests|cmake)/[^`\s]*)[^`]*`")
CITED_TEST = re.compile(r"`(?P<path>tests/[^`\s:]+)::(?P<test>[^`\s]+)`")
DOC_LINK = re.compile(r"\]\((?P<path>[^)\s#]+)(?:#[^)]*)?\)")


def sources(root, *folders):
    for folder in folders:
        for suffix in ("h", "cpp"):
            yield from sorted((root / folder).rglob(f"*.{suffix}"))


def module_of(root, path):
    parts = path.relative_to(root).parts
    return parts[1] if parts[0] == "lib" else "tools"


def check_floors(root):
    for folder in sorted((root / "lib").iterdir()):
        if folder.is_dir() and folder.name not in FLOOR_OF:
            yield f"lib/{folder.name}: on no floor (add it to FLOORS in tests/layers/check_tree.py)"
    for path in sources(root, "lib", "tools"):
        module = module_of(root, path)
        floor = TOOLS_FLOOR if module == "tools" else FLOOR_OF.get(module, -1)
        for include in INCLUDE.finditer(path.read_text(encoding="utf-8")):
            other = include["name"].split("/")[0]
            if include["open"] != '"' or other == module:
                continue
            if other not in FLOOR_OF:
                yield f"{path.relative_to(root)}: includes \"{include['name']}\" of no module"
            elif FLOOR_OF[other] >= floor:
                yield f"{path.relative_to(root)}: {module} may not include {other} (floors)"


def check_fences(root):
    for path in sources(root, "lib", "tools"):
        module = module_of(root, path)
        for include in INCLUDE.finditer(path.read_text(encoding="utf-8")):
            name = include["name"]
            for pattern, modules in FENCES:
                if pattern.match(name) and module not in modules:
                    home = " or ".join(f"lib/{m}" for m in sorted(modules))
                    yield f"{path.relative_to(root)}: <{name}> belongs in {home} alone"
            if JSON_HEADER.match(name) and module not in JSON_MODULES:
                if not path.stem.endswith("_json"):
                    yield f"{path.relative_to(root)}: <{name}> belongs in *_json files, config, cli"


def check_names_and_sizes(root):
    for path in sources(root, "lib", "tools", "tests"):
        shown = path.relative_to(root)
        words = set(re.split(r"[_\-.]", path.stem.lower())) | {part.lower() for part in shown.parts}
        for word in sorted(words & BANNED_WORDS):
            yield f"{shown}: '{word}' says nothing about what is inside"
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        limit = MAX_HEADER_LINES if path.suffix == ".h" else MAX_SOURCE_LINES
        if lines > limit and str(shown) not in LONGER:
            yield f"{shown}: {lines} lines, {limit} allowed"
        if path.suffix == ".h":
            inside = shown.parts[1:] if shown.parts[0] == "lib" else shown.parts
            guard = re.sub(r"[^A-Z0-9]", "_", "_".join(("LIFEBOAT", *inside)).upper()) + "_"
            if f"#ifndef {guard}\n#define {guard}\n" not in text:
                yield f"{shown}: its include guard is not {guard}"
    for path in sources(root, "tools"):
        if path.name != "main.cpp":
            yield f"{path.relative_to(root)}: a tool's folder holds main.cpp alone"
        elif path.read_text(encoding="utf-8").count("\n") > MAX_MAIN_LINES:
            yield f"{path.relative_to(root)}: a main is thin, {MAX_MAIN_LINES} lines at the most"


def check_every_source_is_built(root, compile_commands):
    if not compile_commands.exists():
        yield f"{compile_commands}: missing; configure with one of the presets"
        return
    built = {
        (Path(entry["directory"]) / entry["file"]).resolve()
        for entry in json.loads(compile_commands.read_text(encoding="utf-8"))
    }
    for path in sources(root, "lib", "tools", "tests"):
        if path.suffix == ".cpp" and path.resolve() not in built:
            yield f"{path.relative_to(root)}: in no CMakeLists.txt, so it is neither built nor run"


def expand_braces(text):
    """lib/store/x.{h,cpp} -> lib/store/x.h, lib/store/x.cpp"""
    pieces = re.split(r"\{([^}]*)\}", text)
    choices = [piece.split(",") if i % 2 else [piece] for i, piece in enumerate(pieces)]
    return ["".join(choice) for choice in itertools.product(*choices)]


def declares_test(path, test):
    """Suite.Name of a GoogleTest file; the name of a test function of a Python file."""
    if not path.is_file():
        return True  # a path that does not exist is a violation of its own
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return re.search(rf"^\s*def {re.escape(test)}\(", text, re.MULTILINE) is not None
    suite, _, name = test.partition(".")
    declared = rf"\bTEST(?:_F|_P)?\(\s*{re.escape(suite)},\s*{re.escape(name)}\s*\)"
    return re.search(declared, text) is not None


def check_documents(root):
    documents = sorted((root / "docs").rglob("*.md")) + sorted(root.glob("*.md"))
    for document in documents:
        text = document.read_text(encoding="utf-8")
        for match in CITED_TEST.finditer(text):
            if not declares_test(root / match["path"], match["test"]):
                yield (f"{document.relative_to(root)}: cites {match['test']}, "
                       f"which {match['path']} does not hold")
        named = {
            match["path"].split("::")[0].rstrip(".,:;") for match in DOC_PATH.finditer(text)
        }
        for name in sorted(named):
            if any(mark in name for mark in "<>…"):
                continue  # a pattern for people: docs/adr/<number>-<title>.md
            for path in expand_braces(name):
                if not glob.glob(str(root / path)):
                    yield f"{document.relative_to(root)}: names `{path}`, which does not exist"
        for match in DOC_LINK.finditer(text):
            if "://" in match["path"] or match["path"].startswith("mailto:"):
                continue
            if not (document.parent / match["path"]).exists():
                yield f"{document.relative_to(root)}: links to {match['path']}, which does not exist"


def violations(root, compile_commands=None):
    yield from check_floors(root)
    yield from check_fences(root)
    yield from check_names_and_sizes(root)
    yield from check_documents(root)
    if compile_commands is not None:
        yield from check_every_source_is_built(root, compile_commands)


def main(arguments):
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    found = list(violations(Path(arguments[0]), *[Path(path) for path in arguments[1:]]))
    for violation in found:
        print(violation)
    print(f"{len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
