"""Contestants take turns; medians, ratios and verdicts come out."""
import contextlib
import shutil
import statistics
import sys
import time
from dataclasses import dataclass, field

OURS = "lifeboat"


def not_installed(programs):
    return [program for program in programs if shutil.which(program) is None]


def tell(text):
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(what):
    """What is done untimed is told as well, so that a long run is not silent."""
    started = time.monotonic()
    yield
    tell(f"{what}: {time.monotonic() - started:.1f} s")


@dataclass
class Contestant:
    """`work` runs once a round and returns seconds; without its `programs` it is left out."""
    name: str
    work: callable
    programs: tuple = ()


@dataclass
class Goal:
    """`ours` divided by the best of `peers` must be at most `limit`; without a limit it is told."""
    what: str
    peers: list
    limit: float | None = None


@dataclass
class Row:
    """One line of the table; no ratio without a peer, no verdict without a limit."""
    group: str
    what: str
    ours: float | None
    peer: float | None
    limit: float | None
    unit: str = "s"
    spread: tuple | None = None  # least and greatest ratio of a round
    missing: str = ""
    times: dict = field(default_factory=dict)  # contestant → the seconds of each round

    @property
    def ratio(self):
        return self.ours / self.peer if self.peer and self.ours is not None else None

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
    before_round: callable = None
    phase: str = ""  # told with the progress, if a group has more than one contest
    times: dict = field(default_factory=dict)

    def hold(self, rounds):
        taking_part = [one for one in self.contestants if not not_installed(one.programs)]
        for number in range(rounds):
            if self.before_round:
                self.before_round()
            for one in taking_part:
                seconds = one.work()
                self.times.setdefault(one.name, []).append(seconds)
                tell(f"{self.group} {number + 1}/{rounds}{self.phase and ', ' + self.phase}: "
                     f"{one.name} {seconds:.2f} s")
        return [self.row(goal) for goal in self.goals]

    def row(self, goal):
        ours = self.times[OURS]
        peers = {name: self.times[name] for name in goal.peers if name in self.times}
        times = {OURS: ours, **peers}
        if not peers:
            absent = [program for one in self.contestants if one.name in goal.peers
                      for program in not_installed(one.programs)]
            return Row(self.group, goal.what, statistics.median(ours), None, goal.limit,
                       missing=", ".join(absent), times=times)
        best = min(peers.values(), key=statistics.median)
        ratios = [a / b for a, b in zip(ours, best)]
        return Row(self.group, goal.what, statistics.median(ours), statistics.median(best),
                   goal.limit, spread=(min(ratios), max(ratios)), times=times)
