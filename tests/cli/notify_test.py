"""Being told: [notify] in the configuration, and `lifeboat doctor --notify`.

usage: notify_test.py BIN_DIRECTORY [unittest arguments]
The receivers are servers of this test on 127.0.0.1.
"""

import hashlib
import hmac
import json
import re
import socket
import unittest

import postgres
from local_server import LocalServer, answer
from transcript import CANARY, Case, run, said

SECRET_PATH = f"/services/{CANARY}/hook"
ROUTING_KEY = f"{CANARY}0123456789abcdef"


class Receiver(LocalServer):
    """Keeps requests as (path, headers, body) and gives one answer to all."""

    def __init__(self, status=200, body="ok"):
        self.seen = []
        self.status, self.body = status, body.encode()
        super().__init__(self.note)

    def note(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.seen.append((handler.path, dict(handler.headers), body))
        answer(handler, self.status, self.body)

    def at(self, path=SECRET_PATH):
        return self.url + path


class Test(Case):
    def doctor(self, sinks, *words, env=None):
        config = self.config(f'[notify]\napp = "shop"\nwithin = "4s"\n{sinks}')
        return run("lifeboat", "doctor", "--notify", f"--config={config}", *words, env=env)

    def test_goes_through_every_kind_of_sink(self):
        prom = self.folder / "lifeboat.prom"
        with Receiver() as receiver, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", 0))
            udp.settimeout(5)
            address = f"127.0.0.1:{udp.getsockname()[1]}"
            done = self.doctor(
                '[notify.check]\nkind = "healthchecks"\nurl = "env:CHECK"\n'
                '[notify.hook]\nkind = "webhook"\nurl = "env:HOOK"\nsecret = "env:HOOK_SECRET"\n'
                '[notify.ops]\nkind = "slack"\nurl = "env:SLACK"\n'
                '[notify.duty]\nkind = "pagerduty"\nurl = "env:PAGER"\nkey = "env:KEY"\n'
                '[notify.relic]\nkind = "newrelic"\nurl = "env:RELIC"\nkey = "env:KEY"\n'
                f'[notify.plain]\nkind = "statsd"\naddress = "{address}"\n'
                f'[notify.agent]\nkind = "dogstatsd"\naddress = "{address}"\n'
                f'[notify.node]\nkind = "prometheus"\nfile = "{prom}"\n', "--json",
                env={"CHECK": receiver.at("/check"), "HOOK": receiver.at("/hook"),
                     "SLACK": receiver.at("/slack"), "PAGER": receiver.at("/pager"),
                     "RELIC": receiver.at("/relic"), "KEY": ROUTING_KEY,
                     "HOOK_SECRET": CANARY})
            datagrams = {udp.recv(2000).decode().split(":")[0] for _ in range(2)}
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout)
        self.assertTrue(result["told"])
        self.assertEqual([sink["test"] for sink in result["sinks"]], ["delivered"] * 8)
        self.assertEqual(datagrams, {"lifeboat_build_info", "lifeboat_build_info.shop.0_1_0"})
        self.assertFalse(prom.exists(), "a test has no figures worth showing")
        self.assertEqual(sorted(path for path, _, _ in receiver.seen),
                         ["/check/log", "/hook", "/pager", "/pager", "/relic", "/slack"])
        bodies = {path: (headers, body) for path, headers, body in receiver.seen}
        headers, body = bodies["/hook"]
        fields = dict(part.split("=") for part in headers["X-Lifeboat-Signature"].split(","))
        self.assertEqual(fields["v1"], hmac.new(CANARY.encode(), f"{fields['t']}.".encode() + body,
                                                hashlib.sha256).hexdigest())
        self.assertEqual(json.loads(body)["event"], "test")
        self.assertEqual(json.loads(bodies["/pager"][1])["routing_key"], ROUTING_KEY)
        self.assertEqual(bodies["/relic"][0]["Api-Key"], ROUTING_KEY)

    def test_says_what_came_back_and_ends_with_3_if_one_was_not_told(self):
        port = postgres.free_port()
        with Receiver() as good, Receiver(404, f"no_service at {SECRET_PATH}") as bad:
            done = self.doctor(
                '[notify.good]\nkind = "slack"\nurl = "env:GOOD"\n'
                '[notify.bad]\nkind = "slack"\nurl = "env:BAD"\n'
                '[notify.gone]\nkind = "slack"\nurl = "env:GONE"\n'
                '[notify.unset]\nkind = "slack"\nurl = "env:NOT_SET"\n',
                env={"GOOD": good.at(), "BAD": bad.at(),
                     "GONE": f"http://127.0.0.1:{port}{SECRET_PATH}"})
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^good +slack +delivered +0\.\d s +200$")
        self.assertRegex(done.stdout, r"(?m)^bad +slack +failed .* answers 404: no_service at \*\*\*$")
        self.assertRegex(done.stdout, rf"(?m)^gone +slack +failed .*127.0.0.1:{port}.* tries$")
        self.assertRegex(done.stdout, r"(?m)^unset +slack +failed .*NOT_SET")
        self.assertIn("4 sinks, 3 not told", done.stdout)

    def test_needs_somebody_to_tell(self):
        self.assert_usage_error(self.doctor(""), "nobody is to be told anything")

    def test_lets_no_secret_out(self):
        with Receiver(403, f"{SECRET_PATH} {ROUTING_KEY}") as receiver:
            for words in ([], ["--json"], ["--log-level=trace"]):
                self.doctor('[notify.ops]\nkind = "slack"\nurl = "env:HOOK"\n'
                            '[notify.duty]\nkind = "pagerduty"\nurl = "env:HOOK"\n'
                            'key = "env:KEY"\n', *words,
                            env={"HOOK": receiver.at(), "KEY": ROUTING_KEY})
            self.assertGreaterEqual(len(receiver.seen), 6, "the secrets went where they belong")
        self.assertEqual([words for words, text in said if CANARY in text], [])


class Configuration(Case):
    def refused(self, text, message, hint=None):
        config = self.config(text)
        done = run("lifeboat", "doctor", "--notify", f"--config={config}")
        self.assert_usage_error(done, message, hint)
        self.assertNotIn(CANARY, done.stderr)

    def test_refuses_a_secret_that_stands_in_the_file(self):
        head = '[notify]\napp = "shop"\n[notify.ops]\n'
        self.refused(head + f'kind = "slack"\nurl = "https://hooks.example/{CANARY}"\n',
                     "lifeboat.toml:5: url holds the secret itself",
                     'put it into an environment variable and write url = "env:NAME"')
        self.refused(head + f'kind = "pagerduty"\nkey = "{CANARY}"\n',
                     "lifeboat.toml:5: key holds the secret itself")
        self.refused(head + f'kind = "webhook"\nurl = "env:X"\nsecret = "{CANARY}"\n',
                     "secret holds the secret itself")

    def test_refuses_what_it_does_not_know_and_names_the_nearest(self):
        head = '[notify]\napp = "shop"\n[notify.ops]\n'
        self.refused(head + 'kind = "slack"\nurl = "env:X"\nonn = ["all"]\n',
                     'unknown key "onn" in [notify.ops]', 'did you mean "on"?')
        self.refused(head + 'kind = "slak"\n', 'kind cannot be "slak"', 'did you mean "slack"?')
        self.refused(head + 'kind = "slack"\nurl = "env:X"\non = ["drill_fail"]\n',
                     'on cannot hold "drill_fail"', 'did you mean "drill_failed"?')
        self.refused(head + 'kind = "statsd"\non = ["all"]\n', 'unknown key "on" in [notify.ops]')
        self.refused('[notify]\napp = "shop"\nwithn = "3s"\n', 'unknown key "withn" in [notify]',
                     'did you mean "within"?')

    def test_is_shown_masked(self):
        config = self.config(
            '[notify]\napp = "shop"\n[notify.ops]\nkind = "slack"\nurl = "env:SLACK"\n'
            'on = ["problems"]\n[notify.duty]\nkind = "pagerduty"\n'
            f'key = "cmd:fetch --password={CANARY}"\n')
        done = run("lifeboat", "doctor", "--show-config", f"--config={config}",
                   env={"SLACK": f"https://hooks.example/{CANARY}"})
        self.assertEqual(done.returncode, 0, done.stderr)
        for row in ("notify.app +shop", "notify.ops.kind +slack", "notify.ops.url +env:SLACK",
                    "notify.ops.on +problems", r"notify.duty.key +cmd:fetch --password=\*\*\*"):
            self.assertTrue(re.search(rf"(?m)^{row}", done.stdout), (row, done.stdout))
        self.assertNotIn(CANARY, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
