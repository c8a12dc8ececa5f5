"""Stands between a client and an S3 server, passes requests on as they came, counts them, and lets
a test step in before and after each."""

import contextlib
import http.client
import http.server
import threading


class S3Proxy:
    """`before` and `after` get (method, path, headers) of every request; what `before` returns, as (status,
    body, headers), is the answer, and the server never hears of the request."""

    def __init__(self, port):
        self.requests = []
        self.before = self.after = lambda method, path, headers: None
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def pass_on(self):
                path = self.path.partition("?")[0]
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                proxy.requests.append((self.command, self.path))
                instead = proxy.before(self.command, path, self.headers)
                if instead:
                    return self.answer(*instead)
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                with contextlib.closing(connection):
                    connection.putrequest(self.command, self.path, skip_host=True,
                                          skip_accept_encoding=True)
                    for name, value in self.headers.items():
                        connection.putheader(name, value)
                    connection.endheaders(body)
                    answer = connection.getresponse()
                    content = answer.read()
                proxy.after(self.command, path, self.headers)
                kept = [(name, value) for name, value in answer.getheaders()
                        if name.lower() not in ("transfer-encoding", "content-length", "connection",
                                                "keep-alive")]
                length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else None
                return self.answer(answer.status, content, dict(kept), length)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_on

            def answer(self, status, body, headers, length=None):
                with contextlib.suppress(OSError):  # a client that was killed is no error
                    self.send_response_only(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", length or str(len(body)))
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # as above
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def count(self, method):
        return sum(1 for made, _ in self.requests if made == method)
