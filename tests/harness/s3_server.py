#!/usr/bin/env python3
"""A real object store for tests: Ceph's S3 gateway over one storage daemon in memory.

usage: s3_server.py

Starts a monitor, a storage daemon and the gateway on free ports of 127.0.0.1, makes two users and
the bucket "vaults" of the first, prints one line of JSON (port, bucket, users) and runs until its
stdin ends. A line of JSON there, {"shim": PATH, "seconds": N}, starts the gateway again with a
clock that is N seconds ahead (PATH: tests/cli/shifted_clock.cpp, built); it is answered by a line
when that is done. What was stored before stays, with its times.

The gateway checks signatures, clocks and hashes of bodies, and creates conditionally, as Amazon
does. Needs Debian's radosgw, ceph-mon, ceph-osd and ceph-common, no root, and no container; the
daemons die with it, and its directory is removed.

As a module: S3Server() starts it and speaks to it.
"""

import contextlib
import ctypes
import datetime
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid

BUCKET = "vaults"
OWNER = {"access_key": "OWNERTESTKEY", "secret_key": "owner+test/secret-canary-5b1f"}
# May do what a policy of the bucket allows.
GUEST = {"access_key": "GUESTTESTKEY", "secret_key": "guest+test/secret-canary-77ac"}

CONFIGURATION = """
[global]
fsid = {fsid}
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
mon_host = [v1:127.0.0.1:{monitor_port}]
ms_bind_msgr2 = false
public_addr = 127.0.0.1
run_dir = {folder}
admin_socket = {folder}/$name.asok
pid_file = {folder}/$name.pid
log_file = {folder}/$name.log
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 1073741824
mon_allow_pool_size_one = true
mon_data = {folder}/mon
osd_data = {folder}/osd
auth_allow_insecure_global_id_reclaim = true
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
mon_tick_interval = 1
[client]
rgw_frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
rgw_crypt_require_ssl = false
rgw_dns_name = localhost
rgw_run_sync_thread = false
"""


def sign(user, method, port, path, query, body, headers=None, at=None, region="us-east-1"):
    """The headers of a request under AWS Signature Version 4."""
    at = at or datetime.datetime.now(datetime.timezone.utc)
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    hashed = hashlib.sha256(body).hexdigest()
    all_headers = {"host": f"127.0.0.1:{port}", "x-amz-date": stamp, "x-amz-content-sha256": hashed,
                   **(headers or {})}
    names = ";".join(sorted(all_headers))
    canonical = "\n".join([method, urllib.parse.quote(path), query] +
                          [f"{name}:{all_headers[name]}" for name in sorted(all_headers)] +
                          ["", names, hashed])
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + user["secret_key"]).encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    all_headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={user['access_key']}/{scope},"
                                    f"SignedHeaders={names},Signature={key.hex()}")
    return all_headers


def request(port, method, path, query="", body=b"", user=None, at=None, **headers):
    """One signed request: status, body."""
    signed = sign(user or OWNER, method, port, path, query, body, headers, at)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        target = urllib.parse.quote(path) + ("?" + query if query else "")
        connection.request(method, target, body, signed)
        answer = connection.getresponse()
        return answer.status, answer.read()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dies_with_its_parent():
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def remove_what_a_kill_left():
    for folder in pathlib.Path(tempfile.gettempdir()).glob("lifeboat-s3-*-*"):
        if not pathlib.Path("/proc", folder.name.split("-")[2]).exists():
            shutil.rmtree(folder, ignore_errors=True)


class Daemons:
    """What runs behind the port."""

    def __init__(self):
        missing = [name for name in ("monmaptool", "ceph", "ceph-mon", "ceph-osd", "radosgw",
                                     "radosgw-admin") if not shutil.which(name)]
        if missing:
            sys.exit(f"s3_server: {', '.join(missing)} not found: install radosgw ceph-mon "
                     "ceph-osd ceph-common (scripts/setup)")
        remove_what_a_kill_left()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"lifeboat-s3-{os.getpid()}-"))
        self.configuration = self.folder / "ceph.conf"
        self.port, self.monitor_port = free_port(), free_port()
        self.running = {}

    def run(self, *words):
        environment = {**os.environ, "CEPH_CONF": str(self.configuration)}
        done = subprocess.run([str(word) for word in words], env=environment, timeout=60, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"{words[0]}: {done.stderr[-2000:]}")

    def start(self, *words, **more_environment):
        with open(self.folder / f"{words[0]}.out", "ab") as out:
            self.running[words[0]] = subprocess.Popen(
                [str(word) for word in (*words, "-c", self.configuration, "-f")], stdout=out,
                stderr=out, stdin=subprocess.DEVNULL, preexec_fn=dies_with_its_parent,
                env={**os.environ, **more_environment})

    def start_gateway(self, **more_environment):
        self.start("radosgw", "-n", "client.rgw", **more_environment)
        self.wait_until_it_answers()

    def set_clock(self, shim, seconds):
        gateway = self.running["radosgw"]
        gateway.terminate()  # one that was killed would be waited for with every change of a policy
        gateway.wait(60)
        self.start_gateway(LD_PRELOAD=shim, LIFEBOAT_TEST_CLOCK_SHIFT=str(seconds))

    def start_all(self):
        fsid, osd = uuid.uuid4(), uuid.uuid4()
        for name in ("mon", "osd"):
            (self.folder / name).mkdir()
        self.configuration.write_text(CONFIGURATION.format(
            fsid=fsid, folder=self.folder, port=self.port, monitor_port=self.monitor_port))
        monmap = self.folder / "monmap"
        self.run("monmaptool", "--create", "--fsid", fsid, "--addv", "a",
                 f"[v1:127.0.0.1:{self.monitor_port}]", monmap)
        self.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "-c", self.configuration)
        self.start("ceph-mon", "-i", "a")
        self.run("ceph", "-c", self.configuration, "osd", "new", osd)
        self.run("ceph-osd", "-i", "0", "--osd-uuid", osd, "--mkfs", "-c", self.configuration)
        self.start("ceph-osd", "-i", "0")
        self.start_gateway()
        self.make_user("owner", OWNER)
        self.make_user("guest", GUEST)
        status, body = request(self.port, "PUT", f"/{BUCKET}")
        if status != 200:
            raise RuntimeError(f"make the bucket: {status} {body!r}")

    def wait_until_it_answers(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.running["ceph-osd"].poll() is not None:
                # It can lose a race at the start ("wrong fsid") and end.
                self.start("ceph-osd", "-i", "0")
            for name in ("ceph-mon", "radosgw"):
                if self.running[name].poll() is not None:
                    raise RuntimeError(name + ": " + (self.folder / f"{name}.out").read_text())
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                with contextlib.closing(connection):
                    connection.request("GET", "/")
                    connection.getresponse().read()
                    return
            time.sleep(0.05)
        raise RuntimeError("the gateway does not answer within a minute")

    def make_user(self, name, user):
        self.run("radosgw-admin", "-n", "client.admin", "-c", self.configuration, "user", "create",
                 f"--uid={name}", f"--display-name={name}", f"--access-key={user['access_key']}",
                 f"--secret={user['secret_key']}")

    def end(self):
        for process in self.running.values():
            process.kill()
        for process in self.running.values():
            process.wait()
        shutil.rmtree(self.folder)


class S3Server:
    """The program of this file, as a child process."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"s3_server.py ended with {self.process.wait()}")
        self.port = json.loads(line)["port"]
        self.ahead = datetime.timedelta()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)

    def url(self, prefix, **more):
        query = {"endpoint": f"http://127.0.0.1:{self.port}", "insecure": "true", **more}
        return f"s3://{BUCKET}/{prefix}?" + "&".join(f"{k}={v}" for k, v in query.items())

    def env(self, user=None):
        user = user or OWNER
        return {"AWS_ACCESS_KEY_ID": user["access_key"],
                "AWS_SECRET_ACCESS_KEY": user["secret_key"]}

    def set_clock(self, shim, seconds):
        """Lets the store's clock be that many seconds ahead of this machine's."""
        self.process.stdin.write(json.dumps({"shim": str(shim), "seconds": seconds}) + "\n")
        self.process.stdin.flush()
        if not self.process.stdout.readline():
            raise RuntimeError(f"s3_server.py ended with {self.process.wait()}")
        self.ahead = datetime.timedelta(seconds=seconds)

    def request(self, method, path, query="", body=b"", user=None, **headers):
        now = datetime.datetime.now(datetime.timezone.utc)
        return request(self.port, method, path, query, body, user, now + self.ahead, **headers)


def started(tries=3):
    """A port that was free a moment ago may be somebody else's by now: then others are taken."""
    while True:
        daemons = Daemons()
        tries -= 1
        try:
            daemons.start_all()
            return daemons
        except BaseException as failure:
            daemons.end()
            if tries == 0 or not isinstance(failure, Exception):
                raise
            print(f"s3_server: starts again: {failure}", file=sys.stderr)


def main():
    # Whoever started us and wants us gone closes our stdin, or is gone himself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    daemons = started()
    try:
        print(json.dumps({"port": daemons.port, "bucket": BUCKET, "owner": OWNER, "guest": GUEST}),
              flush=True)
        for line in sys.stdin:
            daemons.set_clock(**json.loads(line))
            print("{}", flush=True)
    finally:
        daemons.end()


if __name__ == "__main__":
    main()
