#!/usr/bin/env python3
"""Fails if a byte of rows costs far more instructions than it used to, whatever the machine.

usage: instructions_test.py VAULT_PIPELINE

Runs the pipeline on two sizes under `valgrind --tool=callgrind`; the difference of the counts,
divided by the difference in bytes, is free of what a start costs. Both ways are counted: rows into
a vault (hash, cut, compress, seal, pack) and out of it. The bounds are a third above what was
measured with Debian 12's libraries and AVX2; a processor without it, or another libsodium, costs up
to that much more. docs/performance.md has the counts.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SMALL_MIB, LARGE_MIB = 4, 12
BOUNDS = {"write": 56, "read": 18}  # instructions for each byte of rows


def count(pipeline, what, mib, folder):
    """Instructions and bytes of one run."""
    counts = Path(folder) / f"{what}-{mib}"
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}", pipeline, what, str(mib)],
        capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{what} {mib} MiB under valgrind failed:\n{run.stdout}{run.stderr}")
    total = re.search(r"^(?:summary|totals): (\d+)", counts.read_text(), re.MULTILINE)
    return int(total.group(1)), json.loads(run.stdout)["bytes"]


def each_byte(pipeline, what, folder):
    small, small_bytes = count(pipeline, what, SMALL_MIB, folder)
    large, large_bytes = count(pipeline, what, LARGE_MIB, folder)
    return (large - small) / (large_bytes - small_bytes)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="lifeboat-guard.") as folder:
        write = each_byte(sys.argv[1], "write", folder)
        costs = {"write": write, "read": each_byte(sys.argv[1], "read", folder) - write}
    for what, cost in costs.items():
        verdict = "ok" if cost <= BOUNDS[what] else "TOO MANY"
        print(f"{what:<6} {cost:6.2f} instructions a byte, bound {BOUNDS[what]}: {verdict}")
    sys.exit(any(cost > BOUNDS[what] for what, cost in costs.items()))


if __name__ == "__main__":
    main()
