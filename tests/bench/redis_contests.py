"""Captures and restores of a Redis against redis-cli and a bare loop, and what other clients see."""
import json
import os
import subprocess
import time

from contest import Contest, Contestant, Goal, OURS, Row, step, tell
from place import PROMISE_MIB
from server import run, server_account

REDIS = os.environ.get("LIFEBOAT_TEST_REDIS") or "/usr/bin/redis-server"
GROUPS = ["tracking", "replication", "snapshot", "restore", "latency", "memory"]


class Redis:
    """A throwaway server on a private socket, from construction to stop()."""

    def __init__(self, home, name):
        self.home = home / name
        self.home.mkdir()
        account = server_account()
        if account:
            os.chown(self.home, account["user"], account["group"])
        self.socket = self.home / "socket"
        with open(self.home / "log", "wb") as log:
            self.process = subprocess.Popen(
                [REDIS, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "777",
                 "--dir", self.home, "--save", "", "--appendonly", "no",
                 "--repl-diskless-sync-delay", "0"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                **account)
        deadline = time.monotonic() + 30
        while self.ask("PING") != "PONG":
            if time.monotonic() > deadline:
                raise RuntimeError((self.home / "log").read_text())
            time.sleep(0.05)

    def ask(self, *words):
        return subprocess.run(["redis-cli", "-s", self.socket, *words], text=True,
                              capture_output=True).stdout.strip()

    def url(self):
        return f"unix://{self.socket}"

    def stop(self):
        self.process.kill()
        self.process.wait()


class RedisContests:
    def __init__(self, place, keys):
        self.place, self.keys = place, keys
        self.program = place.bin.parent / "tests/redis_peers"
        self.servers = []
        self.source, self.target = self.server("source"), self.server("target")
        with step(f"{keys:,} keys"):
            self.peer("fill", str(keys))
        self.vault = None
        self.peaks = {}

    def server(self, name):
        self.servers.append(Redis(self.place.home, name))
        return self.servers[-1]

    def stop(self):
        for server in self.servers:
            server.stop()

    def peer(self, what, *words):
        found = json.loads(run([self.program, what, self.source.socket, *words]).output)
        if "keys" in found and found["keys"] != self.keys:
            raise RuntimeError(f"{what}: {found['keys']} of {self.keys} keys")
        return found

    def bare(self, depth, *words):
        return self.peer("bare", str(depth), *words)["seconds"]

    def capture(self, depth, path="tracking"):
        found = self.peer("capture", str(depth), path)
        if found["seconds"] is not None:
            if not found["exact"]:
                raise RuntimeError("a capture that nobody disturbs is not exact")
            what = f"capture, {path}, depth {depth}"
            self.peaks[what] = max(self.peaks.get(what, 0), found["peak_kib"] / 1024)
        return found["seconds"]

    def redis_cli_rdb(self):
        return run(["redis-cli", "-s", self.source.socket, "--rdb",
                    self.place.home / "dump.rdb"]).seconds

    def snapshot(self):
        self.vault = self.place.fresh_vault("vault")
        settings = self.place.home / "lifeboat.toml"
        settings.write_text('[source.keys]\nkind = "redis"\nurl = "env:REDIS_SOURCE"\n')
        return self.lifeboat("snapshot", "--json").seconds

    def lifeboat(self, *words):
        environment = {**self.place.environment(self.vault),
                       "LIFEBOAT_CONFIG": str(self.place.home / "lifeboat.toml"),
                       "REDIS_SOURCE": self.source.url(), "REDIS_TARGET": self.target.url()}
        if words[0] == "snapshot":
            del environment["LIFEBOAT_IDENTITY_FILE"]
        done = run([self.place.bin / "lifeboat", *words], environment)
        what = f"lifeboat {words[0]}"
        self.peaks[what] = max(self.peaks.get(what, 0), done.peak_mib)
        return done

    def tracking(self, rounds):
        bare = "SCAN and DUMP, depth 1000"
        with_expiry = "SCAN, DUMP and PEXPIRETIME, depth 1000"
        return Contest("tracking", [
            Contestant(bare, lambda: self.bare(1000)),
            Contestant(with_expiry, lambda: self.bare(1000, "expiry")),
            Contestant(OURS, lambda: self.capture(1000)),
        ], [Goal(bare, [bare], 1.1), Goal(with_expiry, [with_expiry], 1.1)],
            phase="depth 1000").hold(rounds) + Contest("tracking", [
                Contestant("depth 100", lambda: self.bare(100, "expiry")),
                Contestant(OURS, lambda: self.capture(100)),
            ], [Goal("SCAN, DUMP and PEXPIRETIME, depth 100", ["depth 100"])],
                phase="depth 100").hold(rounds)

    def replication(self, rounds):
        what, limit = "redis-cli --rdb, without delay", 1.2
        return Contest("replication", [
            Contestant(what, self.redis_cli_rdb),
            Contestant(OURS, lambda: self.capture(1000, "replication")),
        ], [Goal(what, [what], limit)]).hold(rounds)

    def whole(self, rounds):
        """All of lifeboat: compressed, encrypted, signed, on the disk."""
        bare = "SCAN, DUMP and PEXPIRETIME, depth 1000"
        return Contest("snapshot", [
            Contestant(bare, lambda: self.bare(1000, "expiry")),
            Contestant("redis-cli --rdb", self.redis_cli_rdb),
            Contestant(OURS, self.snapshot),
        ], [Goal(bare, [bare]), Goal("redis-cli --rdb", ["redis-cli --rdb"])]).hold(rounds)

    def restore(self, rounds):
        if self.vault is None:
            self.snapshot()
        file = self.place.home / "restores"
        self.peer("commands", str(file))

        def emptied(work):
            self.target.ask("FLUSHALL")
            seconds = work()
            if self.target.ask("DBSIZE") != str(self.keys):
                raise RuntimeError("a restore left keys out")
            return seconds

        def pipe():
            done = run(f"redis-cli -s {self.target.socket} --pipe < {file}")
            if "errors: 0" not in done.output:
                raise RuntimeError(done.output)
            return done.seconds
        return Contest("restore", [
            Contestant("redis-cli --pipe", lambda: emptied(pipe)),
            Contestant(OURS, lambda: emptied(
                lambda: self.lifeboat("restore", "latest", "--redis", "env:REDIS_TARGET").seconds)),
        ], [Goal("redis-cli --pipe of the same RESTOREs", ["redis-cli --pipe"], 1.1)]).hold(rounds)

    def watched(self, work):
        """What another client sees while `work` runs."""
        watcher = subprocess.Popen([self.program, "latency", self.source.socket], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            work()
            return json.loads(watcher.communicate("end")[0])
        finally:
            watcher.kill()
            watcher.wait()

    def latency(self):
        works = {"nobody else": lambda: time.sleep(3),
                 "capture, depth 100": lambda: self.capture(100),
                 "capture, depth 1000": lambda: self.capture(1000),
                 "bare loop, depth 100": lambda: self.bare(100, "expiry"),
                 "bare loop, depth 1000": lambda: self.bare(1000, "expiry"),
                 "lifeboat snapshot": self.snapshot,
                 "redis-cli --rdb": self.redis_cli_rdb}
        found = {}
        for what, work in works.items():
            found[what] = self.watched(work)
            tell(f"latency: {what}: {found[what]}")
        return found


def bench_redis(place, keys, rounds, only):
    contests = RedisContests(place, keys)
    try:
        rows, latency = [], {}
        if "tracking" in only:
            rows += contests.tracking(rounds)
        if "replication" in only:
            rows += contests.replication(rounds)
        if "snapshot" in only:
            rows += contests.whole(rounds)
        if "restore" in only:
            rows += contests.restore(rounds)
        if "latency" in only:
            latency = contests.latency()
        if "memory" in only:
            rows += [Row("memory", what, peak, PROMISE_MIB, 1.0, "MiB")
                     for what, peak in contests.peaks.items()]
        used = contests.source.ask("INFO", "memory").split("used_memory:")[1].split()[0]
        return rows, latency, int(used)
    finally:
        contests.stop()


def latency_text(latency):
    lines = ["a read by another client, in ms      median      p99      max"]
    for what, one in latency.items():
        lines.append(f"  {what:<32}{one['median_ms']:9.3f}{one['p99_ms']:9.3f}{one['max_ms']:9.3f}")
    return "\n".join(lines)
