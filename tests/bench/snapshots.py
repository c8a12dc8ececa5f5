"""First and second snapshots against what else takes a database away, and the bare COPY."""
import os

from contest import Contest, Contestant, Goal, Row
from data_sets import copy_ranges, one_day
from server import directory_bytes, run

PASSPHRASES = {"RESTIC_PASSWORD": "only-for-this-run", "BORG_PASSPHRASE": "only-for-this-run",
               "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes"}


class Snapshots:
    def __init__(self, place, database):
        self.place, self.database = place, database
        self.environment = {**place.server.environment, **PASSPHRASES,
                            "RESTIC_CACHE_DIR": str(place.home / "restic-cache"),
                            "BORG_BASE_DIR": str(place.home / "borg-base")}
        self.stored = {}

    def shell(self, command):
        return run(command, self.environment).seconds

    def copy(self):
        return self.place.two_at_once(copy_ranges(self.place.server, self.database), self.database)

    def pg_dump(self):
        dump = self.place.fresh_folder("dump")
        seconds = self.shell(f"pg_dump -Fd -j{self.place.jobs} -Z1 -f {dump} {self.database}")
        self.stored["pg_dump -Fd -Z1"] = directory_bytes(dump)
        return seconds

    def dump_zstd_age(self):
        key = self.place.home / "age.key"
        if not key.exists():
            self.shell(f"age-keygen -o {key} 2>/dev/null")
        out = self.place.home / "dump.age"
        seconds = self.shell(f"pg_dump -Fc -Z0 {self.database} | zstd -3 -T0 -q | "
                             f"age -r $(age-keygen -y {key}) > {out}")
        self.stored["pg_dump | zstd | age"] = out.stat().st_size
        return seconds

    def fresh_restic(self):
        repository = self.place.fresh_folder("restic")
        self.shell(f"restic -q -r {repository} init")

    def restic(self):
        seconds = self.shell(f"pg_dump {self.database} | restic -q -r {self.place.home}/restic "
                             "backup --stdin --stdin-filename dump.sql")
        self.stored["restic"] = directory_bytes(self.place.home / "restic")
        return seconds

    def fresh_borg(self):
        repository = self.place.fresh_folder("borg")
        self.shell(f"borg init -e repokey-blake2 {repository}")

    def borg(self):
        seconds = self.shell(f"pg_dump {self.database} | borg create --compression zstd,1 "
                             f"{self.place.home}/borg::{{utcnow:%H%M%S%f}} -")
        self.stored["borg"] = directory_bytes(self.place.home / "borg")
        return seconds

    def lifeboat(self, what, vault):
        seconds = self.place.lifeboat(what, "snapshot", "--postgres", "env:SOURCE", "--jobs",
                                      str(self.place.jobs), vault=vault,
                                      SOURCE=self.database).seconds
        self.stored["lifeboat"] = directory_bytes(vault)
        return seconds

    def first(self, rounds):
        def fresh(prepare, work):
            return lambda: (prepare(), work())[1]

        rows = Contest("first", [
            Contestant("pg_dump -Fd", self.pg_dump),
            Contestant("zstd | age", self.dump_zstd_age, "age"),
            Contestant("restic", fresh(self.fresh_restic, self.restic), "restic"),
            Contestant("borg", fresh(self.fresh_borg, self.borg), "borg"),
            Contestant("copy", self.copy),
            Contestant("lifeboat",
                       lambda: self.lifeboat("first snapshot", self.place.fresh_vault("vault"))),
        ], [
            Goal(f"pg_dump -Fd -j{self.place.jobs} -Z1", ["pg_dump -Fd"], 0.85),
            Goal("pg_dump -Fc -Z0 | zstd -3 -T0 | age", ["zstd | age"], 0.70),
            Goal("pg_dump | restic backup --stdin", ["restic"], 0.38),
            Goal("pg_dump | borg create -C zstd,1", ["borg"]),
            Goal("the bare parallel COPY", ["copy"], 1.5),
        ]).hold(rounds)
        ours = self.stored["lifeboat"] / 1e6
        return rows + [Row("first", f"stored: {name}", ours, stored / 1e6, None, "MB")
                       for name, stored in self.stored.items() if name != "lifeboat"]

    def second(self, rounds):
        vault = self.place.home / "vault"
        before = self.stored["lifeboat"]
        contestants = [Contestant("restic", self.restic, "restic"),
                       Contestant("borg", self.borg, "borg"), Contestant("copy", self.copy),
                       Contestant("lifeboat", lambda: self.lifeboat("unchanged snapshot", vault))]
        rows = Contest("second", contestants, [
            Goal("restic, nothing changed", ["restic"], 0.16),
            Goal("borg, nothing changed", ["borg"]),
            Goal("the bare parallel COPY, nothing changed", ["copy"], 0.40),
        ]).hold(rounds)
        added = (self.stored["lifeboat"] - before) / rounds
        rows.append(Row("second", "bytes added, nothing changed, of the first", added / 1e6,
                        before / 1e6, 0.001, "MB"))

        def after_a_day(work):
            return lambda: work()
        changed = Contest("second", [
            Contestant("a day", lambda: one_day(self.place.server, self.database) or 0.0),
            Contestant("restic", after_a_day(self.restic), "restic"),
            Contestant("lifeboat", lambda: self.lifeboat("changed snapshot", vault)),
        ], [Goal("restic, 1 % changed", ["restic"], 0.16)]).hold(rounds)
        return rows + changed

    def churn(self, days):
        """Bytes stored after so many daily snapshots of a shop that goes on living."""
        vault = self.place.fresh_vault("churn")
        self.fresh_restic()
        self.fresh_borg()
        for day in range(days):
            if day:
                one_day(self.place.server, self.database)
            self.lifeboat("churn snapshot", vault)
            self.restic()
            self.borg()
            print(f"churn day {day + 1}/{days}: " + ", ".join(
                f"{name} {self.stored[name] / 1e6:.0f} MB" for name in ("lifeboat", "restic", "borg")),
                file=os.sys.stderr, flush=True)
        ours = self.stored["lifeboat"] / 1e6
        return [Row("churn", f"{name}, {days} days of 1 %", ours, self.stored[name] / 1e6, 0.6, "MB")
                for name in ("restic", "borg")]
