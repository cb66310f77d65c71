"""Client certificates, proxies and mirrors."""
import base64
import os

from harness import Case, write
from images import push_base, push_image
from registries import Authority, Registry, ScriptedServer, reply, shared_registry


class Network(Case):
    def setUp(self):
        super().setUp()
        self.source = shared_registry()
        self.digest = push_base(self.source, "net/base")
        self.image = f"{self.source.host}/net/base:1"

    def registries(self, text):
        write(os.path.join(self.home, ".config/pinnace/registries.yaml"), "version: 1\n" + text)


class ClientCertificates(Network):
    def setUp(self):
        super().setUp()
        self.need("openssl")
        os.mkdir(self.path("tls"))
        os.mkdir(self.path("other"))
        self.authority = Authority(self.path("tls"))
        self.registry = Registry(self.authority, client_authority=self.authority).start()
        self.addCleanup(self.registry.stop)
        self.host = f"localhost:{self.registry.port}"
        self.target = f"{self.host}/net/base:1"

    def identify(self, certificate, key):
        self.registries(f"registries:\n  {self.host}: {{ca: {self.authority.ca}, clientCertificate: {certificate}, "
                        f"clientKey: {key}}}\ntransfer: {{attempts: 2}}\n")

    def test_one_that_is_trusted(self):
        self.identify(*self.authority.issue("client", "builder"))
        self.assertEqual(self.pinnace("copy", self.image, self.target).digest, self.digest)
        self.assertEqual(self.pinnace("inspect", "--digest", self.target).digest, self.digest)

    # With TLS 1.3 the refusal comes after the handshake, and a cut connection can be all that is seen of it.
    def refused(self):
        self.assertIn(self.host, self.pinnace("inspect", self.target, expect=3).errors[0])

    def test_none(self):
        self.registries(f"registries:\n  {self.host}: {{ca: {self.authority.ca}}}\ntransfer: {{attempts: 2}}\n")
        self.refused()

    def test_one_of_another_authority(self):
        self.identify(*Authority(self.path("other")).issue("client", "stranger"))
        self.refused()

    def test_one_that_is_not_there(self):
        self.identify(self.path("none.crt"), self.path("none.key"))
        self.assertIn("none.crt", self.pinnace("inspect", self.target, expect=2).err)


class Proxies(Network):
    """A name that nobody else can resolve is reached through the proxy."""
    HOST = "registry.invalid:5000"

    def forward(self, handler):
        prefix = f"http://{self.HOST}"
        if not handler.path.startswith(prefix):
            return reply(handler, 400)
        length = int(handler.headers.get("Content-Length") or 0)
        headers = {name: value for name, value in handler.headers.items()
                   if name.lower() not in ("connection", "proxy-connection", "transfer-encoding")}
        status, fields, body = self.source.request(handler.command, handler.path[len(prefix):],
                                                   handler.rfile.read(length) if length else None, headers)
        handler.send_response(status)
        for name, value in fields.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def setUp(self):
        super().setUp()
        self.registries(f"registries:\n  {self.HOST}: {{plainHttp: true}}\ntransfer: {{attempts: 1}}\n")
        self.through = f"{self.HOST}/net/base:1"

    def test_from_the_environment(self):
        with ScriptedServer(self.forward) as proxy:
            env = {"http_proxy": f"http://{proxy.host}"}
            self.assertEqual(self.pinnace("inspect", "--digest", self.through, env=env).digest, self.digest)
            self.assertEqual(self.pinnace("copy", self.through, f"oci:{self.path('out')}:1", env=env).digest, self.digest)
            self.assertEqual(self.pinnace("copy", self.through, f"{self.HOST}/net/again:1", env=env).digest, self.digest)
            self.assertTrue(proxy.paths)

    def test_no_proxy_is_obeyed(self):
        with ScriptedServer(self.forward) as proxy:
            env = {"http_proxy": f"http://{proxy.host}", "no_proxy": "registry.invalid"}
            self.pinnace("inspect", self.through, env=env, expect=3)
            self.assertEqual(proxy.paths, [])

    def test_capitals_and_ports_and_stars_are_obeyed(self):
        with ScriptedServer(self.forward) as proxy:
            url = f"http://{proxy.host}"
            self.pinnace("inspect", self.through, env={"HTTP_PROXY": url})
            self.assertTrue(proxy.paths)
            proxy.paths.clear()
            self.pinnace("inspect", self.through, env={"HTTP_PROXY": url, "NO_PROXY": "registry.invalid:5001,*.other"})
            self.assertTrue(proxy.paths)
            proxy.paths.clear()
            for direct in (self.HOST, "*.invalid", "other:1 *.invalid:5000"):
                self.pinnace("inspect", self.through, env={"http_proxy": url, "NO_PROXY": direct}, expect=3)
                self.assertEqual(proxy.paths, [])

    def test_loopback_is_reached_directly(self):
        with ScriptedServer(self.forward) as proxy:
            self.pinnace("inspect", self.image, env={"http_proxy": f"http://{proxy.host}"})
            self.assertEqual(proxy.paths, [])

    def test_password_of_a_proxy_is_not_shown(self):
        with ScriptedServer(lambda handler: reply(handler, 407)) as proxy:
            done = self.pinnace("inspect", self.through, env={"http_proxy": f"http://user:geheim@{proxy.host}"}, expect=3)
            self.assertNotIn("geheim", done.err)
            self.assertIn("407", done.err)

    def test_password_that_a_proxy_echoes_is_not_shown(self):
        encoded = base64.b64encode(b"user:pr0xy-S3cret").decode()
        for status in (407, 403, 502):
            for said in ("pr0xy-S3cret", "user:pr0xy-S3cret", encoded, encoded.rstrip("=")):
                with ScriptedServer(lambda handler: reply(handler, status, body=f"you sent {said}".encode())) as proxy:
                    env = {"http_proxy": f"http://user:pr0xy-S3cret@{proxy.host}"}
                    done = self.pinnace("inspect", self.through, env=env, expect=None)
                    self.assertIn("you sent", done.err)
                    self.assertNotIn("pr0xy-S3cret", done.err)
                    self.assertNotIn(encoded.rstrip("="), done.err)

    def test_password_with_a_slash_is_not_shown(self):
        done = self.pinnace("inspect", self.through, env={"http_proxy": "http://user:a/geheim@127.0.0.1:1"}, expect=None)
        self.assertNotIn("geheim", done.err)
        for name in ("u:a/geheim@127.0.0.1:1/a/b:1", "https:/u:geheim@127.0.0.1:1/a/b", "u:a/geheim@host/x"):
            done = self.pinnace("inspect", name, expect=None)
            self.assertNotIn("geheim", done.err)
            self.assertIn("REDACTED@", done.err)


class Mirrors(Network):
    def test_a_registry_that_is_down_is_read_from_its_mirror(self):
        self.registries(f"registries:\n  registry.invalid: {{mirror: \"{self.source.host}/net\"}}\n"
                        "transfer: {attempts: 1}\n")
        self.assertEqual(self.pinnace("inspect", "--digest", "registry.invalid/base:1").digest, self.digest)
        self.assertEqual(self.pinnace("copy", "registry.invalid/base:1", f"oci:{self.path('out')}:1").digest, self.digest)
        self.pinnace("copy", self.image, "registry.invalid/base:2", expect=3)

    def test_what_an_environment_holds_its_registry_says(self):
        host = self.source.host
        self.registries(f"registries:\n  {host}: {{mirror: \"127.0.0.1:{host.split(':')[1]}/old\"}}\n")
        old = push_base(self.source, "old/held/web")
        new = push_image(self.source, "held/web", "1", {"new": b"image"})
        environments = self.files("environments", {"e.yaml": f"prod: {{repository: {host}/held}}\n"}) + "/e.yaml"
        self.assertEqual(self.pinnace("inspect", "--digest", f"{host}/held/web:1").digest, old, "the mirror is asked")
        for arguments in (("inspect", "--digest", "env:prod/web:1"), ("copy", "env:prod/web:1", "oci:held:1")):
            done = self.pinnace(*arguments, "--environments", environments)
            self.assertEqual(done.digest, new, arguments)

    def test_a_mirror_that_is_down_is_done_without(self):
        self.registries(f"registries:\n  {self.source.host}: {{mirror: \"127.0.0.1:1/hub\"}}\n")
        done = self.pinnace("copy", self.image, f"oci:{self.path('out')}:1")
        self.assertEqual(done.digest, self.digest)
        self.assertIn("instead of its mirror", done.err)


class Hints(Network):
    def test_plain_http_where_tls_is_expected(self):
        self.registries(f"registries:\n  {self.source.host}: {{tls: true}}\n")
        done = self.pinnace("inspect", self.image, expect=3)
        self.assertEqual(len(done.err.splitlines()), 1, done.err)
        self.assertIn(f"plainHttp: true for {self.source.host} in registries.yaml", done.err)

    def test_a_name_server_that_fails_is_one_line(self):
        self.registries("transfer: {attempts: 20, giveUpAfter: 2s}\n")
        label = "a" * 64  # too long for any name server to be asked
        done = self.pinnace("inspect", f"{label}.invalid/a/b:1", expect=3)
        self.assertLessEqual(len(done.err.splitlines()), 2, done.err)
        self.assertIn("resolve", done.errors[0])
