"""Bad input gives one clear error, the right exit code, and changes nothing."""
import dataclasses
import json
import os
import shutil
import socket
import subprocess

from harness import PINNACE, Case, environment, run, sha256, tree_state, write
from images import OCI, Layout, canonical, push_base
from registries import Registry, ScriptedServer, free_port, reply, shared_registry

GOOD = "version: 1\nbase: scratch\nartifacts:\n  - {from: app, to: /app}\n"
LOCK = """{"version": 1, "encoder": "pinnace-deflate/1:fast", "created": null, "images": []}"""


@dataclasses.dataclass
class Bad:
    """One case: the files (over a good project), the command, and what the error must say."""
    name: str
    say: object  # a text or several that the error must hold
    files: dict = dataclasses.field(default_factory=dict)
    args: tuple = ("build", "-t", "oci:out:1")
    code: object = 2
    begun: bool = False  # it fails half way: an empty layout may be there

    @staticmethod
    def yaml(name, text, *say, code=2):
        return Bad(name, say, {"pinnace.yaml": text}, code=code)


HEAD = "version: 1\nbase: scratch\n"
YAML = [
    Bad.yaml("broken YAML", "version: 1\nbase: [scratch\n", "pinnace.yaml:"),
    Bad.yaml("tab in YAML", "version: 1\n\tbase: scratch\n", "pinnace.yaml:2"),
    Bad.yaml("empty file", "", "pinnace.yaml"),
    Bad.yaml("a list instead of a mapping", "- version: 1\n", "pinnace.yaml:1"),
    Bad.yaml("a text instead of a mapping", "hello\n", "pinnace.yaml:1"),
    Bad.yaml("no version", "base: scratch\n", "version", "pinnace.yaml"),
    Bad.yaml("unknown version", "version: 99\nbase: scratch\n", "pinnace.yaml:1", "99"),
    Bad.yaml("version is a text", "version: one\nbase: scratch\n", "pinnace.yaml:1", "one"),
    Bad.yaml("no base", "version: 1\nartifacts: []\n", "base", "pinnace.yaml"),
    Bad.yaml("base is a list", "version: 1\nbase: [a]\n", "pinnace.yaml:2", "base"),
    Bad.yaml("base is no reference", "version: 1\nbase: 'UPPER case'\n", "pinnace.yaml:2", "UPPER case"),
    Bad.yaml("base has a bad digest", "version: 1\nbase: a/b@sha256:123\n", "pinnace.yaml:2", "sha256:123"),
    Bad.yaml("unknown key", GOOD + "artefacts: []\n", "pinnace.yaml:5", "artefacts"),
    Bad.yaml("same key twice", GOOD + "base: scratch\n", "pinnace.yaml:5", "base"),
    Bad.yaml("several documents", GOOD + "---\nversion: 1\n", "pinnace.yaml"),
    Bad.yaml("unknown anchor", "version: 1\nbase: *nothing\n", "pinnace.yaml:2"),
    Bad.yaml("too many aliases", "version: 1\nbase: scratch\nconfig:\n  env: &a {A: b}\n  labels: "
             + "[" * 2000 + "]" * 2000 + "\n", "pinnace.yaml"),
    Bad.yaml("artifacts is a mapping", HEAD + "artifacts: {from: app}\n", "pinnace.yaml:3", "artifacts"),
    Bad.yaml("artifact without from", HEAD + "artifacts:\n  - {to: /app}\n", "pinnace.yaml:4", "from"),
    Bad.yaml("artifact without to", HEAD + "artifacts:\n  - {from: app}\n", "pinnace.yaml:4", "to"),
    Bad.yaml("artifact with an unknown key", HEAD + "artifacts:\n  - {from: app, to: /a, chmod: 1}\n", "pinnace.yaml:4", "chmod"),
    Bad.yaml("to is relative", HEAD + "artifacts:\n  - {from: app, to: opt/app}\n", "pinnace.yaml:4", "opt/app"),
    Bad.yaml("to has ..", HEAD + "artifacts:\n  - {from: app, to: /opt/../../etc}\n", "pinnace.yaml:4", ".."),
    Bad.yaml("from is absolute", HEAD + "artifacts:\n  - {from: /etc/passwd, to: /a}\n", "pinnace.yaml:4", "/etc/passwd"),
    Bad.yaml("from leads outside by ..", HEAD + "artifacts:\n  - {from: ../outside, to: /a}\n", "pinnace.yaml:4", "../outside"),
    Bad.yaml("from leads outside deeper", HEAD + "artifacts:\n  - {from: app/../../outside, to: /a}\n", "pinnace.yaml:4", ".."),
    Bad.yaml("from is not there", HEAD + "artifacts:\n  - {from: no/such, to: /a}\n", "pinnace.yaml:4", "no/such"),
    Bad.yaml("a glob that matches nothing", HEAD + "artifacts:\n  - {from: 'app/*.jar', to: /a/}\n", "pinnace.yaml:4", "app/*.jar"),
    Bad.yaml("a glob without end", HEAD + "artifacts:\n  - {from: 'app/[a', to: /a/}\n", "pinnace.yaml:4", "pattern"),
    Bad.yaml("mode is a word", HEAD + "artifacts:\n  - {from: app, to: /a, mode: rwx}\n", "pinnace.yaml:4", "rwx"),
    Bad.yaml("mode is no octal number", HEAD + "artifacts:\n  - {from: app, to: /a, mode: '0999'}\n", "pinnace.yaml:4", "0999"),
    Bad.yaml("mode is too big", HEAD + "artifacts:\n  - {from: app, to: /a, mode: '77777'}\n", "pinnace.yaml:4", "77777"),
    Bad.yaml("owner is a name", HEAD + "artifacts:\n  - {from: app, to: /a, owner: www-data}\n", "pinnace.yaml:4", "www-data"),
    Bad.yaml("owner is negative", HEAD + "artifacts:\n  - {from: app, to: /a, owner: '-1:0'}\n", "pinnace.yaml:4", "-1"),
    Bad.yaml("a file where another has a directory",
             HEAD + "artifacts:\n  - {from: app/a, to: /x}\n  - {from: app/a, to: /x/y}\n", "x"),
    Bad.yaml("config is a list", GOOD + "config: []\n", "pinnace.yaml:5", "config"),
    Bad.yaml("unknown key in config", GOOD + "config: {entrypiont: [a]}\n", "pinnace.yaml:5", "entrypiont"),
    Bad.yaml("env name with =", GOOD + "config: {env: {'A=B': c}}\n", "pinnace.yaml:5", "A=B"),
    Bad.yaml("port out of range", GOOD + "config: {ports: [70000/tcp]}\n", "pinnace.yaml:5", "70000"),
    Bad.yaml("port with an unknown protocol", GOOD + "config: {ports: [80/tpc]}\n", "pinnace.yaml:5", "80/tpc"),
    Bad.yaml("workdir is relative", GOOD + "config: {workdir: opt}\n", "pinnace.yaml:5", "opt"),
    Bad.yaml("platform is no platform", GOOD + "platforms: [linux]\n", "pinnace.yaml:5", "linux"),
    Bad.yaml("unknown compression", GOOD + "compression: brotli\n", "brotli"),
]

ARGUMENTS = [
    Bad("no verb", (), args=()),
    Bad("unknown verb", ("frobnicate",), args=("frobnicate",)),
    Bad("unknown option", ("--frobnicate",), args=("build", "--frobnicate")),
    Bad("definition is not there", ("nowhere.yaml",), args=("build", "-f", "nowhere.yaml", "-t", "oci:out:1")),
    Bad("definition is a directory", ("app",), args=("build", "-f", "app", "-t", "oci:out:1"), code=(2, 3)),
    Bad("context is not there", ("nowhere",), args=("build", "--context", "nowhere", "-t", "oci:out:1")),
    Bad("context is a file", ("pinnace.yaml",), args=("build", "--context", "pinnace.yaml", "-t", "oci:out:1")),
    Bad("upper case in a tag's repository", ("Shop/Web",), args=("build", "-t", "host.example/Shop/Web:1")),
    Bad("tag with a space", ("a b",), args=("build", "-t", "oci:out:a b")),
    Bad("tag that is too long", ("x" * 100,), args=("build", "-t", "127.0.0.1:1/a:" + "x" * 129)),
    Bad("reference with a bad port", ("99999999",), args=("copy", "localhost:99999999/a:1", "oci:out:1"), code=(2, 3)),
    Bad("reference with an unknown algorithm", ("md5",), args=("copy", "localhost/a@md5:abcd", "oci:out:1")),
    Bad("reference with a scheme", ("https://",), args=("copy", "https://localhost/a:1", "oci:out:1")),
    Bad("empty reference", (), args=("copy", "", "oci:out:1")),
    Bad("layout without a directory", ("oci:",), args=("copy", "oci:", "oci:out:1")),
    Bad("layout that is not there", ("nowhere",), args=("copy", "oci:nowhere:1", "oci:out:1")),
    Bad("label without a value", ("novalue",), args=("build", "--label", "novalue", "-t", "oci:out:1")),
    Bad("platform that is none", ("amiga",), args=("build", "--platform", "amiga", "-t", "oci:out:1")),
    Bad("unknown compression option", ("lzma",), args=("build", "--compression", "lzma", "-t", "oci:out:1")),
    Bad("no threads", ("threads",), args=("build", "--threads", "0", "-t", "oci:out:1")),
    Bad("two platforms from a base of one", ("linux/s390x",), {"pinnace.yaml": "version: 1\nbase: BASE\n"},
        args=("build", "--platform", "linux/s390x", "-t", "oci:out:1")),
    Bad("unknown job", ("frobnicate",), {"request.json": '{"version": 1}'}, args=("job", "frobnicate", "--request", "request.json")),
    Bad("job request is no JSON", ("request.json",), {"request.json": "{"}, args=("job", "build", "--request", "request.json")),
    Bad("job request of another version", ("version",), {"request.json": '{"version": 7}'},
        args=("job", "inspect", "--request", "request.json")),
    Bad("job request with a field missing", ("inspect", "references"),
        {"request.json": '{"version":1,"store":"s","registries":null,"digestOnly":true,"environments":null}'},
        args=("job", "inspect", "--request", "request.json")),
    Bad("job request nested too deeply", ("request.json",), {"request.json": "[" * 100000},
        args=("job", "build", "--request", "request.json")),
]

PROMOTE = ("promote", "BASE", "--to", "prod")
ENVIRONMENTS = [
    Bad("no environments.yaml", ("environments.yaml",), args=PROMOTE),
    Bad("unknown environment", ("prod", "test"), {"environments.yaml": "test: {repository: REGISTRY/test}\n"}, args=PROMOTE),
    Bad("environment without a repository", ("environments.yaml:1", "repository"),
        {"environments.yaml": "prod: {immutable: true}\n"}, args=PROMOTE),
    Bad("environment with an unknown key", ("environments.yaml:1", "imutable"),
        {"environments.yaml": "prod: {repository: REGISTRY/p, imutable: true}\n"}, args=PROMOTE),
    Bad("environment with a tag in its repository", ("environments.yaml:1",),
        {"environments.yaml": "prod: {repository: 'REGISTRY/p:latest'}\n"}, args=PROMOTE),
    Bad("immutable is no boolean", ("environments.yaml:1", "immutable"),
        {"environments.yaml": "prod: {repository: REGISTRY/p, immutable: perhaps}\n"}, args=PROMOTE),
    Bad("admits from an unknown environment", ("environments.yaml", "nowhere"),
        {"environments.yaml": "prod: {repository: REGISTRY/p, admits: {from: [nowhere]}}\n"}, args=PROMOTE),
    Bad("soak is no duration", ("environments.yaml:1", "soon"),
        {"environments.yaml": "prod: {repository: REGISTRY/p, admits: {soak: soon}}\n"}, args=PROMOTE),
    Bad("environments is a list", ("environments.yaml:1",), {"environments.yaml": "- prod\n"}, args=PROMOTE),
    Bad("promotion of a digest that is not there", ("sha256:" + "0" * 64,),
        {"environments.yaml": "prod: {repository: REGISTRY/p}\n"},
        args=("promote", "BASE@sha256:" + "0" * 64, "--to", "prod")),
]

LOCKS = [
    Bad("lock is no JSON", ("pinnace.lock.json:1",), {"pinnace.lock.json": "{"}),
    Bad("lock of an unknown version", ("pinnace.lock.json", "99"), {"pinnace.lock.json": LOCK.replace("1,", "99,", 1)}),
    Bad("lock with an unknown field", ("pinnace.lock.json", "extra"), {"pinnace.lock.json": LOCK.replace("{", '{"extra": 1, ', 1)}),
    Bad("lock that is named and not there", ("the lock typo.json is not there", "pinnace pin"),
        args=("build", "--lock", "typo.json", "-t", "oci:out:1")),
    Bad("lock with an unknown encoder", ("pinnace.lock.json", "zopfli"),
        {"pinnace.lock.json": LOCK.replace("pinnace-deflate/1:fast", "zopfli/3")}),
    Bad("registry settings that are wrong", ("registries.yaml:2",), {"registries.yaml": "version: 1\nregistries: 5\n"},
        args=("--registries", "registries.yaml", "copy", "BASE", "oci:out:1")),
    Bad("registry settings that are not there", ("nowhere.yaml",),
        args=("--registries", "nowhere.yaml", "copy", "BASE", "oci:out:1")),
]


class BadInput(Case):
    def setUp(self):
        super().setUp()
        self.registry = shared_registry()
        push_base(self.registry, "bad/base")
        self.base = f"{self.registry.host}/bad/base:1"
        write(self.path("outside"), "outside")

    def fill(self, text):
        return text.replace("BASE", self.base).replace("REGISTRY", self.registry.host) if isinstance(text, str) else text

    def project(self, files):
        directory = self.path("work")
        shutil.rmtree(directory, ignore_errors=True)
        self.files("work", {"app/a": "a", "pinnace.yaml": GOOD, **{n: self.fill(t) for n, t in files.items()}})
        return directory

    def check(self, result, say, code, before, directory):
        text = result.err
        codes = code if isinstance(code, tuple) else (code,)
        self.assertIn(result.code, codes, text)
        self.assertEqual(len(result.errors), 1, f"one error line, not: {text}")
        self.assertEqual(text.splitlines()[-1], result.errors[0], "the error is the last line")
        for part in (say,) if isinstance(say, str) else say:
            self.assertIn(self.fill(part), result.errors[0])
        self.assertEqual(result.out, "")
        self.assertEqual((tree_state(directory), self.store()), before, "nothing is written")

    def remove_empty_layout(self, layout):
        if os.path.isdir(layout):
            self.assertEqual(Layout(layout).index()["manifests"], [])
            self.assertEqual(os.listdir(os.path.join(layout, "blobs/sha256")), [])
            shutil.rmtree(layout)

    def store(self):
        """Images in the local store: a cache of something good may stay, a tag may not."""
        images = os.path.join(self.home, "store", "images")
        return tree_state(images) if os.path.isdir(images) else {}

    def refuse(self, bad):
        directory = self.project(bad.files)
        before = tree_state(directory), self.store()
        registry_before = self.registry.state()
        result = self.pinnace(*map(self.fill, bad.args), cwd=directory, expect=None, timeout=120)
        if bad.begun:
            self.remove_empty_layout(os.path.join(directory, "out"))
        self.check(result, bad.say, bad.code, before, directory)
        self.assertEqual(self.registry.state(), registry_before)

    def refuse_all(self, cases):
        for bad in cases:
            with self.subTest(bad.name):
                self.refuse(bad)

    def test_definitions(self):
        self.refuse_all(YAML)

    def test_arguments(self):
        self.refuse_all(ARGUMENTS)

    def test_environments(self):
        self.refuse_all(ENVIRONMENTS)

    def test_locks_and_settings(self):
        self.refuse_all(LOCKS)

    def test_there_are_enough_cases(self):
        names = [bad.name for bad in YAML + ARGUMENTS + ENVIRONMENTS + LOCKS]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreaterEqual(len(names), 60)

    def special(self, name, make, say, code=2, yaml=HEAD + "artifacts:\n  - {from: app, to: /app}\n"):
        with self.subTest(name):
            directory = self.project({"pinnace.yaml": yaml})
            make(os.path.join(directory, "app"))
            before = {n: v for n, v in tree_state(directory).items()}, self.store()
            result = self.pinnace("build", "-t", "oci:out:1", cwd=directory, expect=None)
            self.check(result, say, code, before, directory)

    def test_contexts(self):
        through = HEAD + "artifacts:\n  - {from: app/link, to: /app}\n"

        def listening_socket(app):
            here = os.getcwd()
            os.chdir(app)  # socket paths are short
            try:
                with socket.socket(socket.AF_UNIX) as server:
                    server.bind("socket")
            finally:
                os.chdir(here)

        for name in ("pinnace.lock.json", "pinnace.yaml"):
            def fifo(app):
                path = os.path.join(os.path.dirname(app), name)
                if os.path.exists(path):
                    os.remove(path)
                os.mkfifo(path)
            # Nobody writes to it: to wait for that would be for ever.
            self.special(f"a FIFO in place of {name}", fifo, (name, "FIFO", "expected a file"))
        self.special("a link that leads outside by ..", lambda app: os.symlink("../../outside", app + "/link"),
                     ("pinnace.yaml:4", "app/link"), yaml=through)
        self.special("a link that leads outside, absolute", lambda app: os.symlink("/etc/passwd", app + "/link"),
                     ("pinnace.yaml:4", "app/link"), yaml=through)
        self.special("a directory that is a link to outside", lambda app: os.symlink("/etc", app + "/link"),
                     ("pinnace.yaml:4", "app/link"), yaml=HEAD + "artifacts:\n  - {from: app/link/passwd, to: /p}\n")
        self.special("a link to itself", lambda app: os.symlink("link", app + "/link"), ("app/link",), (2, 3), yaml=through)
        self.special("a FIFO", lambda app: os.mkfifo(app + "/fifo"), ("app/fifo",))
        self.special("a socket", listening_socket, ("app/socket",))

    def test_a_name_that_is_not_utf8(self):
        project = self.files("latin1", {"pinnace.yaml": GOOD, "app": "x"})
        command = [os.fsencode(PINNACE), b"build", b"-t", b"oci:caf\xe9:1"]
        done = subprocess.run(command, cwd=project, env=environment(self.home), capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertEqual(done.stderr, b'error: "tags" has bytes that are not UTF-8, expected text in UTF-8\n')

    def test_unreadable_files(self):
        if os.getuid() != 0:
            self.skipTest("needs root to become nobody")
        home = self.path("nobody")
        os.mkdir(home)
        executable = os.path.join(home, "pinnace")
        shutil.copy(PINNACE, executable)
        for name, unreadable in (("file", "app/a"), ("directory", "app"), ("definition", "pinnace.yaml")):
            with self.subTest(name):
                directory = self.project({})
                for parent, directories, files in os.walk(directory):
                    for entry in [".", *directories, *files]:
                        os.chown(os.path.join(parent, entry), 65534, 65534)
                os.chown(home, 65534, 65534)
                os.chmod(os.path.join(directory, unreadable), 0)
                result = run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", executable, "build",
                              "-t", "oci:out:1"], cwd=directory, env=environment(home), check=False)
                self.assertIn(result.code, (2, 3), result.err)
                self.assertEqual(len(result.errors), 1, result.err)
                self.assertIn(unreadable, result.errors[0])
                self.assertIn("Permission denied", result.errors[0])
                out = os.path.join(directory, "out", "index.json")
                self.assertFalse(os.path.exists(out) and json.load(open(out))["manifests"])

    def test_targets_that_cannot_be_written(self):
        for name, make, say, code in (
                ("a file in the place of a layout", lambda d: write(d + "/out", "a file"), "out", (2, 3)),
                ("a layout of an unknown version", lambda d: write(d + "/out/oci-layout", '{"imageLayoutVersion":"9.0.0"}'),
                 "oci-layout", 2),
                ("a layout with a broken index", lambda d: (write(d + "/out/oci-layout", '{"imageLayoutVersion":"1.0.0"}'),
                                                            write(d + "/out/index.json", "{")), "index.json", (2, 3))):
            with self.subTest(name):
                directory = self.project({})
                make(directory)
                before = (open(directory + "/out").read() if os.path.isfile(directory + "/out")
                          else open(directory + "/out/oci-layout").read())
                result = self.pinnace("build", "-t", "oci:out:1", cwd=directory, expect=None)
                self.assertIn(result.code, code if isinstance(code, tuple) else (code,), result.err)
                self.assertEqual(len(result.errors), 1, result.err)
                self.assertIn(say, result.errors[0])
                self.assertEqual(before, open(directory + "/out").read() if os.path.isfile(directory + "/out")
                                 else open(directory + "/out/oci-layout").read())

    def test_nobody_listens(self):
        self.refuse(Bad("nobody listens", ("127.0.0.1",), args=("copy", f"127.0.0.1:{free_port()}/a:1", "oci:out:1"), code=3))

    def manifest_server(self, body, status=200, media_type=OCI["manifest"], **headers):
        def answer(handler):
            if "/manifests/" in handler.path:
                return reply(handler, status, body, Content_Type=media_type, **headers)
            return reply(handler, 200 if handler.path.rstrip("/") == "/v2" else 404, b"{}", Content_Type="application/json")
        return ScriptedServer(answer)

    def test_manifests_from_a_hostile_registry(self):
        layer = {"mediaType": OCI["layer"], "size": 5, "digest": sha256(b"12345")}
        config = {"mediaType": OCI["config"], "size": 2, "digest": sha256(b"{}")}
        good = {"schemaVersion": 2, "mediaType": OCI["manifest"], "config": config, "layers": [layer]}

        def changed(**changes):
            return canonical({**good, **changes})

        nested = good
        for _ in range(40):
            nested = {"x": nested}
        cases = [
            ("no JSON", b"<html>", OCI["manifest"], (2, 3)),
            ("a list", b"[]", OCI["manifest"], (2, 3)),
            ("schema version 1", canonical({"schemaVersion": 1, "name": "x"}),
             "application/vnd.docker.distribution.manifest.v1+prettyjws", (2, 3)),
            ("unknown media type", changed(mediaType="text/plain"), "text/plain", (2, 3)),
            ("negative size", changed(layers=[{**layer, "size": -1}]), OCI["manifest"], (2, 3)),
            ("size is a text", changed(layers=[{**layer, "size": "5"}]), OCI["manifest"], (2, 3)),
            ("digest with a path", changed(layers=[{**layer, "digest": "sha256:../../../etc/passwd"}]), OCI["manifest"], (2, 3)),
            ("layers missing", canonical({k: v for k, v in good.items() if k != "layers"}), OCI["manifest"], (2, 3)),
            ("config missing", canonical({k: v for k, v in good.items() if k != "config"}), OCI["manifest"], (2, 3)),
            ("larger than 4 MiB", changed(annotations={"a": "x" * (5 << 20)}), OCI["manifest"], (2, 3)),
            ("nested too deeply", b'{"a":' * 5000 + b"1" + b"}" * 5000, OCI["manifest"], (2, 3)),
            ("blobs that are not there", canonical(good), OCI["manifest"], (2, 3)),
        ]
        for name, body, media_type, codes in cases:
            with self.subTest(name), self.manifest_server(body, media_type=media_type) as server:
                self.refuse(Bad(name, (server.host,), args=("copy", f"{server.host}/a/b:1", "oci:out:1"), code=codes, begun=name == "blobs that are not there"))

    def test_a_manifest_with_another_digest_than_asked_for(self):
        wanted = "sha256:" + "1" * 64
        with self.manifest_server(canonical({"schemaVersion": 2})) as server:
            self.refuse(Bad("wrong digest", (wanted,), args=("copy", f"{server.host}/a/b@{wanted}", "oci:out:1"), code=3))

    def test_registry_errors_are_told(self):
        denied = json.dumps({"errors": [{"code": "DENIED", "message": "requested access is not for you"}]}).encode()
        for status, say in ((403, "requested access is not for you"), (401, "401"), (404, "a/b"), (418, "418")):
            with self.subTest(status), self.manifest_server(denied, status, "application/json") as server:
                self.refuse(Bad(str(status), (say, server.host), args=("copy", f"{server.host}/a/b:1", "oci:out:1"), code=(2, 3)))

    def test_a_redirect_loop(self):
        def answer(handler):
            reply(handler, 307, b"", Location=handler.path)
        with ScriptedServer(answer) as server:
            self.refuse(Bad("loop", (server.host,), args=("copy", f"{server.host}/a/b:1", "oci:out:1"), code=3))

    def test_no_registry_at_all(self):
        with ScriptedServer(lambda handler: reply(handler, 200, b"<html>hello</html>", Content_Type="text/html")) as server:
            self.refuse(Bad("a web site", (server.host,), args=("copy", f"{server.host}/a/b:1", "oci:out:1"), code=(2, 3)))

    def test_a_registry_that_talks_nonsense(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            import threading

            def babble():
                while True:
                    try:
                        connection, _ = server.accept()
                    except OSError:
                        return
                    with connection:
                        connection.recv(4096)
                        connection.sendall(b"\x00\xff nonsense\r\n" * 10)

            threading.Thread(target=babble, daemon=True).start()
            host = f"127.0.0.1:{server.getsockname()[1]}"
            self.refuse(Bad("nonsense", (host,), args=("copy", f"{host}/a/b:1", "oci:out:1"), code=3))
