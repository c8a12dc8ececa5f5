"""A Postgres of the tests' own, and what may stand between it and lifeboat.

Each listens on a free port of 127.0.0.1 (with a password) and, the server, on a Unix socket in a
private directory (without one). Each is ended by its process id when the context ends.
"""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

PASSWORD = "canary77password"


def server_user():
    """initdb refuses root: whom to run the servers as, for Popen."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("no user to run Postgres as: neither postgres nor nobody")


def binaries():
    """Where the newest initdb is. A machine without Postgres fails the tests, it skips none."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                   key=lambda path: int(path.parts[4]))
    if not found:
        raise RuntimeError("no Postgres server is installed: scripts/setup --packages-only")
    return found[-1].parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process, log):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port}: {log.read_text()}")


class Daemon:
    """A directory and a process in it; both are gone when the context ends."""

    end_signal = signal.SIGTERM

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="lifeboat-test-"))
        self.log = self.home / "log"
        self.process = None
        owner = server_user()
        if owner:
            os.chown(self.home, owner["user"], owner["group"])

    def start(self, *words):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(words, cwd=self.home, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True,
                                            **server_user())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.send_signal(self.end_signal)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.home)


class Postgres(Daemon):
    end_signal = signal.SIGINT  # SIGTERM would wait for the sessions

    def __init__(self):
        super().__init__()
        try:
            self.port = free_port()
            self.initialize()
            self.start(binaries() / "postgres", "-D", "data", "-k", self.home, "-p", str(self.port),
                       "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
                       "-c", "shared_buffers=32MB")
            wait_for_port(self.port, self.process, self.log)
            self.sql("SELECT 1")
        except BaseException:
            self.__exit__()
            raise

    def initialize(self):
        (self.home / "password").write_text(PASSWORD)
        words = [binaries() / "initdb", "--pgdata=data", "--username=postgres", "--encoding=UTF8",
                 "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=password",
                 "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(words, cwd=self.home, text=True, capture_output=True, **server_user())
        if done.returncode != 0:
            raise RuntimeError(done.stderr)

    def url(self, database):
        """Over the socket, without a password."""
        return f"postgresql://postgres@/{database}?host={self.home}&port={self.port}"

    def tcp_url(self, database, password=PASSWORD):
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/{database}"

    def sql(self, statements, database="postgres"):
        """Rows as lines, columns divided by "|"."""
        words = [binaries() / "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
                 "--set=ON_ERROR_STOP=1", "--file=-", self.url(database)]
        deadline = time.monotonic() + 30
        while True:
            done = subprocess.run(words, input=statements, text=True, capture_output=True)
            starting = "starting up" in done.stderr and time.monotonic() < deadline
            if done.returncode == 0:
                return done.stdout.rstrip("\n")
            if not starting:
                raise RuntimeError(done.stderr)
            time.sleep(0.05)

    def create_database(self, name, statements=""):
        self.sql(f'CREATE DATABASE "{name}"')
        if statements:
            self.sql(statements, name)
        return self.url(name)


class TransactionPooler(Daemon):
    """pgbouncer that gives a server session for a transaction only."""

    def __init__(self, server):
        super().__init__()
        try:
            self.port = free_port()
            (self.home / "users").write_text('"postgres" ""\n')
            (self.home / "ini").write_text(
                f"[databases]\n* = host={server.home} port={server.port} user=postgres\n"
                f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\n"
                f"unix_socket_dir =\nauth_type = any\nauth_file = {self.home}/users\n"
                "pool_mode = transaction\nignore_startup_parameters = extra_float_digits\n")
            program = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
            if program is None:
                raise RuntimeError("pgbouncer is not installed: scripts/setup --packages-only")
            self.start(program, self.home / "ini")
            wait_for_port(self.port, self.process, self.log)
        except BaseException:
            self.__exit__()
            raise

    def url(self, database):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"


class VersionProxy:
    """Passes everything on, but in the server's first messages it rewrites server_version."""

    def __init__(self, server, version):
        self.path = str(server.home / f".s.PGSQL.{server.port}")
        self.version = version.encode()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open = []
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self, database):
        return (f"postgresql://postgres@127.0.0.1:{self.port}/{database}"
                "?sslmode=disable&gssencmode=disable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for end in (self.listener, *self.open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(self.path)
            self.open += [client, upstream]
            threading.Thread(target=self.pass_on, args=(client, upstream), daemon=True).start()
            threading.Thread(target=self.pass_back, args=(upstream, client), daemon=True).start()

    @staticmethod
    def pass_on(source, target):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def pass_back(self, source, target):
        with contextlib.suppress(OSError, ValueError):
            with source.makefile("rb", buffering=0) as stream:
                kind = b""
                while kind != b"Z":  # ready for the first query: the parameters are told
                    kind = stream.read(1)
                    length = int.from_bytes(self.exactly(stream, 4), "big")
                    body = self.exactly(stream, length - 4)
                    if kind == b"S" and body.startswith(b"server_version\0"):
                        body = b"server_version\0" + self.version + b"\0"
                    target.sendall(kind + (len(body) + 4).to_bytes(4, "big") + body)
            self.pass_on(source, target)

    @staticmethod
    def exactly(stream, count):
        whole = b""
        while len(whole) < count:
            piece = stream.read(count - len(whole))
            if not piece:
                raise ValueError("the server closed the connection")
            whole += piece
        return whole
