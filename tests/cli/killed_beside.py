"""A run that is killed beside one of its requests to a bucket."""

import signal
import subprocess

from transcript import command, remember


def killed_beside(proxy, number, moment, methods, words, env):
    """Runs a command that goes through a proxy (tests/harness/s3_proxy.py), and kills it `before` or
    `after` the request of that number among those of these methods; whether it came so far."""
    requests = []
    process = subprocess.Popen(**command(words, env), cwd="/", stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)

    def count(method, path, headers):
        if method in methods and "probe/" not in path:
            requests.append(path)
            if len(requests) == number:
                process.kill()
                return 500, b"", {}
        return None

    setattr(proxy, moment, count)
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
        proxy.before = proxy.after = lambda method, path, headers: None
    remember(words, out, err)
    return process.returncode == -signal.SIGKILL
