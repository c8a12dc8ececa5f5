"""Restores and proofs against pg_restore, pgcopydb, and the same work by hand."""
import json
import time

from contest import Contest, Contestant, Goal
from data_sets import copy_ranges
from server import run

TARGET = "target"
ANALYZE = "vacuumdb -q -j2 --analyze-only " + TARGET

# What the shop's dump makes after its rows, by three sessions, the longest first.
BY_HAND = [
    "CREATE INDEX customers_profile ON customers USING gin (profile);",
    "CREATE UNIQUE INDEX pgbench_accounts_pkey ON pgbench_accounts (aid);\n"
    "CREATE INDEX orders_placed ON orders (placed_at);\n"
    "CREATE UNIQUE INDEX orders_pkey ON orders (id);",
    "CREATE INDEX orders_customer ON orders (customer_id);\n"
    "CREATE INDEX customers_email ON customers (email);\n"
    "CREATE UNIQUE INDEX customers_pkey ON customers (id);\n"
    "CREATE UNIQUE INDEX pgbench_branches_pkey ON pgbench_branches (bid);\n"
    "CREATE UNIQUE INDEX pgbench_tellers_pkey ON pgbench_tellers (tid);",
]
KEYS = "\n".join(f"ALTER TABLE {table} ADD PRIMARY KEY USING INDEX {table}_pkey;" for table in
                 ("customers", "orders", "pgbench_accounts", "pgbench_branches", "pgbench_tellers"))
FOREIGN_KEY = ("ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id);")


class Restores:
    """From a dump and a vault that are made once from `database`."""

    def __init__(self, place, database):
        self.place, self.database = place, database
        self.vault = place.fresh_vault(f"{database}-vault")
        place.lifeboat("snapshot", "snapshot", "--postgres", "env:SOURCE", vault=self.vault,
                       SOURCE=database)
        self.dump = place.fresh_folder(f"{database}-dump")
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
        return self.shell(f"pgcopydb clone --source '{url(self.database)}' --target '{url(TARGET)}' "
                          f"--table-jobs 2 --index-jobs 2 --dir {folder} 2>&1")

    def lifeboat(self):
        self.place.server.fresh(TARGET)
        return self.place.lifeboat("restore", "restore", "latest", "--postgres", "env:TARGET",
                                   "--jobs", str(self.place.jobs), vault=self.vault,
                                   TARGET=TARGET).seconds

    def prepare_by_hand(self):
        """Ready files of COPY text, as many as lifeboat has ranges."""
        self.files = []
        for number, statement in enumerate(copy_ranges(self.place.server, self.database)):
            file = self.place.home / f"rows{number}.copy"
            run(f"psql -Xq -d {self.database} -c \"{statement.rstrip(';')}\" > {file}",
                self.place.server.environment)
            table = statement.split("FROM ONLY ")[1].split()[0]
            self.files.append(f"\\copy {table} from {file}")

    def by_hand(self):
        self.place.server.fresh(TARGET)
        self.shell(f"pg_restore --section=pre-data -d {TARGET} {self.dump}")
        seconds = self.place.two_at_once(self.files, TARGET)
        started = time.monotonic()
        sessions = " & ".join(f"psql -Xq -d {TARGET} -c '{one}'" for one in BY_HAND)
        self.shell(f"{sessions}; wait")
        self.place.server.sql(KEYS + FOREIGN_KEY, TARGET)
        self.shell(ANALYZE)
        return seconds + time.monotonic() - started

    def contest(self, group, limit, rounds, everybody):
        contestants = [Contestant("-j2", lambda: self.pg_restore(2)),
                       Contestant("-j4", lambda: self.pg_restore(4)),
                       Contestant("lifeboat", self.lifeboat)]
        goals = [Goal("the better of pg_restore -j2, -j4, and ANALYZE", ["-j2", "-j4"], limit)]
        if everybody:
            self.prepare_by_hand()
            contestants[2:2] = [Contestant("pgcopydb", self.pgcopydb, "pgcopydb"),
                                Contestant("by hand", self.by_hand)]
            goals += [Goal("pgcopydb clone", ["pgcopydb"], 1.0),
                      Goal("by hand, ready files, three index sessions", ["by hand"], 0.90)]
        return Contest(group, contestants, goals).hold(rounds)

    def proof(self, rounds):
        """The comparison alone; the restore before it is a contest of its own."""
        self.place.server.fresh("scratch")

        def compare():
            done = self.place.lifeboat("verify", "verify", "latest", "--scratch", "env:SCRATCH",
                                       "--json", "--quiet", vault=self.vault, SCRATCH="scratch")
            return json.loads(done.output)["compare_ms"] / 1000

        self.lifeboat()
        ranges = copy_ranges(self.place.server, TARGET)
        return Contest("proof", [
            Contestant("lifeboat", compare),
            Contestant("copy", lambda: self.place.two_at_once(ranges, TARGET)),
        ], [Goal("the bare parallel COPY out of a restored database", ["copy"], 1.15)]).hold(rounds)
