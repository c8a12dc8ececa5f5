"""Vaults in a bucket of a real S3 store, by the real executables: the whole way there and back,
what a person can get wrong, requests counted, processes killed, objects spoiled.

usage: s3_test.py BIN_DIRECTORY [unittest arguments]
Needs an installed Postgres server and Ceph's gateway; both run for these tests alone.
"""

import contextlib
import datetime
import email.utils
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "harness"))
import postgres  # noqa: E402
from forget_test import shifted  # noqa: E402
from killed_beside import killed_beside  # noqa: E402
from s3_proxy import S3Proxy  # noqa: E402
from s3_server import BUCKET, GUEST, OWNER, S3Server  # noqa: E402
from transcript import BIN, CANARY, Case, command, remember, run, said  # noqa: E402
from world import World, secrets_said  # noqa: E402

LONG = os.environ.get("LIFEBOAT_TEST_LONG") == "1"
world = server = None
# Of an unchanged snapshot, opening and the probe of protection included; the third of its vault, so
# that its index has two segments to read.
UNCHANGED = {"LIST": 10, "GET": 6, "HEAD": 1, "PUT": 6, "DELETE": 1}


def setUpModule():
    global world, server
    with contextlib.ExitStack() as stack:
        world = World()
        stack.callback(world.end)
        server = stack.enter_context(S3Server())
        global close
        close = stack.pop_all().close


def tearDownModule():
    try:
        secrets = [postgres.PASSWORD, CANARY, OWNER["secret_key"], GUEST["secret_key"],
                   *world.credentials()]
        leaks = secrets_said(secrets)
        if not said or leaks:
            raise AssertionError(f"of {len(said)} commands, these told a secret: {leaks}")
    finally:
        close()


class Bucket(Case):
    """A vault in the bucket below a prefix of its own, reached through a proxy."""

    def setUp(self):
        super().setUp()
        self.proxy = self.enterContext(S3Proxy(server.port))
        self.prefix = re.sub(r"[^a-z0-9]+", "-", self.id().rpartition(".")[2].lower())
        self.url = self.url_of(self.prefix)
        self.keys = world.folder / f"{self.prefix}-keys"

    def enterContext(self, context):  # unittest's own from Python 3.11 on
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def url_of(self, prefix, **more):
        query = {"endpoint": f"http://127.0.0.1:{self.proxy.port}", "insecure": "true", **more}
        return f"s3://{BUCKET}/{prefix}?" + "&".join(f"{k}={v}" for k, v in query.items())

    def create(self, *words, url=None, **env):
        return run("lifeboat", "vault", "create", url or self.url, "--keys", self.keys, *words,
                   env={**server.env(), **env})

    def created(self):
        done = self.create()
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def env(self, role, **more):
        return {**world.env(role, self.url, self.keys), **server.env(), **more}

    def verb(self, *words, role="identity", **more):
        return run("lifeboat", "vault", *words, env=self.env(role, **more))

    def snapshot(self, *words, **more):
        return run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", *words,
                   env=self.env("writer", SHOP_URL=world.shop, **more))

    def take(self):
        done = self.snapshot("--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def set_policy(self, policy):
        status, body = server.request("PUT", f"/{BUCKET}", "policy=", json.dumps(policy).encode())
        self.assertIn(status, (200, 204), body)
        self.addCleanup(server.request, "DELETE", f"/{BUCKET}", "policy=")

    def objects(self):
        """Names below the prefix, and bytes."""
        _, body = server.request("GET", f"/{BUCKET}/", f"list-type=2&prefix={self.prefix}%2F")
        names = re.findall(r"<Key>([^<]*)</Key>", body.decode())
        return {name: server.request("GET", f"/{BUCKET}/{name}")[1] for name in names}


class Vault(Bucket):
    def test_in_a_bucket_goes_the_whole_way_there_and_back(self):
        done = self.created()
        self.assertIn(f"vault {self.url}", done.stdout)
        self.assertIn("UNPROTECTED", done.stdout)
        self.assertIn("lifeboat vault policy ROLE", done.stdout)
        first = self.take()
        self.assertEqual(first["protection"], "unprotected")
        second = self.take()
        done = self.verb("ls", "--json")
        self.assertEqual([entry["id"] for entry in json.loads(done.stdout)["snapshots"]],
                         [second["snapshot"], first["snapshot"]])
        done = run("lifeboat", "verify", "latest", "--json",
                   env=self.env("identity", TMPDIR="/tmp"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["verdict"], "proven")
        target = world.server.create_database("from_a_bucket")
        done = run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL",
                   env=self.env("identity", NEW_URL=target))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(world.server.sql("SELECT count(*), sum(total)::int FROM orders",
                                          "from_a_bucket"), "8000|320040")
        done = self.verb("check", "--decrypt")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = run("lifeboat", "doctor", "--json", env=self.env("writer", TMPDIR="/tmp"))
        levels = {check["id"]: check["level"] for check in json.loads(done.stdout)["checks"]}
        self.assertEqual([levels[f"vault{name}"] for name in ("", "-create-once", "-clock",
                                                              "-protection")],
                         ["ok", "ok", "ok", "attention"], done.stdout)
        names = {name.split("/")[1] for name in self.objects()}
        self.assertEqual(names, {"format", "trust", "g1", "snapshot", "record"},
                         "a probe was left behind")

    def test_follows_a_directory_as_its_copy_and_takes_its_place(self):
        home, keys = world.new_vault(f"{self.prefix}-home")
        credentials = {f"LIFEBOAT_COPY_{name}": value for name, value in server.env().items()
                       if name.startswith("AWS_")}
        configuration = world.folder / f"{self.prefix}.toml"
        configuration.write_text(f'[vault]\ncopy = ["{self.url}"]\n'
                                 '[source.shop]\nkind = "postgres"\nurl = "env:SHOP_URL"\n')
        done = run("lifeboat", "vault", "copy", home, self.url,
                   env={**world.env("viewer", home, keys), **credentials})
        self.assertEqual(done.returncode, 0, done.stderr)
        done = run("lifeboat", "snapshot", "--json", "--config", configuration,
                   env={**world.env("writer", home, keys, SHOP_URL=world.shop), **credentials})
        self.assertEqual(done.returncode, 0, done.stderr)
        (copy,) = json.loads(done.stdout)["copies"]
        self.assertEqual((copy["snapshots"], copy["behind"]), (1, 0))
        self.assertEqual(len(self.objects()), copy["objects"] + 2)  # format and trust were there
        shutil.rmtree(home)
        target = world.server.create_database("from_the_copy")
        done = run("lifeboat", "restore", "latest", "--postgres=env:NEW_URL",
                   env={**world.env("identity", self.url, keys, NEW_URL=target), **server.env()})
        self.assertEqual(done.returncode, 0, done.stderr)
        done = run("lifeboat", "vault", "copy", self.url, home,
                   env={**world.env("viewer", self.url, keys), **server.env()})
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_is_checked_on_record_by_turns(self):
        self.created()
        self.take()
        words = ("check", "--packs", "--recheck-after=30d", "--record", "--json")
        read = []
        for _ in range(2):
            time.sleep(1.1)  # the store tells seconds: what is of the same one is read again
            done = self.verb(*words, role="operator")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            read.append(json.loads(done.stdout))
        self.assertGreater(read[0]["packs"], 0)
        self.assertEqual((read[1]["packs"], read[1]["packs_never_read"]), (0, 0))
        self.assertEqual(read[1]["oldest_read_at"], read[0]["oldest_read_at"])

    def test_is_named_by_the_configuration_and_paced(self):
        self.created()
        config = self.config(f'[vault]\nurl = "{self.url}"\n')
        env = self.env("writer", SHOP_URL=world.shop)
        del env["LIFEBOAT_VAULT"]
        done = run("lifeboat", "snapshot", "--postgres=env:SHOP_URL", "--config", config,
                   "--limit-rate", "20MB", env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = world.vault_verb("ls", "--limit-rate", "20MB")
        self.assert_error(done, 2, "--limit-rate is for vaults in a bucket", "--max-rate")

    def counted(self):
        lists = sum("list-type" in path for _, path in self.proxy.requests)
        return {"LIST": lists, "GET": self.proxy.count("GET") - lists,
                **{method: self.proxy.count(method) for method in ("HEAD", "PUT", "DELETE")}}

    def tell(self, what):
        print(f"[  requests ] {what}: " +
              ", ".join(f"{number} {kind}" for kind, number in self.counted().items()))

    def test_costs_one_list_and_few_reads_to_look_at(self):
        self.created()
        self.take()
        puts = {}
        for state in ("changed", "unchanged"):
            self.proxy.requests.clear()
            self.take()
            puts[state] = self.proxy.count("PUT")
            self.tell(f"a snapshot of a database that is {state}")
            counted = self.counted()
        # A session, an index, a record, the two of the probe; nothing of the data again.
        self.assertLessEqual(puts["unchanged"], 8, self.proxy.requests)
        self.assertEqual(counted, UNCHANGED, self.proxy.requests)
        self.proxy.requests.clear()
        self.verb("ls", role="viewer")
        lists = [path for _, path in self.proxy.requests if "list-type" in path]
        told = f"ls: {len(self.proxy.requests)} requests, {len(lists)} lists; " \
               f"an unchanged snapshot: {puts['unchanged']} PUT"
        print(f"[  counted ] {told}")
        self.assertLessEqual(len(self.proxy.requests), 24, self.proxy.requests)
        self.assertEqual(self.proxy.count("PUT"), 0)

    def test_survives_a_store_that_is_busy_now_and_then(self):
        self.created()
        seen = []

        def busy(method, path, headers):
            seen.append(path)
            busy = (503, b"<Error><Code>SlowDown</Code></Error>",
                    {"Retry-After": "1"} if len(seen) == 3 else {})
            return busy if len(seen) % 7 == 3 else None

        self.proxy.before = busy
        done = self.snapshot()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("warning: the vault: the store answers 503 SlowDown; trying again in 1.0 s\n",
                      done.stderr)
        self.assertGreater(len(seen), 10)
        self.proxy.before = lambda method, path, headers: None
        self.assertEqual(self.verb("check", "--decrypt").returncode, 0)

    def test_whose_store_does_not_answer_lets_itself_be_interrupted(self):
        self.created()
        asked, end = threading.Event(), threading.Event()
        self.addCleanup(end.set)

        def silent(method, path, headers):
            if method == "PUT":
                asked.set()
                end.wait(60)
            return None

        self.proxy.before = silent
        words = ("lifeboat-snapshot", "--postgres=env:SHOP_URL")
        env = self.env("writer", SHOP_URL=world.shop)
        process = subprocess.Popen(**command(words, env), cwd="/", stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        try:
            self.assertTrue(asked.wait(30))
            process.send_signal(signal.SIGTERM)
            # Less than the 30 s after which an answer would be given up.
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
            process.wait()
        remember(words, out, err)
        self.assertEqual(process.returncode, 5, err)
        self.assertEqual(out, "")
        end.set()
        self.proxy.before = lambda method, path, headers: None
        self.take()

    def test_whose_store_refuses_changes_is_protected(self):
        self.created()
        denied = (403, b"<Error><Code>AccessDenied</Code></Error>", {})

        def policy(method, path, headers):
            # Ceph knows no policy on If-None-Match, so this one stands in the proxy.
            replaces = method == "PUT" and headers["If-None-Match"] is None
            return denied if method == "DELETE" or replaces else None

        self.proxy.before = policy
        self.assertEqual(self.take()["protection"], "protected")
        done = run("lifeboat", "doctor", "--json", env=self.env("writer", TMPDIR="/tmp"))
        levels = {check["id"]: check["level"] for check in json.loads(done.stdout)["checks"]}
        self.assertEqual(levels["vault-protection"], "ok")
        self.assertEqual(self.verb("check").returncode, 0, "the probe is no object of a vault")


    def test_under_the_policy_of_the_documents_takes_snapshots_and_deletes_nothing(self):
        self.created()
        page = pathlib.Path(__file__).parents[2] / "docs" / "object-stores.md"
        text = re.search(r"```json\n(.*?)```", page.read_text(), re.DOTALL)[1]
        printed = run("lifeboat", "vault", "policy", "writer",
                      env={"LIFEBOAT_VAULT": "s3://acme-dr/shop?region=eu-central-1"})
        self.assertEqual(json.loads(printed.stdout), json.loads(text))
        printed = run("lifeboat", "vault", "policy", "writer", env=self.env("viewer"))
        policy = json.loads(printed.stdout)
        for statement in policy["Statement"]:
            statement["Principal"] = {"AWS": ["arn:aws:iam:::user/guest"]}
            # A condition that Ceph does not know never holds there.
            statement.pop("Condition", None)
        self.set_policy(policy)
        guest = server.env(GUEST)
        for _ in range(2):
            done = self.snapshot("--json", **guest)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(json.loads(self.verb("ls", "--json", **guest).stdout)["snapshots"]), 2)
        objects = self.objects()
        self.assertGreater(len(objects), 8)
        for name, body in objects.items():
            self.assertEqual(server.request("DELETE", f"/{BUCKET}/{name}", user=GUEST)[0], 403)
            if "/format" in name or "/trust/" in name:
                status, _ = server.request("PUT", f"/{BUCKET}/{name}", body=body, user=GUEST)
                self.assertEqual(status, 403, name)
        # Not as the owner: in Ceph an object belongs to whoever put it.
        self.assertEqual(self.verb("check", "--decrypt", **guest).returncode, 0)


class HashedNames(Bucket):
    """Naming mode hashed, on a store that answers 501 to a conditional PUT."""

    def knows_no_condition(self, method, path, headers):
        if method == "PUT" and headers["If-None-Match"]:
            return 501, b"<Error><Code>NotImplemented</Code></Error>", {}
        return None

    def created_hashed(self):
        self.proxy.before = self.knows_no_condition
        done = self.create("--naming", "hashed", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["naming"], "hashed")

    def listed(self):
        done = self.verb("ls", "--json")
        return done.returncode, json.loads(done.stdout)

    def records(self):
        """Names of the records of the writer's chain, the newest first."""
        return sorted(name for name in self.objects() if "/snapshot/" in name)

    def test_are_offered_where_the_store_cannot_create_once_and_go_the_whole_way(self):
        self.proxy.before = self.knows_no_condition
        for mode in ((), ("--naming", "auto"), ("--naming", "conditional")):
            self.assert_error(self.create(*mode), 15, "only if its name is free", "--naming hashed")
        self.assertEqual(self.objects(), {})
        self.created_hashed()
        self.take()
        self.take()
        for name in self.records():
            self.assertRegex(name, r"/ffffffffffff[0-9a-f]{4}-[0-9a-f]{16}$")
        self.assertEqual(self.verb("check", "--decrypt").returncode, 0)
        done = run("lifeboat", "verify", "latest", "--json",
                   env=self.env("identity", TMPDIR="/tmp"))
        self.assertEqual(done.returncode, 0, done.stderr)
        code, listing = self.listed()
        self.assertEqual((code, len(listing["snapshots"])), (0, 2))
        self.assertIsNotNone(listing["snapshots"][0]["proven_at"])
        done = run("lifeboat", "doctor", "--json", env=self.env("writer", TMPDIR="/tmp"))
        checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
        self.assertEqual(checks["vault-create-once"]["level"], "ok")
        self.assertIn("names are hashed", checks["vault-create-once"]["what"])
        copy = world.folder / f"{self.prefix}-copy"
        done = self.verb("copy", self.url, copy, role="viewer")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = run("lifeboat", "vault", "check", "--decrypt", env=world.env("identity", copy,
                                                                            self.keys))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_show_two_runs_at_once_as_a_fork_until_the_next_run_joins_them(self):
        self.created_hashed()
        self.take()
        one = self.take()
        newest = self.records()[0]
        stored = self.objects()[newest]
        server.request("DELETE", f"/{BUCKET}/{newest}")
        other = self.take()  # as if it had listed the chain before
        server.request("PUT", f"/{BUCKET}/{newest}", body=stored)
        code, listing = self.listed()
        self.assertEqual(code, 14)
        self.assertEqual({problem["kind"] for problem in listing["problems"]}, {"stale"})
        self.assertLessEqual({one["snapshot"], other["snapshot"]},
                             {snapshot["id"] for snapshot in listing["snapshots"]})
        done = self.verb("check")
        self.assertEqual(done.returncode, 14)
        self.assertIn("one credential was used twice at once", done.stdout)
        for snapshot in (one, other):
            done = run("lifeboat", "verify", snapshot["snapshot"], env=self.env("identity",
                                                                               TMPDIR="/tmp"))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.take()
        code, listing = self.listed()
        self.assertEqual((code, len(listing["snapshots"])), (0, 4))
        self.assertEqual(self.verb("check", "--decrypt").returncode, 0)

    def test_lose_nothing_of_runs_at_once(self):
        self.created_hashed()
        processes = [subprocess.Popen(**command(
            ("lifeboat-snapshot", "--postgres=env:SHOP_URL"),
            self.env("writer", SHOP_URL=world.shop)), cwd="/", stdout=subprocess.PIPE,
            stderr=subprocess.PIPE) for _ in range(3)]
        for process in processes:
            out, err = process.communicate(timeout=120)
            remember(("lifeboat-snapshot", "beside others"), out, err)
            self.assertEqual(process.returncode, 0, err)
        self.take()
        code, listing = self.listed()
        self.assertEqual((code, len(listing["snapshots"])), (0, 4), listing["problems"])
        self.assertEqual(self.verb("check", "--decrypt").returncode, 0)


class Locked(Bucket):
    """Storage class and Object Lock, in a bucket of Ceph that has it. Such a bucket keeps versions,
    and in those Ceph does not heed If-None-Match: the vaults have hashed names."""

    LOCKED = "locked"

    def setUp(self):
        super().setUp()
        server.request("PUT", f"/{self.LOCKED}", **{"x-amz-bucket-object-lock-enabled": "true"})
        self.url = self.locked_url("governance", 10)

    def created(self):
        self.assert_error(self.create(), 15, "replaces objects whose names are taken",
                          "--naming hashed")
        done = self.create("--naming", "hashed")
        self.assertEqual(done.returncode, 0, done.stderr)

    def locked_url(self, mode, days):
        return self.url_of(self.prefix, **{"storage-class": "STANDARD", "lock": mode,
                                           "lock-days": days}).replace(BUCKET, self.LOCKED)

    def retention(self, name):
        return server.request("GET", f"/{self.LOCKED}/{name}", "retention=")[1].decode()

    def versions(self):
        """{name: [version id]} of what lies below the prefix, without markers of deletion."""
        _, body = server.request("GET", f"/{self.LOCKED}", f"prefix={self.prefix}%2F&versions=")
        found = {}
        for version in re.findall(r"<Version>(.*?)</Version>", body.decode(), re.DOTALL):
            name = re.search(r"<Key>(.*?)</Key>", version)[1]
            found.setdefault(name, []).append(re.search(r"<VersionId>(.*?)</VersionId>",
                                                        version)[1])
        return found

    def test_says_class_and_lock_of_packs_and_the_store_keeps_them(self):
        classes = {}
        self.proxy.before = lambda method, path, headers: (
            classes.__setitem__(path, headers["x-amz-storage-class"]) if method == "PUT" else None)
        self.created()
        self.take()
        self.assertEqual({name for path, name in classes.items() if "/pack/" in path}, {"STANDARD"})
        self.assertEqual({name for path, name in classes.items()
                          if "/record/" in path or "/snapshot/" in path or "/probe/" in path},
                         {None})
        locked = loose = 0
        for name, ids in self.versions().items():
            folder = name.removeprefix(f"{self.prefix}/")
            if folder.startswith("probe/"):
                continue
            holds = "<Mode>GOVERNANCE</Mode>" in self.retention(name)
            wanted = not folder.startswith(("snapshot/", "record/"))
            self.assertEqual(holds, wanted, name)
            locked += holds
            loose += not holds
            for version in ids:
                status, body = server.request("DELETE", f"/{self.LOCKED}/{name}",
                                              f"versionId={version}")
                self.assertEqual(status, 403 if wanted else 204, (name, body))
        self.assertGreater(min(locked, loose), 0)
        done = run("lifeboat", "doctor", "--json", env=self.env("writer", TMPDIR="/tmp"))
        checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
        self.assertEqual((checks["vault-lock"]["level"], checks["vault-lock"]["what"]),
                         ("ok", "governance for 10 days, the bucket can lock objects"))

    def test_for_too_short_or_too_long_takes_no_snapshot(self):
        self.created()
        config = self.config('[keep]\nwithin = "14d"\n')
        for days, words, extra in ((6, "floor keeps snapshots for 7 days", ()),
                                   (10, "keeps everything for 14 days", ("--config", config)),
                                   (30, "lets a sweep delete after 17 days", ("--config", config))):
            with self.subTest(days):
                url = self.locked_url("governance", days)
                done = self.snapshot(*extra, LIFEBOAT_VAULT=url)
                self.assert_error(done, 15, words, "lock-days")
                done = run("lifeboat", "doctor", "--json", *extra,
                           env=self.env("writer", TMPDIR="/tmp", LIFEBOAT_VAULT=url))
                self.assertEqual(done.returncode, 3)
                checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
                self.assertEqual(checks["vault-lock"]["level"], "danger")
                self.assertIn(words, checks["vault-lock"]["what"])

    def test_in_a_bucket_that_locks_nothing_is_refused(self):
        url = self.url.replace(self.LOCKED, BUCKET, 1)
        self.assert_error(self.create(url=url), 15, "the bucket locks no objects", "Object Lock")
        self.assertFalse(self.keys.exists())


class Rights(Bucket):
    def check(self, name, **env):
        done = run("lifeboat", "doctor", "--json", env=self.env("writer", TMPDIR="/tmp", **env))
        return {check["id"]: check for check in json.loads(done.stdout)["checks"]}[name]

    def test_are_told_by_doctor_as_the_store_gives_them(self):
        self.created()
        self.assertEqual(self.check("vault-rights")["what"], "may list, get, put, delete")
        everything = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
        for actions, words in ((["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
                                "may list, get, put; may not delete"),
                               (["s3:GetObject", "s3:ListBucket"],
                                "may list, get; may not put, delete")):
            self.set_policy({"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/guest"]},
                "Action": actions, "Resource": everything}]})
            found = self.check("vault-rights", **server.env(GUEST))
            self.assertEqual((found["level"], found["what"]), ("ok", words))


class BadInput(Bucket):
    def assert_nothing_was_made(self):
        self.assertEqual(self.objects(), {})
        self.assertFalse(self.keys.exists())

    def test_of_a_url_is_a_usage_error(self):
        for url, message in (
                (f"s3://key:{CANARY}@{BUCKET}/x", "credentials do not belong into it"),
                (f"s3://{BUCKET}/x?regio=a", "a parameter that is not known, 'regio'"),
                ("s3://", "its bucket's name is none"),
                (self.url.replace("&insecure=true", ""), "speaks plain http, without TLS")):
            with self.subTest(message):
                self.assert_error(self.create(url=url), 2, message, ".")
                self.assert_nothing_was_made()

    def test_of_credentials_is_denied_and_names_the_variables(self):
        wrong = {"AWS_SECRET_ACCESS_KEY": CANARY}
        self.assert_error(self.create(**wrong), 12, "does not belong to the access key",
                          "AWS_SECRET_ACCESS_KEY")
        self.assert_error(self.create(AWS_ACCESS_KEY_ID="NOBODY"), 12,
                          "does not know the access key", "AWS_ACCESS_KEY_ID")
        self.assert_error(self.create(**server.env(GUEST)), 12, "the store does not allow this",
                          "policy")
        self.assert_error(self.create(AWS_ACCESS_KEY_ID=""), 2,
                          "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not")
        none = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        self.assert_error(self.create(**none), 12, "no credential for the object store is set",
                          "AWS_ACCESS_KEY_ID")
        self.assert_nothing_was_made()

    def test_of_a_bucket_that_is_not_there_is_not_found(self):
        url = self.url.replace(BUCKET, "nobodys")
        self.assert_error(self.create(url=url), 10, "there is no bucket nobodys", "create it")
        self.assertFalse(self.keys.exists())

    def test_of_a_prefix_without_a_vault_is_not_found(self):
        self.created()
        done = self.verb("ls", LIFEBOAT_VAULT=self.url_of("elsewhere"))
        self.assert_error(done, 10, f"there is no vault at s3://{BUCKET}/elsewhere")

    def test_of_a_place_that_is_taken_is_refused(self):
        self.created()
        before = self.objects()
        self.assert_error(self.create(), 15, f"there is a vault at s3://{BUCKET}/{self.prefix}")
        self.assertEqual(self.objects(), before)

    def test_of_a_clock_twenty_minutes_off_is_refused(self):
        self.created()
        now = datetime.datetime.now(datetime.timezone.utc)
        for minutes, words in ((20, "behind the store's"), (-20, "ahead of the store's")):
            date = email.utils.format_datetime(now + datetime.timedelta(minutes=minutes), True)
            self.proxy.before = lambda method, path, headers: (
                403, b"<Error><Code>RequestTimeTooSkewed</Code></Error>", {"Date": date})
            for done in (self.verb("ls"), self.snapshot()):
                self.assert_error(done, 15, words, "set this machine's clock")
                self.assertRegex(done.stderr, r"clock is (20|19) min")

    def test_of_a_clock_that_the_store_itself_does_not_take_is_refused(self):
        self.created()
        self.take()

        def off(minutes):
            return shifted(60 * minutes)

        for minutes, words in ((20, "ahead of the store's"), (-20, "behind the store's")):
            for done in (self.verb("ls", **off(minutes)), self.snapshot(**off(minutes))):
                self.assert_error(done, 15, words, "set this machine's clock")
        for minutes, level in ((20, "danger"), (12, "danger"), (5, "ok")):
            done = run("lifeboat", "doctor", "--json",
                       env=self.env("writer", TMPDIR="/tmp", **off(minutes)))
            levels = {check["id"]: check["level"] for check in json.loads(done.stdout)["checks"]}
            self.assertEqual(levels["vault-clock"], level, done.stdout)
            self.assertEqual(done.returncode, 3 if level == "danger" else 0, done.stdout)

    def test_of_a_bucket_that_was_rolled_back_is_stale_to_who_saw_more(self):
        self.created()
        state = {"LIFEBOAT_STATE": str(world.folder / f"{self.prefix}-state")}
        self.take()
        done = self.snapshot("--json", **state)
        self.assertEqual(done.returncode, 0, done.stderr)
        newest = min(name for name in self.objects() if "/snapshot/" in name)
        server.request("DELETE", f"/{BUCKET}/{newest}")
        # Who never saw it is told nothing; who did is.
        self.assertEqual(self.verb("ls").returncode, 0)
        for done in (self.verb("ls", **state), self.snapshot(**state)):
            self.assert_error(done, 14, "record 2 was seen, but the store shows none after 1",
                              "rolled back")

    def test_of_a_store_that_cannot_create_once_is_refused(self):
        self.proxy.before = lambda method, path, headers: (
            (501, b"<Error><Code>NotImplemented</Code></Error>", {}) if method == "PUT" else None)
        self.assert_error(self.create(), 15, "only if its name is free", "If-None-Match")
        # One that takes every PUT, whatever the name.
        self.proxy.before = lambda method, path, headers: (
            (200, b"", {}) if method == "PUT" else None)
        self.assert_error(self.create(), 15, "replaces objects whose names are taken",
                          "If-None-Match")
        self.assert_nothing_was_made()

    def test_of_an_add_ons_bucket_warns(self):
        done = self.create(BUCKETEER_BUCKET_NAME=BUCKET)
        self.assertEqual(done.returncode, 0)
        warning = f"warning: the bucket {BUCKET} is an add-on of this app"
        self.assertIn(warning, done.stderr)
        done = self.snapshot(BUCKETEER_BUCKET_NAME=BUCKET)
        self.assertEqual(done.returncode, 0)
        self.assertIn(warning, done.stderr)
        self.assertNotIn(warning, self.snapshot(BUCKETEER_BUCKET_NAME="another").stderr)

    def test_of_rights_to_read_alone_takes_no_snapshot(self):
        self.created()
        self.set_policy({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/guest"]},
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]}]})
        guest = server.env(GUEST)
        self.assertEqual(self.verb("ls", **guest).returncode, 0)
        self.assert_error(self.snapshot(**guest), 12, "the store does not allow this", "policy")
        self.assertEqual(json.loads(self.verb("ls", "--json").stdout)["snapshots"], [])


class Crash(Bucket):
    def snapshot_killed_at(self, number, moment):
        """Kills a snapshot before or after its PUT of this number; whether it came so far."""
        return killed_beside(self.proxy, number, moment, ("PUT",),
                             ("lifeboat-snapshot", "--postgres=env:SHOP_URL"),
                             self.env("writer", SHOP_URL=world.shop))

    def test_at_any_put_leaves_a_vault_that_is_whole(self):
        self.created()
        points, taken = 0, 1
        self.take()
        moments = ("before", "after") if LONG else ("after",)
        for moment in moments:
            for number in range(1, 100):
                # Something new each time, so that there is something to store.
                world.server.sql(f"INSERT INTO customers VALUES (100000 + (SELECT count(*) FROM "
                                 f"customers), md5('{moment}{number}'))", "shop")
                if not self.snapshot_killed_at(number, moment):
                    taken += 1
                    break
                points += 1
                done = self.verb("check", "--decrypt")
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                listed = len(json.loads(self.verb("ls", "--json").stdout)["snapshots"])
                self.assertIn(listed - taken, (0, 1))
                taken = listed
        self.assertGreater(points, 2)
        print(f"[  points  ] {points} PUTs of a snapshot into a bucket, killed at each")
        self.take()
        self.assertEqual(self.verb("check", "--decrypt").returncode, 0)
        if LONG:
            done = run("lifeboat", "verify", "latest", env=self.env("identity", TMPDIR="/tmp"))
            self.assertEqual(done.returncode, 0, done.stderr)


class Tamper(Bucket):
    def test_with_one_object_of_each_kind_is_told_and_brings_no_wrong_byte(self):
        self.created()
        self.take()
        kinds, spoiled = {}, 0
        for name, body in self.objects().items():
            kinds.setdefault(re.sub(r"[0-9a-f]{8,}.*", "", name), (name, body))
        self.assertGreaterEqual(len(kinds), 5, kinds)
        for kind, (name, body) in kinds.items():
            half = len(body) // 2
            flipped = body[:half] + bytes([body[half] ^ 1]) + body[half + 1:]
            for spoil in (flipped, body[:half], None) if LONG else (flipped,):
                spoiled += 1
                if spoil is None:
                    server.request("DELETE", f"/{BUCKET}/{name}")
                else:
                    server.request("PUT", f"/{BUCKET}/{name}", body=spoil)
                done = self.verb("check", "--decrypt")
                with self.subTest(kind=kind, cut=spoil is not None and len(spoil)):
                    self.assertIn(done.returncode, self.expected(kind, spoil),
                                  done.stdout + done.stderr)
                server.request("PUT", f"/{BUCKET}/{name}", body=body)
        self.assertEqual(self.verb("check", "--decrypt").returncode, 0)
        print(f"[  spoiled ] {spoiled} objects of {len(kinds)} kinds in a bucket")

    def expected(self, kind, spoil):
        if kind.endswith("/format") and spoil is None:
            return (10,)
        if spoil is None and "/snapshot/" in kind:
            return (0,)  # the only record of its chain: nobody has seen it yet
        return (3, 12, 14)


if __name__ == "__main__":
    unittest.main()
