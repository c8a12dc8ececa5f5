"""First and second snapshots against what else takes a database away, and the bare COPY."""
from contest import OURS, Contest, Contestant, Goal, Row, not_installed, step, tell
from data_sets import change_one_per_cent, copy_ranges, one_day
from server import directory_bytes, run
from sessions import drawn

PASSPHRASES = {"RESTIC_PASSWORD": "only-for-this-run", "BORG_PASSPHRASE": "only-for-this-run",
               "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes"}
RESTIC, BORG = ("restic",), ("borg",)
LIMIT = "the bare parallel COPY"


class Snapshots:
    def __init__(self, place, database):
        self.place, self.database = place, database
        self.environment = {**place.server.environment, **PASSPHRASES,
                            "RESTIC_CACHE_DIR": str(place.home / "restic-cache"),
                            "BORG_BASE_DIR": str(place.home / "borg-base")}
        self.vault = None
        self.stored = {}  # contestant → bytes after its last run

    def shell(self, command):
        return run(command, self.environment).seconds

    def copy(self):
        """No capture can be faster: two sessions read the same ranges and throw them away."""
        server = self.place.server
        return drawn(server, self.database, copy_ranges(server, self.database), self.place.jobs)

    def pg_dump(self):
        dump = self.place.fresh_folder("dump")
        seconds = self.shell(f"pg_dump -Fd -j{self.place.jobs} -Z1 -f {dump} {self.database}")
        self.stored["pg_dump -Fd -Z1"] = directory_bytes(dump)
        return seconds

    def dump_zstd_age(self):
        key = self.place.home / "age.key"
        if not key.exists():
            self.shell(f"age-keygen -o {key}")
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

    def fresh_vault(self):
        self.vault = self.place.fresh_vault("vault")

    def lifeboat(self, what):
        seconds = self.place.lifeboat(what, "snapshot", "--postgres", "env:SOURCE", "--jobs",
                                      str(self.place.jobs), vault=self.vault,
                                      SOURCE=self.database).seconds
        self.stored[OURS] = directory_bytes(self.vault)
        return seconds

    def with_memory(self, what):
        """What keeps what it has seen, and the prepared place of each."""
        return [(Contestant("restic", self.restic, RESTIC), self.fresh_restic),
                (Contestant("borg", self.borg, BORG), self.fresh_borg),
                (Contestant(OURS, lambda: self.lifeboat(what)), self.fresh_vault)]

    def start_afresh(self):
        for contestant, prepare in self.with_memory("first snapshot"):
            if not not_installed(contestant.programs):
                prepare()

    def first(self, rounds):
        rows = Contest("first", [
            Contestant("pg_dump -Fd", self.pg_dump),
            Contestant("zstd | age", self.dump_zstd_age, ("age", "zstd")),
            Contestant("copy", self.copy),
            *(contestant for contestant, _ in self.with_memory("first snapshot")),
        ], [
            Goal(f"pg_dump -Fd -j{self.place.jobs} -Z1", ["pg_dump -Fd"], 0.85),
            Goal("pg_dump -Fc -Z0 | zstd -3 -T0 | age", ["zstd | age"], 0.70),
            Goal("pg_dump | restic backup --stdin", ["restic"], 0.38),
            Goal("pg_dump | borg create -C zstd,1", ["borg"]),
            Goal(LIMIT, ["copy"], 1.5),
        ], before_round=self.start_afresh).hold(rounds)
        return rows + [Row("first", f"stored: {name}", self.stored[OURS] / 1e6, stored / 1e6, None,
                           "MB") for name, stored in self.stored.items() if name != OURS]

    def second(self, rounds):
        """Into the vault and the repositories of the last first snapshot."""
        if self.vault is None:
            with step("first snapshots, for the second ones"):
                self.start_afresh()
                for contestant, _ in self.with_memory("first snapshot"):
                    if not not_installed(contestant.programs):
                        contestant.work()
        before = self.stored[OURS]
        rows = self.again("nothing changed", "unchanged snapshot", 0.40, None, rounds)
        added = (self.stored[OURS] - before) / rounds
        rows.append(Row("second", "bytes added, nothing changed, of the first snapshot",
                        added / 1e6, before / 1e6, 0.001, "MB"))

        def change():
            change_one_per_cent(self.place.server, self.database)
        return rows + self.again("1 % changed", "changed snapshot", None, change, rounds)

    def again(self, since, what, copy_limit, before_round, rounds):
        contestants = [contestant for contestant, _ in self.with_memory(what)]
        contestants.insert(2, Contestant("copy", self.copy))
        return Contest("second", contestants, [
            Goal(f"restic, {since}", ["restic"], 0.16),
            Goal(f"borg, {since}", ["borg"]),
            Goal(f"{LIMIT}, {since}", ["copy"], copy_limit),
        ], before_round, since).hold(rounds)

    def churn(self, days):
        """Bytes stored after so many daily snapshots of a shop that goes on living."""
        self.start_afresh()
        for day in range(days):
            if day:
                one_day(self.place.server, self.database)
            for contestant, _ in self.with_memory("daily snapshot"):
                if not not_installed(contestant.programs):
                    contestant.work()
            tell(f"churn day {day + 1}/{days}: " + ", ".join(
                f"{name} {stored / 1e6:.1f} MB" for name, stored in self.stored.items()))
        what = f"{days} days, on each 0.5 % of the rows changed and 0.5 % new"
        return [Row("churn", f"{name}, {what}", self.stored[OURS] / 1e6,
                    self.stored[name] / 1e6 if name in self.stored else None, 0.6, "MB",
                    missing=", ".join(not_installed(programs)))
                for name, programs in (("restic", RESTIC), ("borg", BORG))]
