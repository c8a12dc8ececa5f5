"""Rows through the vault's whole pipeline, without a database: speed on one core, and memory."""
import json
import subprocess

from place import PROMISE_MIB

GOAL_MB_EACH_CORE_SECOND = 200
READ_MIB = 1024  # what is read back lies on the disk


def measure_pipeline(place, gib):
    program = place.bin.parent / "tests" / "vault_pipeline"
    folder = place.fresh_folder
    small = run([program, "discard", "1024", str(folder("small"))])
    large = run([program, "discard", str(round(gib * 1024)), str(folder("large"))])
    back = run([program, "read", str(READ_MIB), str(folder("back"))])
    return {"gib": gib, "runs": [row("write 1 GiB", small, "write"),
                                 row(f"write {gib:g} GiB", large, "write"),
                                 row("read 1 GiB", back, "read")]}


def run(command):
    done = subprocess.run(command, text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def row(name, measured, way):
    took = measured[way]
    speed = measured["bytes"] / 1e3 / took["cpu_ms"]
    peak = took["peak_kib"] / 1024
    return {"run": name, "took_ms": took["ms"], "cpu_ms": took["cpu_ms"],
            "mb_each_core_second": round(speed), "peak_mib": round(peak, 1),
            "ok": speed >= GOAL_MB_EACH_CORE_SECOND and peak <= PROMISE_MIB}


def pipeline_text(measured):
    lines = [f"rows of 113 bytes through hash, cut, compress, seal and pack; goals: "
             f"{GOAL_MB_EACH_CORE_SECOND} MB for each second of a core, {PROMISE_MIB} MiB"]
    for one in measured["runs"]:
        lines.append(f"  {one['run']:<14} {one['took_ms'] / 1000:7.1f} s, "
                     f"{one['cpu_ms'] / 1000:6.1f} s of cores, "
                     f"{one['mb_each_core_second']:4d} MB a core second, "
                     f"{one['peak_mib']:6.1f} MiB   {'ok' if one['ok'] else 'MISSED'}")
    return "\n".join(lines)
