"""The same definition gives the same digest, whoever builds it, wherever and however."""
import os
import random
import shutil

from harness import PINNACE, ROOT, Case, environment, run
from images import push_base
from registries import shared_registry

AARCH64 = os.path.join(ROOT, "build/release-aarch64/pinnace")
SYSROOT = os.path.join(ROOT, "build/sysroot-aarch64")


class Sameness(Case):
    def setUp(self):
        super().setUp()
        self.registry = shared_registry()
        push_base(self.registry, "base/same")
        rng = random.Random(1)
        self.contents = {f"target/app/{i % 7}/file-{i}.txt": rng.randbytes(rng.randrange(3000)).hex() for i in range(300)}
        self.contents["target/app/big.bin"] = rng.randbytes(3_000_000) + b"abc" * 1_000_000
        self.contents["pinnace.yaml"] = (
            f"version: 1\nbase: {self.registry.host}/base/same:1\n"
            "artifacts:\n  - {from: target/app, to: /opt/app}\n"
            "config: {entrypoint: [/bin/sh]}\n")
        self.project = self.files("project", self.contents)
        self.expected = self.build()

    def build(self, *arguments, directory=None, **options):
        layout = self.path(f"out-{os.urandom(4).hex()}")
        return self.pinnace("build", "-t", f"oci:{layout}:1", *arguments, cwd=directory or self.project,
                            **options).digest

    def assert_same(self, digest):
        self.assertRegex(digest, r"^sha256:[0-9a-f]{64}$")
        self.assertEqual(digest, self.expected)

    def test_again(self):
        self.assert_same(self.build())

    def test_another_store(self):
        self.assert_same(self.build(env={"PINNACE_STORE": self.path("another")}))

    def test_another_directory(self):
        self.assert_same(self.build(directory=self.files("elsewhere/deeper", self.contents)))

    def test_definition_and_context_named(self):
        self.assert_same(self.pinnace("build", "-f", os.path.join(self.project, "pinnace.yaml"), "--context", self.project,
                                      "-t", f"oci:{self.path('named')}:1", cwd="/").digest)

    def test_files_made_in_another_order_with_other_times(self):
        backwards = dict(reversed(self.contents.items()))
        directory = self.files("backwards", backwards)
        for i, name in enumerate(backwards):
            os.utime(os.path.join(directory, name), (10_000_000 + i, 20_000_000 + i))
        self.assert_same(self.build(directory=directory))

    def test_umask_when_building(self):
        for umask in (0o022, 0o077, 0o002):
            with self.subTest(oct(umask)):
                self.assert_same(self.build(umask=umask))

    def test_files_made_with_another_umask(self):
        directory = self.files("narrow", self.contents)
        for parent, directories, files in os.walk(directory):
            for name in directories:
                os.chmod(os.path.join(parent, name), 0o700)
            for name in files:
                os.chmod(os.path.join(parent, name), 0o600)
        self.assert_same(self.build(directory=directory))

    def test_another_user(self):
        if os.getuid() != 0:
            self.skipTest("needs root to become another user")
        home = self.path("nobody")
        os.mkdir(home)
        executable = os.path.join(home, "pinnace")
        shutil.copy(PINNACE, executable)
        directory = os.path.join(home, "project")
        shutil.copytree(self.project, directory)
        for parent, directories, files in os.walk(home):
            for name in [".", *directories, *files]:
                os.chown(os.path.join(parent, name), 65534, 65534)
        done = run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", executable, "build",
                    "-t", f"oci:{home}/out:1"], cwd=directory, env=environment(home))
        self.assert_same(done.digest)

    def test_threads(self):
        for threads in ("1", "2", "7"):
            with self.subTest(threads):
                self.assert_same(self.build("--threads", threads))

    def test_zone_and_locale(self):
        for changes in ({"TZ": "Asia/Kathmandu"}, {"TZ": "America/St_Johns", "LC_ALL": "C"},
                        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, {"LC_ALL": None, "LANG": "de_DE.UTF-8"}):
            with self.subTest(str(changes)):
                self.assert_same(self.build(env=changes))

    def test_into_a_registry(self):
        name = f"{self.registry.host}/same/pushed:1"
        self.assert_same(self.pinnace("build", "-t", name, cwd=self.project).digest)

    def test_with_a_lock(self):
        self.pinnace("pin", cwd=self.project)
        self.assert_same(self.build())

    def test_aarch64(self):
        if not os.access(AARCH64, os.X_OK):
            self.skipTest("build/release-aarch64 has no pinnace: run scripts/build release-aarch64")
        self.need("qemu-aarch64-static")
        for compression in ("gzip", "gzip:balanced", "zstd", "zstd:balanced"):
            with self.subTest(compression):
                expected = self.build("--compression", compression)
                done = run(["qemu-aarch64-static", "-L", SYSROOT, AARCH64, "build", "--compression", compression,
                            "-t", f"oci:{self.path('arm-' + compression.replace(':', '-'))}:1"],
                           cwd=self.project, env=environment(self.path("home")), timeout=600)
                self.assertEqual(done.digest, expected)
