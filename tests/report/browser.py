"""A headless Chromium, spoken to through two pipes in its DevTools protocol; standard library only.

with Browser() as browser:
    page = browser.open(path, width=360, dark=True)
    page.ask("document.title")
    page.screenshot(path)
    page.print(path)

The pages are files; every request for anything else is answered with an error and remembered in
`page.requests`.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

PATIENCE = 60  # seconds that any one answer may take


def program():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise RuntimeError("no Chromium is installed: apt-get install chromium")


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="lifeboat-browser-")
        to_read, self.to = os.pipe()
        self.back, back_write = os.pipe()
        words = [program(), "--headless=new", "--remote-debugging-pipe", "--disable-gpu",
                 "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
                 "--disable-extensions", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
                 f"--user-data-dir={self.profile}", "about:blank"]
        if os.geteuid() == 0:
            words.insert(1, "--no-sandbox")  # Chromium's sandbox refuses to run as root

        def place_pipes():
            # Chromium reads commands at descriptor 3 and answers at 4. Copies first: one of the
            # two may stand where the other has to be.
            first = fcntl.fcntl(to_read, fcntl.F_DUPFD, 10)
            second = fcntl.fcntl(back_write, fcntl.F_DUPFD, 10)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, close_fds=False,
                                        preexec_fn=place_pipes, start_new_session=True,
                                        env={**os.environ, "HOME": self.profile})
        os.close(to_read)
        os.close(back_write)
        self.number = 0
        self.buffer = b""
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.to)
        os.close(self.back)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # the group that we started
        except ProcessLookupError:
            pass
        self.process.wait()
        for _ in range(50):  # its children may still write while they die
            shutil.rmtree(self.profile, ignore_errors=True)
            if not os.path.exists(self.profile):
                break
            time.sleep(0.1)

    def message(self):
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.back], [], [], deadline - time.monotonic())
            piece = os.read(self.back, 1 << 20) if ready else b""
            if not piece:
                raise RuntimeError("Chromium ended or does not answer")
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def send(self, method, session=None, **parameters):
        """The result of one command; what the browser tells in between goes to `events`."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        data = json.dumps(command).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        while (answer := self.message()).get("id") != self.number:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def wait_for(self, session, event):
        while True:
            for place, told in enumerate(self.events):
                if told.get("method") == event and told.get("sessionId") == session:
                    return self.events.pop(place)["params"]
            self.events.append(self.message())

    def open(self, path, width=800, dark=False):
        return Page(self, path, width, dark)


class Page:
    def __init__(self, browser, path, width, dark):
        self.browser = browser
        self.target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=self.target,
                                    flatten=True)["sessionId"]
        self.send("Page.enable")
        self.send("Network.enable")
        self.show(width, dark)
        self.send("Page.navigate", url=path.resolve().as_uri())
        browser.wait_for(self.session, "Page.loadEventFired")

    def show(self, width, dark):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=False)
        self.send("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def send(self, method, **parameters):
        return self.browser.send(method, self.session, **parameters)

    @property
    def requests(self):
        """The addresses that the page asked for, itself among them."""
        return [told["params"]["request"]["url"] for told in self.browser.events
                if told.get("method") == "Network.requestWillBeSent"
                and told.get("sessionId") == self.session]

    def ask(self, expression):
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def screenshot(self, path):
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        picture = self.send("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(picture["data"]))

    def print(self, path):
        document = self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        path.write_bytes(base64.b64decode(document["data"]))

    def close(self):
        self.browser.send("Target.closeTarget", targetId=self.target)
        self.browser.events = [told for told in self.browser.events
                               if told.get("sessionId") != self.session]
