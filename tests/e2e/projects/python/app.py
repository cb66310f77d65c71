"""A service whose dependency has a part in C."""
import http.server

import markupsafe._speedups  # the part in C
from markupsafe import escape


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(escape("python says <hello>")).encode())


http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()
