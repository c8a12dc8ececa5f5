"""Restores and proofs against pg_restore, pgcopydb, and the same work by hand."""
import json
import subprocess
import time

from contest import OURS, Contest, Contestant, Goal, step
from data_sets import copy_ranges
from server import run
from sessions import drawn

TARGET = "target"
ANALYZE = "vacuumdb -q -j2 --analyze-only " + TARGET

# What the shop's dump makes after its rows; three sessions draw from it, so the longest is first.
INDEXES = """
CREATE INDEX customers_profile ON customers USING gin (profile);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE UNIQUE INDEX pgbench_accounts_pkey ON pgbench_accounts (aid);
CREATE INDEX customers_email ON customers (email);
CREATE INDEX orders_placed ON orders (placed_at);
CREATE UNIQUE INDEX orders_pkey ON orders (id);
CREATE UNIQUE INDEX customers_pkey ON customers (id);
CREATE UNIQUE INDEX pgbench_branches_pkey ON pgbench_branches (bid);
CREATE UNIQUE INDEX pgbench_tellers_pkey ON pgbench_tellers (tid);
""".strip().splitlines()
KEYS = "\n".join(f"ALTER TABLE {table} ADD PRIMARY KEY USING INDEX {table}_pkey;" for table in
                 ("customers", "orders", "pgbench_accounts", "pgbench_branches", "pgbench_tellers"))
FOREIGN_KEY = "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id);"


def own_ipc():
    """pgcopydb 0.10 leaves its semaphores behind; in a namespace of their own they go with it."""
    may = subprocess.run(["unshare", "--ipc", "true"], capture_output=True).returncode == 0
    return "unshare --ipc " if may else ""


class Restores:
    """From a dump and a vault that are made once from `database`."""

    def __init__(self, place, database):
        self.place, self.database = place, database
        self.vault = place.fresh_vault(f"{database}-vault")
        self.dump = place.fresh_folder(f"{database}-dump")
        with step(f"snapshot and dump of {database}"):
            place.lifeboat("first snapshot", "snapshot", "--postgres", "env:SOURCE",
                           vault=self.vault, SOURCE=database)
            self.shell(f"pg_dump -Fd -j2 -Z1 -f {self.dump} {database}")

    def shell(self, command):
        return run(command, self.place.server.environment).seconds

    def pg_restore(self, jobs):
        self.place.server.fresh(TARGET)
        return self.shell(f"pg_restore -j{jobs} -d {TARGET} {self.dump} && {ANALYZE}")

    def pgcopydb(self):
        self.place.server.fresh(TARGET)
        folder = self.place.fresh_folder("pgcopydb")
        url = self.place.server.url
        return self.shell(f"{own_ipc()}pgcopydb clone --source '{url(self.database)}' "
                          f"--target '{url(TARGET)}' --table-jobs 2 --index-jobs 2 --dir {folder}")

    def lifeboat(self):
        self.place.server.fresh(TARGET)
        return self.place.lifeboat("restore", "restore", "latest", "--postgres", "env:TARGET",
                                   "--jobs", str(self.place.jobs), vault=self.vault,
                                   TARGET=TARGET).seconds

    def prepare_by_hand(self):
        """Ready files of COPY text, one for each of lifeboat's ranges."""
        loads = []
        for number, statement in enumerate(copy_ranges(self.place.server, self.database)):
            file = self.place.home / f"rows{number}.copy"
            self.shell(f"psql -Xq -d {self.database} -c \"{statement.rstrip(';')}\" > {file}")
            table = statement.split("FROM ONLY ")[1].split()[0]
            loads.append(f"\\copy {table} from {file}")
        return loads

    def by_hand(self, loads):
        server = self.place.server
        server.fresh(TARGET)
        self.shell(f"pg_restore --section=pre-data -d {TARGET} {self.dump}")
        started = time.monotonic()
        drawn(server, TARGET, loads, count=2)
        drawn(server, TARGET, INDEXES, count=3)
        server.sql(KEYS + FOREIGN_KEY, TARGET)
        self.shell(ANALYZE)
        return time.monotonic() - started

    def contest(self, group, limit, rounds, everybody):
        contestants = [Contestant("-j2", lambda: self.pg_restore(2)),
                       Contestant("-j4", lambda: self.pg_restore(4)),
                       Contestant(OURS, self.lifeboat)]
        goals = [Goal("the better of pg_restore -j2 and -j4, with ANALYZE", ["-j2", "-j4"], limit)]
        if everybody:
            with step("files of COPY text"):
                loads = self.prepare_by_hand()
            contestants[2:2] = [Contestant("pgcopydb", self.pgcopydb, ("pgcopydb",)),
                                Contestant("by hand", lambda: self.by_hand(loads))]
            goals += [Goal("pgcopydb clone", ["pgcopydb"], 1.0),
                      Goal("by hand: ready files, then three index sessions", ["by hand"], 0.90)]
        return Contest(group, contestants, goals).hold(rounds)

    def proof(self, rounds):
        """The comparison alone; the restore before it is a contest of its own."""
        self.place.server.fresh("scratch")

        def compare():
            done = self.place.lifeboat("verify", "verify", "latest", "--scratch", "env:SCRATCH",
                                       "--adopt-scratch", "--json", "--quiet", vault=self.vault, SCRATCH="scratch")
            return json.loads(done.output)["compare_ms"] / 1000

        def copy():
            """Right after a restore, as the comparison is; verify leaves an empty scratch."""
            self.lifeboat()
            return drawn(self.place.server, TARGET, copy_ranges(self.place.server, TARGET),
                         self.place.jobs)

        return Contest("proof", [Contestant(OURS, compare), Contestant("copy", copy)], [
            Goal("the bare parallel COPY out of a restored database", ["copy"], 1.15)]).hold(rounds)
