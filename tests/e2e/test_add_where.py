"""Where ADD may go, and how often: for Containerfiles whose authors need not be trusted."""
import http.server
import os
import ssl
import threading

import harness
from registries import Authority, free_port
from remote_case import RemoteCase

# Another machine's name, as far as anybody can tell by it.
ELSEWHERE = "elsewhere.test"


class Leads(http.server.BaseHTTPRequestHandler):
    """Answers with the server's `status`, and leads to its `place`, if it has one."""

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(307 if self.server.place else self.server.status)
        if self.server.place:
            self.send_header("Location", self.server.place + self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class AddWhere(RemoteCase):
    def setUp(self):
        super().setUp()
        self.leads = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Leads)
        self.leads.asked, self.leads.place, self.leads.status = [], None, 503
        threading.Thread(target=self.leads.serve_forever, daemon=True).start()
        self.addCleanup(self.leads.server_close)
        self.addCleanup(self.leads.shutdown)
        self.server.files["/f"] = b"of this machine"
        self.files("machine", {"hosts": f"127.0.0.1 localhost {ELSEWHERE}\n"})

    def registries(self, text):
        harness.write(os.path.join(self.home, ".config/pinnace/registries.yaml"), "version: 1\n" + text)

    def add(self, source, *arguments, **options):
        return self.build(f"FROM scratch\nADD {source} /src\n", *arguments, **options)

    def add_elsewhere(self, source, *arguments, **options):
        """In a mount namespace where ELSEWHERE leads to this machine's loopback."""
        prefix = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
                  f'mount --bind {self.path("machine/hosts")} /etc/hosts && exec "$@"', "sh")
        return self.add(source, *arguments, prefix=prefix, **options)

    def test_as_often_as_the_settings_say(self):
        self.registries("transfer: {attempts: 2}\n")
        place = f"http://127.0.0.1:{self.leads.server_port}"
        for source in (f"{place}/x", f"{place}/x.git"):
            with self.subTest(source):
                self.leads.asked.clear()
                failed = self.add(source, expect=3)
                self.assertIn("status 503 (given up after 2 attempts)", failed.errors[-1])
                self.assertEqual(len(self.leads.asked), 2)

    def test_a_git_server_is_asked_again(self):
        self.registries("transfer: {attempts: 2}\n")
        failed = self.add(f"git://127.0.0.1:{free_port()}/x.git", expect=3)
        self.assertIn("unable to connect to 127.0.0.1: (given up after 2 attempts)", failed.errors[-1])

    def test_loopback_only_by_name_where_that_was_asked_for(self):
        self.commit_of({"a": "a\n"})
        port = self.server.server_port
        sources = [f"{self.url}/f", f"http://localhost:{port}/f", f"http://0x7f.1:{port}/f", f"{self.url}/git/project.git",
                   f"git://127.0.0.1:{port}/x.git", f"ssh://git@[::1]:{port}/x.git"]
        for source in sources:
            with self.subTest(source):
                failed = self.add(source, "--loopback", "named", expect=3)
                self.assertIn("leads to this machine's loopback; expected ", failed.errors[-1])
                self.assertIn(f":{port} among the registries of registries.yaml", failed.errors[-1])
        self.assertEqual(self.server.asked, [])
        self.registries(f"registries:\n  localhost:{port}: {{}}\n")
        for source in sources[:4]:
            self.add(source, "--loopback", "named")
        self.registries(f"registries:\n  localhost:{self.leads.server_port}: {{}}\n")
        self.leads.place = self.url
        self.server.asked.clear()
        for name in ("f", "git/project.git"):
            failed = self.add(f"http://127.0.0.1:{self.leads.server_port}/{name}", "--loopback", "named", expect=3)
            self.assertIn(f"leads to this machine's loopback; expected 127.0.0.1:{port} among", failed.errors[-1])
        self.assertEqual(self.server.asked, [])

    def test_a_name_that_leads_to_the_loopback(self):
        self.need("unshare")
        self.commit_of({"a": "a\n"})
        place = f"http://{ELSEWHERE}:{self.server.server_port}"
        for source in (f"{place}/f", f"{place}/git/project.git"):
            with self.subTest(source):
                self.server.asked.clear()
                self.add_elsewhere(source)
                self.server.asked.clear()
                failed = self.add_elsewhere(source, "--loopback", "named", expect=3)
                self.assertIn(f"leads to this machine's loopback; expected {ELSEWHERE}:{self.server.server_port}", failed.errors[-1])
                self.assertEqual(self.server.asked, [])

    def test_a_name_that_changes_its_mind(self):
        """Git asks the one who has answered, with a dot at the end of the name, too."""
        self.need("unshare")
        self.commit_of({"a": "a\n"})
        for name in (ELSEWHERE, f"{ELSEWHERE}."):
            with self.subTest(name):
                harness.write(self.path("machine/hosts"), f"127.0.0.1 {name}\n")
                self.server.before_answer = lambda: harness.write(self.path("machine/hosts"), f"127.0.0.2 {name}\n")
                self.add_elsewhere(f"http://{name}:{self.server.server_port}/git/project.git", "--no-cache")
                self.assertIn("src/a", self.members())

    def test_a_server_that_git_and_we_may_read_differently(self):
        self.commit_of({"a": "a\n"})
        port = self.server.server_port
        for source in (f"git://[127.0.0.1]:{port}/x.git", "git://::1/x.git", f"ssh://127.0.0.1%2f@{ELSEWHERE}/x",
                       f"http://127.0.0.%31:{port}/git/project.git"):
            with self.subTest(source):
                failed = self.add(source, expect=2)
                self.assertIn("can't be a git repository; expected https://HOST/NAME.git", failed.errors[-1])

    def test_a_commit_that_is_known_from_elsewhere(self):
        """Who knows a commit's name gets its files only where he could fetch them."""
        commit = self.commit_of({"a": "a\n"})
        place = f"{self.url}/git/project.git#{commit}"
        self.add(place)
        asked = len(self.server.asked)
        self.add(place)
        self.assertEqual(len(self.server.asked), asked)
        failed = self.add(f"{self.url}/git/other.git#{commit}", expect=3)
        self.assertIn("/git/other.git: git: exit code 128", failed.errors[-1])
        failed = self.add(place, "--loopback", "named", expect=3)
        self.assertIn("leads to this machine's loopback; expected ", failed.errors[-1])

    def test_a_repository_over_https_leads_to_no_loopback(self):
        """Git would go there by itself."""
        self.need("unshare", "openssl")
        os.mkdir(self.path("tls"))
        authority = Authority(self.path("tls"))
        for server in (self.leads, self.server):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*authority.issue("elsewhere", ELSEWHERE, f"DNS:{ELSEWHERE}"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        self.commit_of({"a": "a\n"})
        trusting = {"GIT_SSL_CAINFO": authority.ca}
        elsewhere = f"https://{ELSEWHERE}:{self.leads.server_port}/git/project.git"
        self.leads.place = f"https://{ELSEWHERE}:{self.server.server_port}"
        self.add_elsewhere(elsewhere, env=trusting)
        self.assertIn("src/a", self.members())
        self.server.asked.clear()
        self.leads.place = f"https://localhost:{self.server.server_port}"
        failed = self.add_elsewhere(elsewhere, env=trusting, expect=3)
        self.assertIn("a redirect from another machine to this one is refused", failed.errors[-1])
        self.assertEqual(self.server.asked, [])
