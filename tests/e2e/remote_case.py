"""A server of files and git repositories for ADD."""
import http.server
import os
import subprocess
import threading

import harness
from harness import Case
from images import Layout, decompress, tar_members

MODIFIED = "Wed, 21 Oct 2015 07:28:00 GMT"


class Handler(http.server.BaseHTTPRequestHandler):
    """Files of the server's `files`, and repositories below /git/ as git's own server gives them."""
    protocol_version = "HTTP/1.0"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.before_answer()
        if self.path.startswith("/git/"):
            return self.git(b"")
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", "/git/" + self.path.removeprefix("/moved/"))
            self.end_headers()
            return None
        content = self.server.files.get(self.path.partition("?")[0])
        self.send_response(200 if content is not None else 404)
        if content is not None:
            self.send_header("Last-Modified", MODIFIED)
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content or b"")
        return None

    def do_POST(self):
        self.git(self.rfile.read(int(self.headers["Content-Length"])))

    def git(self, body):
        path, _, query = self.path.partition("?")
        done = subprocess.run(["git", "http-backend"], input=body, stdout=subprocess.PIPE, check=True, env={
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": self.server.repositories, "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path.removeprefix("/git"), "QUERY_STRING": query, "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}, stderr=subprocess.DEVNULL).stdout
        head, _, rest = done.partition(b"\r\n\r\n")
        fields = {"Content-Length": str(len(rest))} | dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(rest)


class RemoteCase(Case):
    def setUp(self):
        super().setUp()
        self.need("git")
        self.out = self.path("out")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.files, self.server.asked, self.server.repositories = {}, [], self.path("repositories")
        self.server.before_answer = lambda: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def build(self, text, *arguments, expect=0, **options):
        project = self.files("project", {"Containerfile": text})
        return self.pinnace("build", "-f", f"{project}/Containerfile", "-t", f"oci:{self.out}:1", *arguments, expect=expect,
                            **options)

    def members(self):
        descriptor, data = Layout(self.out).layers(Layout(self.out).tag("1"))[-1]
        return tar_members(decompress(data, descriptor["mediaType"]))

    def git(self, *arguments, cwd):
        environment = {"PATH": os.environ["PATH"], "HOME": self.home, "GIT_CONFIG_NOSYSTEM": "1"}
        for role in ("AUTHOR", "COMMITTER"):
            environment |= {f"GIT_{role}_NAME": "t", f"GIT_{role}_EMAIL": "t@example.org", f"GIT_{role}_DATE": "1700000000 +0000"}
        return harness.run(["git", *arguments], cwd=cwd, env=environment).out.strip()

    def commit_of(self, files, tag=None):
        """A commit on the branch main of project.git."""
        work = self.files("work", files)
        bare = os.path.join(self.server.repositories, "project.git")
        if not os.path.exists(bare):
            self.git("init", "-q", "--bare", "-b", "main", bare, cwd=self.dir)
            self.git("init", "-q", "-b", "main", cwd=work)
            self.git("remote", "add", "origin", bare, cwd=work)
        self.git("add", "-A", cwd=work)
        self.git("commit", "-q", "-m", "one", cwd=work)
        if tag:
            self.git("tag", "-a", "-m", tag, tag, cwd=work)
        self.git("push", "-q", "--tags", "origin", "main", cwd=work)
        return self.git("rev-parse", "HEAD", cwd=work)
