"""A throwaway Postgres on a private socket, and processes whose time and memory are measured."""
import contextlib
import glob
import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETTINGS = ["fsync=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=4GB",
            "shared_buffers=256MB"]


def newest_binaries():
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    if not found:
        sys.exit("scripts/bench: no Postgres server is installed\n"
                 "hint: scripts/setup --packages-only")
    return Path(max(found, key=lambda path: int(path.split("/")[4]))).parent


def server_account():
    """initdb refuses root: the arguments that start a process as somebody else."""
    if os.geteuid() != 0:
        return {}
    known = {account.pw_name: account for account in pwd.getpwall()}
    account = known.get("postgres") or known["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


class Server:
    """Runs as a user that is not root, from start() to stop(). Its files are below `home`."""

    def __init__(self, home):
        self.socket = home / "postgres"
        self.binaries = newest_binaries()
        self.process = None
        self.environment = {"PGHOST": str(self.socket), "PGUSER": "postgres",
                            "PGOPTIONS": "-c client_min_messages=warning"}

    def start(self):
        self.socket.mkdir()
        account = server_account()
        if account:
            os.chown(self.socket, account["user"], account["group"])
        with open(self.socket / "log", "wb") as log:
            subprocess.run(
                [self.binaries / "initdb", "-D", self.socket / "data", "-U", "postgres",
                 "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
                check=True, stdout=log, stderr=log, cwd=self.socket, **account)
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.socket / "data", "-k", self.socket,
                 "-c", "listen_addresses=", *(word for one in SETTINGS for word in ("-c", one))],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.socket,
                start_new_session=True, **account)
        for _ in range(300):
            ready = subprocess.run([self.binaries / "pg_isready", "-q", "-h", self.socket])
            if ready.returncode == 0:
                return
            time.sleep(0.1)
        sys.exit((self.socket / "log").read_text())

    def sql(self, text, database="postgres"):
        """Runs statements, each by itself; returns what a query gives, one row a line."""
        run = subprocess.run(
            [self.binaries / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"],
            input=text, env={**os.environ, **self.environment}, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"scripts/bench: psql failed:\n{run.stderr}")
        return run.stdout

    def fresh(self, database):
        """An empty database of that name, with nothing of the last one still to be written."""
        self.sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE);\n"
                 f"CREATE DATABASE {database};\nCHECKPOINT;")

    def url(self, database):
        return f"postgresql://postgres@/{database}?host={self.socket}"

    def version(self):
        return subprocess.run([self.binaries / "postgres", "--version"], check=True,
                              capture_output=True, text=True).stdout

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGINT)  # SIGTERM would wait for the sessions
            self.process.wait(60)


class Run:
    """What one process gave and took."""

    def __init__(self, seconds, peak_mib, output):
        self.seconds, self.peak_mib, self.output = seconds, peak_mib, output


def end_with_children(process):
    """Ends a process that leads a group, and the group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(command, environment=None):
    """One process, or with a string a pipeline of the shell; all it says is shown if it fails.

    An exception, such as that of a signal, ends it and everything it started.
    """
    if isinstance(command, str):
        command = ["bash", "-o", "pipefail", "-c", command]
    with tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen([str(word) for word in command],
                                   env={**os.environ, **(environment or {})},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                                   start_new_session=True)
        try:
            output = process.stdout.read().decode(errors="replace")
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            end_with_children(process)
            raise
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            sys.exit(f"scripts/bench: {' '.join(map(str, command))} failed "
                     f"({process.returncode}):\n{output}{errors.read().decode(errors='replace')}")
    return Run(seconds, usage.ru_maxrss / 1024, output)


def directory_bytes(path):
    return sum(file.lstat().st_size for file in Path(path).rglob("*") if file.is_file())
