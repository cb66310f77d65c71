"""TLS, basic and token authentication, credential helpers, as users of other tools have them."""
import base64
import json
import os
import urllib.parse

from harness import PATH, Case, sha256, write
from images import push_base
from registries import Authority, Registry, ScriptedServer, TokenServer, reply, shared_registry

USER, PASSWORD = "anchor", "s3cret-p4ssword"


def docker_config(host, user=USER, password=PASSWORD):
    return json.dumps({"auths": {host: {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}}})


class Authentication(Case):
    def setUp(self):
        super().setUp()
        self.source = shared_registry()
        self.digest = push_base(self.source, "auth/base")
        self.image = f"{self.source.host}/auth/base:1"

    def configure(self, text):
        """A docker config; returns the environment that points to it."""
        directory = self.path("docker-" + os.urandom(4).hex())
        write(os.path.join(directory, "config.json"), text)
        return {"DOCKER_CONFIG": directory}

    def registries(self, text):
        write(os.path.join(self.home, ".config/pinnace/registries.yaml"), text)

    def refused(self, *arguments, env=None, cwd=None):
        done = self.pinnace(*arguments, env=env, cwd=cwd, expect=3)
        self.assertEqual(len(done.errors), 1, done.err)
        self.assertNotIn(PASSWORD, done.out + done.err)
        return done


class Tls(Authentication):
    def setUp(self):
        super().setUp()
        self.need("openssl", "htpasswd")
        os.mkdir(self.path("tls"))
        self.authority = Authority(self.path("tls"))
        self.registry = Registry(self.authority, htpasswd=(USER, PASSWORD)).start()
        self.addCleanup(self.registry.stop)
        self.target = f"localhost:{self.registry.port}/secure/base:1"
        self.host = f"localhost:{self.registry.port}"
        self.trust()

    def trust(self):
        self.registries(f"version: 1\nregistries:\n  {self.host}: {{tls: true, ca: {self.authority.ca}}}\n")

    def test_basic_over_tls(self):
        env = self.configure(docker_config(self.host))
        self.assertEqual(self.pinnace("copy", self.image, self.target, env=env).digest, self.digest)
        self.assertEqual(self.pinnace("inspect", "--digest", self.target, env=env).out.strip(), self.digest)
        seen = self.tool("skopeo", "inspect", "--raw", "--cert-dir", self.authority.folder, "--creds", f"{USER}:{PASSWORD}",
                         "docker://" + self.target)
        self.assertEqual(sha256(seen.out.encode()), self.digest)

    def test_registry_auth_file(self):
        path = self.path("auth.json")
        write(path, docker_config(self.host))
        self.pinnace("copy", self.image, self.target, env={"REGISTRY_AUTH_FILE": path})

    def test_default_docker_config(self):
        write(os.path.join(self.home, ".docker/config.json"), docker_config(self.host))
        self.pinnace("copy", self.image, self.target)

    def test_anonymous_is_refused(self):
        done = self.refused("copy", self.image, self.target)
        self.assertIn(self.host, done.err)

    def test_wrong_password_is_refused_without_showing_it(self):
        env = self.configure(docker_config(self.host, password=PASSWORD + "-wrong"))
        done = self.refused("copy", self.image, self.target, env=env)
        self.assertIn("401", done.err)

    def test_credential_helper(self):
        helper = self.path("bin/docker-credential-test")
        write(helper, "#!/bin/sh\n[ \"$1\" = get ] || exit 1\nread host\n"
                      f"echo \"$host\" >> {self.path('asked')}\n"
                      f"echo '{{\"ServerURL\":\"'$host'\",\"Username\":\"{USER}\",\"Secret\":\"{PASSWORD}\"}}'\n", 0o755)
        env = self.configure(json.dumps({"credHelpers": {self.host: "test"}}))
        env["PATH"] = self.path("bin") + os.pathsep + PATH
        self.pinnace("copy", self.image, self.target, env=env)
        with open(self.path("asked")) as file:
            self.assertEqual(set(file.read().split()), {self.host})

    def test_failing_credential_helper(self):
        write(self.path("bin/docker-credential-broken"), "#!/bin/sh\necho 'no keyring here'\nexit 1\n", 0o755)
        env = self.configure(json.dumps({"credHelpers": {self.host: "broken"}}))
        env["PATH"] = self.path("bin") + os.pathsep + PATH
        done = self.refused("copy", self.image, self.target, env=env)
        self.assertIn("docker-credential-broken", done.err)

    def test_what_a_helper_says_is_not_shown(self):
        write(self.path("bin/docker-credential-loud"), f"#!/bin/sh\necho 'no {PASSWORD}' >&2\necho {PASSWORD}\nexit 3\n", 0o755)
        env = self.configure(json.dumps({"credsStore": "loud"}))
        env["PATH"] = self.path("bin") + os.pathsep + PATH
        done = self.refused("inspect", self.target, env=env)
        self.assertIn(f"docker-credential-loud get for {self.host} failed with exit code 3", done.err)

    def test_a_wrong_password_names_its_file_and_not_the_definition(self):
        self.pinnace("copy", self.image, self.target, env=self.configure(docker_config(self.host)))
        env = self.configure(docker_config(self.host, password="wrong"))
        project = self.files("project", {"Containerfile": f"FROM {self.target}\nLABEL a=b\n"})
        for command in (["build", "-t", f"oci:{self.path('out')}:1"], ["pin", "Containerfile"]):
            done = self.refused(*command, env=env, cwd=project)
            self.assertIn(f"{env['DOCKER_CONFIG']}/config.json, entry \"{self.host}\"", done.errors[0])
            self.assertNotIn("Containerfile", done.errors[0])

    def test_a_target_that_refuses_is_no_line_of_the_definition(self):
        env = self.configure(docker_config(self.host, "wrong"))
        project = self.files("project", {"Containerfile": "FROM scratch\nCOPY a /\n", "a": "a"})
        done = self.refused("build", "-t", self.target, env=env, cwd=project)
        self.assertIn(f"{env['DOCKER_CONFIG']}/config.json, entry \"{self.host}\"", done.errors[-1])
        self.assertNotIn("Containerfile", done.errors[-1])
        done = self.refused("build", "-t", "127.0.0.1:1/a/b", cwd=project)
        self.assertRegex(done.errors[-1], "^error: (GET|HEAD|POST) http")

    def test_unknown_authority_is_refused(self):
        self.registries(f"version: 1\nregistries:\n  {self.host}: {{tls: true}}\n")
        done = self.refused("inspect", self.target, env=self.configure(docker_config(self.host)))
        self.assertRegex(done.err.lower(), "certificate|ssl|tls")

    def test_build_and_promote_with_credentials(self):
        env = self.configure(docker_config(self.host))
        self.pinnace("copy", self.image, self.target, env=env)
        project = self.files("project", {
            "a": "a", "pinnace.yaml": f"version: 1\nbase: {self.target}\nartifacts: [{{from: a, to: /a}}]\n",
            "environments.yaml": f"test: {{repository: {self.host}/test}}\nprod: {{repository: {self.host}/prod}}\n"})
        self.pinnace("pin", cwd=project, env=env)
        built = self.pinnace("build", "-t", f"{self.host}/test/web:1", cwd=project, env=env).digest
        promoted = self.pinnace("promote", f"{self.host}/test/web@{built}", "--to", "prod", "--tag", "1", cwd=project, env=env)
        self.assertEqual(promoted.digest, built)
        self.assertEqual(self.pinnace("inspect", "--digest", f"{self.host}/prod/web:1", env=env).out.strip(), built)


class Token(Authentication):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("token"))
        self.tokens = TokenServer(self.path("token"), (USER, PASSWORD))
        self.addCleanup(self.tokens.stop)
        self.registry = Registry(token=self.tokens).start()
        self.addCleanup(self.registry.stop)
        self.host = self.registry.host

    def test_push_and_pull(self):
        env = self.configure(docker_config(self.host))
        target = f"{self.host}/private/base:1"
        self.assertEqual(self.pinnace("copy", self.image, target, env=env).digest, self.digest)
        self.assertEqual(self.pinnace("inspect", "--digest", target, env=env).out.strip(), self.digest)
        self.assertTrue(all(who == USER for who, _ in self.tokens.requests), self.tokens.requests)
        self.assertTrue(any("push" in scope for _, scopes in self.tokens.requests for scope in scopes))

    def test_mount_between_repositories(self):
        env = self.configure(docker_config(self.host))
        self.pinnace("copy", self.image, f"{self.host}/private/base:1", env=env)
        copied = self.pinnace("copy", f"{self.host}/private/base:1", f"{self.host}/other/base:1", env=env)
        self.assertEqual(copied.digest, self.digest)

    def test_anonymous_token_for_what_is_public(self):
        env = self.configure(docker_config(self.host))
        self.pinnace("copy", self.image, f"{self.host}/public/base:1", env=env)
        self.assertEqual(self.pinnace("inspect", "--digest", f"{self.host}/public/base:1").out.strip(), self.digest)

    def test_anonymous_push_is_refused(self):
        self.refused("copy", self.image, f"{self.host}/public/base:2")

    def test_wrong_password_is_refused(self):
        env = self.configure(docker_config(self.host, password=PASSWORD + "-wrong"))
        self.refused("copy", self.image, f"{self.host}/private/base:1", env=env)


class Echoes(Authentication):
    """Registries that give away what they were sent."""
    SECRET = 'Sesam "öffne" dich'

    def ask(self, answer):
        def handle(handler):
            if not handler.headers.get("Authorization"):
                return reply(handler, 401, WWW_Authenticate='Basic realm="r"')
            return answer(handler)

        with ScriptedServer(handle) as server:
            write(os.path.join(self.home, ".config/pinnace/registries.yaml"), "version: 1\ntransfer: {attempts: 2}\n")
            env = self.configure(docker_config(server.host, password=self.SECRET))
            said = ""
            for arguments in (["inspect", f"{server.host}/a/b:1"], ["copy", self.image, f"{server.host}/a/b:1"],
                              ["--json", "inspect", f"{server.host}/a/b:1"]):
                done = self.pinnace(*arguments, env=env, expect=None)
                self.assertNotEqual(done.code, 0)
                said += done.out + done.err
        for form in (self.SECRET, urllib.parse.quote(self.SECRET, safe=""), urllib.parse.quote(self.SECRET, safe="").lower(),
                     self.SECRET.replace('"', '\\"'), base64.b64encode(f"{USER}:{self.SECRET}".encode()).decode()):
            self.assertNotIn(form, said)
        self.assertIn("REDACTED", said)

    def test_in_an_error(self):
        for status in (400, 401, 403, 500, 503):
            self.ask(lambda handler, status=status: reply(handler, status, f"no user {USER} with {self.SECRET}".encode()))

    def test_in_an_error_by_the_specification(self):
        body = json.dumps({"errors": [{"code": "DENIED", "message": f"{self.SECRET} is wrong"}]}, ensure_ascii=False).encode()
        self.ask(lambda handler: reply(handler, 400, body))

    def test_in_its_header(self):
        self.ask(lambda handler: reply(handler, 400, handler.headers["Authorization"].split(" ", 1)[1].encode()))

    def test_in_a_redirect(self):
        secret = urllib.parse.quote(self.SECRET, safe="")

        def answer(handler):
            if "?x=" in handler.path:
                return reply(handler, 500)
            return reply(handler, 307, Location=f"/elsewhere/{secret}?x={secret}")
        self.ask(answer)


class EchoesOfTokens(Authentication):
    """The registry wants a token, and the service that gives it, or the registry, gives away what the service was sent."""
    SECRET = "s3cr3t-Passw0rd!x"

    def forms(self):
        for secret in (f"{USER}:{self.SECRET}", self.SECRET):
            encoded = base64.b64encode(secret.encode()).decode()
            yield from (encoded, encoded.rstrip("="), base64.urlsafe_b64encode(secret.encode()).decode())

    def ask(self, form, where):
        def handle(handler):
            if handler.path.startswith("/token"):
                if where == "service":
                    return reply(handler, 401, json.dumps({"errors": [{"code": "DENIED", "message": f"got {form}"}]}).encode())
                return reply(handler, 200, b'{"token": "token-of-the-service"}', Content_Type="application/json")
            if not handler.headers.get("Authorization"):
                return reply(handler, 401, WWW_Authenticate=f'Bearer realm="http://{server.host}/token",service="s"')
            if where == "redirect":
                return reply(handler, 307, Location=f"ftp://x/{form}")
            return reply(handler, 403, f"got {form}".encode())

        with ScriptedServer(handle) as server:
            env = self.configure(docker_config(server.host, password=self.SECRET))
            done = self.pinnace("inspect", f"{server.host}/a/b:1", env=env, expect=None)
        self.assertNotEqual(done.code, 0)
        self.assertNotIn(form.rstrip("="), done.out + done.err)
        self.assertIn("REDACTED", done.err)

    def test_what_is_sent_is_shown_in_no_form(self):
        for form in self.forms():
            for where in ("service", "registry", "redirect"):
                with self.subTest(f"{where} {form}"):
                    self.ask(form, where)


class UserInfo(Authentication):
    def test_is_shown_nowhere(self):
        name = f"{USER}:{PASSWORD}@registry.invalid/a/b:1"
        project = self.files("project", {"Containerfile": f"FROM {name}\n", "pinnace.yaml": f"version: 1\nbase: {name}\n",
                                         "environments.yaml": f"prod: {{repository: {USER}:{PASSWORD}@registry.invalid/a}}\n"})
        for arguments in (["inspect", name], ["inspect", "https://" + name], ["copy", name, "oci:out:1"], ["copy", self.image, name],
                          ["build", "-f", "Containerfile", "-t", "oci:out:1"], ["build", "-f", "pinnace.yaml", "-t", "oci:out:1"],
                          ["build", "-f", "Containerfile", "-t", name], ["pin"], ["promote", self.image, "--to", "prod"],
                          ["run", name], ["inspect", f"--{name}"], [name], ["gc", name],
                          ["inspect", f"{USER}:{PASSWORD}" + "x" * 300 + "@registry.invalid/a"]):
            done = self.pinnace(*arguments, cwd=project, expect=None)
            self.assertNotEqual(done.code, 0, arguments)
            self.assertNotIn(PASSWORD, done.out + done.err, arguments)
