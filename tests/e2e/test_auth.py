"""TLS, basic and token authentication, credential helpers, as users of other tools have them."""
import base64
import json
import os

from harness import PATH, Case, sha256, write
from images import push_base
from registries import Authority, Registry, TokenServer, shared_registry

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

    def refused(self, *arguments, env=None):
        done = self.pinnace(*arguments, env=env, expect=3)
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

    def test_unknown_authority_is_refused(self):
        self.registries(f"version: 1\nregistries:\n  {self.host}: {{tls: true}}\n")
        done = self.refused("inspect", self.target, env=self.configure(docker_config(self.host)))
        self.assertRegex(done.err.lower(), "certificate|ssl|tls")

    def test_build_and_promote_with_credentials(self):
        env = self.configure(docker_config(self.host))
        self.pinnace("copy", self.image, self.target, env=env)
        project = self.files("project", {
            "a": "a", "pinnace.yaml": f"version: 1\nbase: {self.target}\nartifacts: [{{from: a, to: /a}}]\n",
            "environments.yaml": f"prod: {{repository: {self.host}/prod}}\n"})
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
