"""A registry that one can stop in the middle: requests for blobs wait while the gate is closed."""
import http.server
import threading
import urllib.request


class Gate:
    """Reads of a registry without authentication go through it."""

    def __init__(self, registry):
        gate = self
        self._open = threading.Event()
        self._open.set()
        self._asked = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if "/blobs/" in self.path:
                    gate._asked.set()
                    gate._open.wait(300)
                request = urllib.request.Request(f"http://{registry.host}{self.path}", method=self.command)
                for name in ("Accept", "Range"):
                    if self.headers[name]:
                        request.add_header(name, self.headers[name])
                try:
                    response = urllib.request.urlopen(request, timeout=60)
                except urllib.error.HTTPError as error:
                    response = error
                with response:
                    body = response.read()
                    length = response.headers["Content-Length"] or str(len(body))
                    try:
                        self.send_response(response.status)
                        for name in ("Content-Type", "Docker-Content-Digest", "Content-Range"):
                            if response.headers[name]:
                                self.send_header(name, response.headers[name])
                        self.send_header("Content-Length", length)
                        self.end_headers()
                        self.wfile.write(body)
                    except OSError:
                        pass  # who asked was killed

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = "127.0.0.1:%d" % self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._asked.clear()
        self._open.clear()

    def open(self):
        self._open.set()

    def wait_for_request(self):
        assert self._asked.wait(120), "nothing was asked for"

    def stop(self):
        self.open()
        self._server.shutdown()
        self._server.server_close()
