"""psql sessions that draw their statements from one list, as lifeboat's connections do."""
import contextlib
import os
import queue
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

DONE = "\\echo done"


class Session:
    """One psql for many statements; what they give is thrown away."""

    def __init__(self, server, database):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [server.binaries / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", database,
             "-o", "/dev/null"],
            env={**os.environ, **server.environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors, text=True, start_new_session=True)

    def execute(self, statement):
        """Returns when it is done; psql echoes a word after it."""
        try:
            self.process.stdin.write(f"{statement}\n{DONE}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # its last words are in `errors`
        if self.process.stdout.readline() != "done\n":
            self.errors.seek(0)
            sys.exit(f"scripts/bench: psql: {statement}\n"
                     f"{self.errors.read().decode(errors='replace')}")

    def end(self):
        self.process.terminate()
        self.process.wait()
        for file in (self.process.stdin, self.process.stdout, self.errors):
            with contextlib.suppress(OSError):  # words that it did not wait for
                file.close()


def drawn(server, database, statements, count=2):
    """Seconds that so many sessions take for all statements, begun in their order."""
    waiting = queue.SimpleQueue()
    for statement in statements:
        waiting.put(statement)

    def work(session):
        while True:
            try:
                statement = waiting.get_nowait()
            except queue.Empty:
                return
            session.execute(statement)

    sessions = []
    started = time.monotonic()
    with ThreadPoolExecutor(count) as pool:
        try:
            sessions += [Session(server, database) for _ in range(count)]
            for one in [pool.submit(work, session) for session in sessions]:
                one.result()
            return time.monotonic() - started
        finally:
            for session in sessions:
                session.end()
