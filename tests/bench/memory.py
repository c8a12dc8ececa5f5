"""Peak resident memory of snapshot, restore and verify on one table, against the promise."""
from place import PROMISE_MIB

ROW_BYTES = 512


def measure_memory(place, gib):
    rows = int(gib * 2**30 / ROW_BYTES)
    for name in ("source", "target", "scratch"):
        place.server.fresh(name)
    place.server.sql(
        f"""CREATE TABLE big AS SELECT i AS id, md5(i::text) || md5((i + 1)::text) AS a,
            repeat(md5((i * 7)::text), 12) AS b, i % 1000 AS c FROM generate_series(1, {rows}) i;
            ALTER TABLE big ADD PRIMARY KEY (id)""", "source")
    vault = place.fresh_vault("vault")
    runs = [("snapshot", ["snapshot", "--postgres", "env:SOURCE"]),
            ("snapshot, unchanged", ["snapshot", "--postgres", "env:SOURCE"]),
            ("restore", ["restore", "latest", "--postgres", "env:TARGET"]),
            ("verify", ["verify", "latest", "--scratch", "env:SCRATCH",
                        "--adopt-scratch"])]
    results = []
    for name, arguments in runs:
        done = place.lifeboat(name, *arguments, vault=vault, SOURCE="source", TARGET="target",
                              SCRATCH="scratch")
        results.append({"run": name, "took_ms": round(done.seconds * 1000),
                        "peak_mib": round(done.peak_mib, 1), "promise_mib": PROMISE_MIB,
                        "ok": done.peak_mib <= PROMISE_MIB})
    return {"rows": rows, "gib": gib, "vault": "s3" if place.store else "directory",
            "runs": results}


def memory_text(measured):
    lines = [f"one table of {measured['gib']:g} GiB, {measured['rows']:,} rows, "
             f"vault: {measured['vault']}; peak resident memory"]
    for run in measured["runs"]:
        lines.append(f"  {run['run']:<20} {run['took_ms'] / 1000:7.1f} s "
                     f"{run['peak_mib']:7.1f} MiB of {PROMISE_MIB}   "
                     f"{'ok' if run['ok'] else 'MISSED'}")
    return "\n".join(lines)
