"""Contestants take turns; medians, ratios and verdicts come out."""
import shutil
import statistics
import sys
from dataclasses import dataclass, field

OURS = "lifeboat"


@dataclass
class Contestant:
    """`work` runs once a round and returns seconds; without its `program` it does not take part."""
    name: str
    work: callable
    program: str = ""

    def installed(self):
        return not self.program or shutil.which(self.program) is not None


@dataclass
class Goal:
    """`ours` divided by the best of `peers` must be at most `limit`; without a limit it is told."""
    what: str
    peers: list
    limit: float | None = None
    ours: str = OURS


@dataclass
class Row:
    group: str
    what: str
    ours: float
    peer: float | None
    limit: float | None
    unit: str = "s"
    spread: tuple | None = None  # least and greatest ratio of a round
    missing: str = ""

    @property
    def ratio(self):
        return self.ours / self.peer if self.peer else None

    @property
    def verdict(self):
        if self.missing:
            return f"not installed: {self.missing}"
        if self.limit is None or self.ratio is None:
            return ""
        return "ok" if self.ratio <= self.limit else "MISSED"


@dataclass
class Contest:
    group: str
    contestants: list
    goals: list
    times: dict = field(default_factory=dict)

    def hold(self, rounds):
        for number in range(rounds):
            for one in self.contestants:
                if not one.installed():
                    continue
                seconds = one.work()
                self.times.setdefault(one.name, []).append(seconds)
                print(f"{self.group} {number + 1}/{rounds}: {one.name} {seconds:.2f} s",
                      file=sys.stderr, flush=True)
        return [self.row(goal) for goal in self.goals]

    def row(self, goal):
        ours = self.times[goal.ours]
        peers = {name: self.times[name] for name in goal.peers if name in self.times}
        if not peers:
            return Row(self.group, goal.what, statistics.median(ours), None, goal.limit,
                       missing=goal.peers[0])
        best = min(peers.values(), key=statistics.median)
        ratios = [a / b for a, b in zip(ours, best)]
        return Row(self.group, goal.what, statistics.median(ours), statistics.median(best),
                   goal.limit, spread=(min(ratios), max(ratios)))


def text_table(rows):
    lines = [f"{'':9} {'lifeboat':>10} {'peer':>10} {'ratio':>7} {'rounds':>13} {'goal':>6}"]
    group = None
    for row in rows:
        if row.group != group:
            group = row.group
            lines.append(f"{group}")
        peer = "" if row.peer is None else f"{row.peer:.2f} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
        spread = "" if row.spread is None else f"{row.spread[0]:.2f}..{row.spread[1]:.2f}"
        limit = "" if row.limit is None else f"{row.limit:g}"
        lines.append(f"{'':9} {row.ours:>8.2f} {row.unit:1} {peer:>10} {ratio:>7} {spread:>13} "
                     f"{limit:>6} {row.verdict:8} {row.what}".rstrip())
    return "\n".join(lines)


def json_rows(rows):
    return [{"group": row.group, "what": row.what, "unit": row.unit, "lifeboat": round(row.ours, 4),
             "peer": None if row.peer is None else round(row.peer, 4),
             "ratio": None if row.ratio is None else round(row.ratio, 4), "goal": row.limit,
             "verdict": row.verdict or None} for row in rows]
