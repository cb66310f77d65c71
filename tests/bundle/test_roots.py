"""The bundle at work in root file systems of Debian bullseye (glibc 2.31), and its bytes."""
import glob
import os
import shutil
import subprocess
import unittest

import bundle
import harness
from registries import Authority, Registry

# Where distributions keep the certificate authorities.
DEBIAN = "etc/ssl/certs/ca-certificates.crt"
AUTHORITIES = [DEBIAN, "etc/pki/tls/certs/ca-bundle.crt", "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
               "etc/ssl/ca-bundle.pem", "etc/ssl/cert.pem"]
QEMU = "qemu-aarch64-static"
# What runs a program of a machine in a root.
EMULATORS = {"x86_64": [], "aarch64": ["/work/" + QEMU]}
# Goes into a root with /proc, /dev, a working directory, and one file of authorities; all mounts end with it.
ENTER = """set -e
root=$1 work=$2 authority=$3 place=$4
shift 4
cd "$root"
mkdir -p proc dev work etc/ssl etc/pki tmp
mount --bind "$work" work
mount --rbind /dev dev
mount -t proc proc proc
mount -t tmpfs tmpfs etc/ssl
mount -t tmpfs tmpfs etc/pki
if [ -n "$place" ]; then install -D -m 644 "$authority" "$place"; fi
exec env -i HOME=/work PATH=/work LC_ALL=C.UTF-8 PINNACE_STORE=/work/store "$(command -v chroot)" . "$@"
"""


class Roots(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("chroot needs root")
        cls.directory = harness.tempfile.mkdtemp(prefix="pinnace-roots-")
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.authority = Authority(cls.directory)
        cls.registry = Registry(authority=cls.authority).start()
        cls.addClassCleanup(cls.registry.stop)
        cls.work = os.path.join(cls.directory, "work")
        project = os.path.join(cls.work, "project")
        harness.write(os.path.join(project, "data"), b"".join(b"%d squared is %d\n" % (i, i * i) for i in range(200_000)))
        harness.write(os.path.join(project, "pinnace.yaml"), b"version: 1\nbase: scratch\nplatforms: [linux/amd64]\n"
                      b"artifacts: [{from: data, to: /srv/data, mode: '0644'}]\n")
        shutil.copy(shutil.which(QEMU), cls.work)
        for platform in bundle.platforms():
            shutil.copy(bundle.executable(platform), os.path.join(cls.work, "pinnace-" + platform))
        cls.use_tls_with(cls.registry.host)
        cls.reference = f"{cls.registry.host}/probe:1"
        cls.digest = cls.build(harness.PINNACE, cls.reference)

    @classmethod
    def use_tls_with(cls, *hosts):
        """Loopback has plain http by default; for runs here and in a root."""
        text = "version: 1\nregistries:\n" + "".join(f"  {host}: {{tls: true}}\n" for host in hosts)
        for home in (cls.directory, cls.work):
            harness.write(os.path.join(home, ".config/pinnace/registries.yaml"), text)

    @classmethod
    def build(cls, executable, target, *options):
        """With this machine's libc, and nothing that another build left in its store."""
        environment = harness.environment(cls.directory, SSL_CERT_FILE=cls.authority.ca,
                                          PINNACE_STORE=harness.tempfile.mkdtemp(prefix="store-", dir=cls.directory))
        definition = os.path.join(cls.work, "project/pinnace.yaml")
        return harness.run([executable, "build", "--quiet", "-f", definition, *options, "-t", target], env=environment).digest

    def enter(self, root, *command, place=DEBIAN):
        return harness.run(["unshare", "--mount", "sh", "-c", ENTER, "enter", os.path.join(bundle.ROOTS, root), self.work,
                            self.authority.ca, place, *command], timeout=1200, check=False)

    def test_the_executable_runs_with_an_old_glibc_and_nothing_else(self):
        for machine, emulator in EMULATORS.items():
            with self.subTest(machine):
                done = self.enter(f"libc-{machine}", *emulator, f"/work/pinnace-linux-{machine}", "--store", f"/work/store-{machine}",
                                  "build", "--quiet", "-f", "/work/project/pinnace.yaml",
                                  "-t", f"{self.registry.host}/from-{machine}:1")
                self.assertEqual((done.code, done.digest), (0, self.digest), done.err)

    def test_finds_the_authorities_of_every_distribution(self):
        command = ["/work/pinnace-linux-x86_64", "inspect", "--digest", self.reference]
        for place in AUTHORITIES:
            with self.subTest(place):
                done = self.enter("libc-x86_64", *command, place=place)
                self.assertEqual((done.code, done.digest), (0, self.digest), done.err)
        without = self.enter("libc-x86_64", *command, place="")
        self.assertEqual(without.code, 3, without.err)
        self.assertIn("certificate", without.err)

    def test_credential_helpers_run_with_an_old_glibc_and_inherit_nothing(self):
        helper = ('#!/work/busybox sh\nread host\n[ "$(/work/busybox ls /proc/self/fd)" = "$(printf \'0\\n1\\n2\\n3\')" ] && '
                  'printf \'{"Username":"ci","Secret":"secret"}\'\n')
        harness.write(os.path.join(self.work, "docker-credential-probe"), helper, 0o755)
        shutil.copy(shutil.which("busybox"), self.work)
        with Registry(authority=self.authority, htpasswd=("ci", "secret")) as registry:
            self.use_tls_with(self.registry.host, registry.host)
            harness.write(os.path.join(self.work, ".docker/config.json"), '{"credHelpers":{"%s":"probe"}}' % registry.host)
            done = self.enter("libc-x86_64", "/work/pinnace-linux-x86_64", "build", "--quiet",
                              "-f", "/work/project/pinnace.yaml", "-t", f"{registry.host}/probe:1")
        self.assertEqual((done.code, done.digest), (0, self.digest), done.err)

    def test_builds_the_same_bytes_as_the_other_compiler(self):
        for compression in ("gzip", "gzip:balanced", "zstd"):
            digests = {"release": self.build(harness.PINNACE, self.layout("release"), "--compression", compression)}
            for platform in bundle.platforms():
                digests[platform] = self.build(self.starter(platform), self.layout(platform), "--compression", compression)
            self.assertEqual(set(digests.values()), {digests["release"]}, digests)

    def test_java_with_an_old_glibc(self):
        self.probe("x86_64", "amd64", ["jni", "process"])

    def test_java_on_aarch64(self):
        # Without binfmt_misc a child of the JVM can't be run by qemu.
        self.probe("aarch64", "arm64", ["jni"])

    def probe(self, machine, architecture, engines):
        for left in glob.glob(os.path.join(self.work, "*-jni")) + glob.glob(os.path.join(self.work, "*-process")):
            shutil.rmtree(left)
        shutil.rmtree(os.path.join(self.work, "cache"), ignore_errors=True)
        java = f"/usr/lib/jvm/java-17-openjdk-{architecture}/bin/java"
        done = self.enter(f"java-{machine}", *EMULATORS[machine], java, "-cp", self.java_classes(), "Probe", "/work", self.reference, *engines)
        print(done.out, flush=True)
        expected = [f"{engine} {self.digest} {self.digest}" for engine in engines]
        self.assertEqual(done.out.splitlines()[:-1], expected, done.err + done.out)
        self.assertEqual(done.code, 0)

    def java_classes(self):
        """The jar as it is shipped and what it needs, below /work."""
        classes = os.path.join(self.work, "java")
        if not os.path.exists(classes):
            paths = os.path.join(self.directory, "classpath")
            harness.run(["mvn", "--quiet", "--batch-mode", "--no-transfer-progress", "-DskipTests",
                         f"-Dpinnace.build={os.path.dirname(bundle.NATIVE)}", "clean", "package", "dependency:build-classpath",
                         "-DincludeScope=runtime", f"-Dmdep.outputFile={paths}"], cwd=harness.ROOT, timeout=1200)
            os.mkdir(classes)
            with open(paths) as file:
                jars = [*file.read().split(":"), os.path.join(harness.ROOT, "jni/target/pinnace-engine-0.1.0-SNAPSHOT.jar")]
            for jar in jars:
                shutil.copy(jar, classes)
            harness.run(["javac", "--release", "17", "-cp", os.path.join(classes, "*"), "-d", classes,
                         os.path.join(os.path.dirname(__file__), "Probe.java")])
        return "/work/java:/work/java/*"

    def layout(self, name):
        return "oci:" + harness.tempfile.mkdtemp(prefix=name + "-", dir=self.directory) + "/layout:1"

    def starter(self, platform):
        """A program that runs the platform's executable here."""
        file = bundle.executable(platform)
        if platform == "linux-x86_64":
            return file
        script = os.path.join(self.directory, "aarch64")
        root = os.path.join(bundle.ROOTS, "java-aarch64")
        harness.write(script, f'#!/bin/sh\nexec {QEMU} -L {root} {file} "$@"\n'.encode(), 0o755)
        return script
