"""A vault of 1 TB and one of 10,000 snapshots: memory, time and requests of each step."""
import json
import shutil

from place import PROMISE_MIB
from server import run

TABLES = 8  # one more with each snapshot: the eighth commit merges the index
RECORDS_OF_A_ROLL = 128
OPENING_GETS, OPENING_LISTS = 2, 1  # format and the trust record, found by a listing


class Steps:
    """Runs steps of vault_scale and holds them to their goals."""

    def __init__(self, program):
        self.program = program
        self.rows = []

    def run(self, *arguments):
        return run([self.program, *arguments])

    def measure(self, name, *arguments, **goals):
        """`goals`: found, which must be met, and the most gets, lists, seconds."""
        done = self.run(*arguments)
        row = {"step": name, "took_ms": round(done.seconds * 1000),
               "peak_mib": round(done.peak_mib, 1), **json.loads(done.output), "goals": goals}
        row["missed"] = [goal for goal, limit in goals.items() if goal not in ("found", "seconds")
                         and row[goal] > limit]
        if done.peak_mib > PROMISE_MIB:
            row["missed"].append("peak_mib")
        if row["found"] != goals.get("found", row["found"]):
            row["missed"].append("found")
        if done.seconds > goals.get("seconds", done.seconds):
            row["missed"].append("seconds")
        self.rows.append(row)


def measure_chunks(steps, home, chunks):
    steps.run("create", home)
    each = chunks // TABLES
    for tables in range(1, TABLES):
        steps.run("snapshot", home, tables, each)
    steps.measure("snapshot that adds an eighth and merges", "snapshot", home, TABLES, each, found=1)
    steps.measure("snapshot of the same again", "snapshot", home, TABLES, each, found=2)
    steps.measure("open, and load the index", "open", home, seconds=30)
    steps.measure("latest", "latest", home, gets=OPENING_GETS + 1, lists=OPENING_LISTS + 1,
                  found=TABLES + 1, seconds=5)


def measure_history(steps, home, count):
    steps.run("history", home, count)
    whole, rest = divmod(count, RECORDS_OF_A_ROLL)
    # The newest record of all is read alone even where it ends a roll.
    of_a_chain = whole + (rest or 1)
    steps.measure("latest of the long history", "latest", home, gets=OPENING_GETS + 1, lists=OPENING_LISTS + 1,
                  found=count, seconds=5)
    steps.measure("ls, with every proof", "ls", home, gets=OPENING_GETS + 2 * of_a_chain,
                  lists=OPENING_LISTS + 2, found=2 * count, seconds=60)


def measure_scale(program, home, chunks, snapshots):
    steps = Steps(program)
    for name, work, size in (("chunks", measure_chunks, chunks),
                             ("history", measure_history, snapshots)):
        folder = home / name
        folder.mkdir()
        work(steps, folder, size)
        shutil.rmtree(folder)
    return {"chunks": chunks, "snapshots": snapshots, "promise_mib": PROMISE_MIB,
            "steps": steps.rows}


def scale_text(measured):
    lines = [f"a vault of {measured['chunks']:,} chunks, and one of {measured['snapshots']:,} "
             "snapshots, each with a proof",
             f"  {'step':<42} {'seconds':>8} {'MiB':>7} {'GET':>5} {'LIST':>5} {'PUT':>5}"]
    for row in measured["steps"]:
        verdict = "MISSED: " + ", ".join(row["missed"]) if row["missed"] else "ok"
        lines.append(f"  {row['step']:<42} {row['took_ms'] / 1000:8.2f} {row['peak_mib']:7.1f} "
                     f"{row['gets']:5} {row['lists']:5} {row['puts']:5}   {verdict}")
    return "\n".join(lines)
