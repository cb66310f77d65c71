"""kill -9 and SIGINT at any instant: a rerun finishes, and nothing lies."""
import os
import random
import signal
import subprocess
import tarfile
import threading
import time

import harness
from harness import Case, environment, layout_problems, sha256, write
from images import Layout, push_base, push_image
from registries import Registry, ScriptedServer, reply, shared_registry


class Interruptions(Case):
    def setUp(self):
        super().setUp()
        self.source = shared_registry()
        rng = random.Random(3)
        push_base(self.source, "kill/base")
        self.project = self.files("project", {
            **{f"app/{i}": rng.randbytes(rng.randrange(40_000)) for i in range(200)},
            "app/big": rng.randbytes(12_000_000) + b"text that compresses " * 1_000_000,
            "pinnace.yaml": f"version: 1\nbase: {self.source.host}/kill/base:1\n"
                            "artifacts: [{from: app, to: /app}]\n"})

    def start(self, *arguments, cwd=None):
        return subprocess.Popen([harness.PINNACE, *arguments], cwd=cwd or self.project, env=environment(self.home),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def timed(self, *arguments):
        started = time.monotonic()
        digest = self.pinnace(*arguments, cwd=self.project).digest
        return digest, time.monotonic() - started

    def kill_at_random(self, make_arguments, after_kill):
        """Kills harness.KILLS runs, each into the same target as far as make_arguments says so."""
        digest, duration = self.timed(*make_arguments("reference"))
        rng = random.Random(os.urandom(8))
        killed = 0
        for i in range(harness.KILLS):
            arguments = make_arguments(f"t{i % 4}")
            instant = rng.uniform(0, duration * 1.1)
            process = self.start(*arguments)
            timer = threading.Timer(instant, process.kill)
            timer.start()
            process.communicate()
            timer.cancel()
            killed += process.returncode == -signal.SIGKILL
            with self.subTest(f"kill {i} after {instant:.4f} s of {duration:.4f} s"):
                after_kill(arguments, digest, i)
        return killed

    def check_layout(self, layout, tag, digest):
        # What kill -9 left: no blob lies, and gc takes the rest away.
        if os.path.isdir(layout):
            self.assertEqual(layout_problems(layout), [])
            self.pinnace("gc", f"oci:{layout}")
        return lambda: self.finish_layout(layout, tag, digest)

    def finish_layout(self, layout, tag, digest):
        self.pinnace("gc", f"oci:{layout}")
        self.assertEqual(layout_problems(layout), [])
        self.assertEqual(Layout(layout).tag(tag), digest)
        self.assertEqual(self.unfinished(layout), [])
        self.tool("skopeo", "copy", "-q", "--all", f"oci:{layout}:{tag}", f"dir:{self.path('dir-' + os.urandom(4).hex())}")

    def unfinished(self, layout):
        return [name for _, _, names in os.walk(layout) for name in names if name.startswith(harness.TEMPORARY)]

    def test_kill_a_build_into_a_layout(self):
        def arguments(target):
            return ["build", "-t", f"oci:{self.path('out-' + target)}:1"]

        def after(command, digest, i):
            layout = command[-1][4:-2]
            finish = self.check_layout(layout, "1", digest)
            if i % 2:  # the other ones are killed again where they stand
                self.assertEqual(self.pinnace(*command, cwd=self.project).digest, digest)
                finish()

        self.kill_at_random(arguments, after)

    def test_kill_a_build_into_a_registry(self):
        self.need("skopeo")
        with Registry() as registry:
            def arguments(target):
                return ["build", "-t", f"{registry.host}/kill/{target}:1"]

            def after(command, digest, i):
                repository = command[-1].split("/", 1)[1][:-2]
                found = registry.manifest(repository, "1")
                if found:
                    self.assertEqual(sha256(found[1]), digest)
                    self.tool("crane", "validate", "--insecure", "--remote", command[-1])
                self.assertEqual(self.pinnace(*command, cwd=self.project).digest, digest)
                self.tool("crane", "validate", "--insecure", "--remote", command[-1])

            self.kill_at_random(arguments, after)

    def big_image(self):
        rng = random.Random(5)
        return push_image(self.source, "kill/big", "1", {f"f{i}": rng.randbytes(3_000_000) for i in range(4)},
                          platforms=("linux/amd64", "linux/arm64"))

    def test_kill_a_copy_into_a_layout(self):
        self.big_image()

        def arguments(target):
            return ["copy", f"{self.source.host}/kill/big:1", f"oci:{self.path('copy-' + target)}:1"]

        def after(command, digest, i):
            finish = self.check_layout(command[-1][4:-2], "1", digest)
            if i % 2:
                self.assertEqual(self.pinnace(*command).digest, digest)
                finish()

        self.kill_at_random(arguments, after)

    def test_kill_a_copy_into_a_registry(self):
        self.big_image()
        with Registry() as registry:
            def arguments(target):
                return ["copy", f"{self.source.host}/kill/big:1", f"{registry.host}/kill/{target}:1"]

            def after(command, digest, i):
                self.assertEqual(self.pinnace(*command).digest, digest)
                self.tool("crane", "validate", "--insecure", "--remote", command[-1])

            self.kill_at_random(arguments, after)

    def test_kill_gc(self):
        layout = self.path("out")
        digest = self.pinnace("build", "-t", f"oci:{layout}:1", cwd=self.project).digest
        self.pinnace("build", "--label", "a=b", "-t", f"oci:{layout}:2", cwd=self.project)
        for i in range(harness.KILLS):
            process = self.start("gc", f"oci:{layout}")
            timer = threading.Timer(random.uniform(0, 0.05), process.kill)
            timer.start()
            process.communicate()
            timer.cancel()
            self.finish_layout(layout, "1", digest)

    def interrupt(self, process, when):
        """Waits until `when()` is true, sends SIGINT, and checks how the process ends."""
        deadline = time.monotonic() + 60
        while not when():
            self.assertIsNone(process.poll(), "ended before it could be interrupted")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        _, err = process.communicate(timeout=60)
        took = time.monotonic() - started
        self.assertEqual(process.returncode, 130, err)
        self.assertLess(took, 1.0, "SIGINT ends within a second")
        return err

    def test_interrupt_while_a_registry_is_silent(self):
        silence = threading.Event()
        with ScriptedServer(lambda handler: silence.wait(120)) as server:
            for arguments in (["build", "-t", f"{server.host}/a/b:1"],
                              ["copy", f"{self.source.host}/kill/base:1", f"{server.host}/a/b:1"],
                              ["copy", f"{server.host}/a/b:1", f"oci:{self.path('x')}:1"],
                              ["inspect", f"{server.host}/a/b:1"]):
                with self.subTest(arguments[0]):
                    seen = len(server.paths)
                    self.interrupt(self.start(*arguments), lambda: len(server.paths) > seen)
            silence.set()
        self.assertFalse(os.path.exists(self.path("x", "index.json")) and Layout(self.path("x")).index()["manifests"])

    def test_interrupt_while_it_waits_to_try_again(self):
        with ScriptedServer(lambda handler: reply(handler, 429, Retry_After="60")) as server:
            self.interrupt(self.start("inspect", f"{server.host}/a/b:1"), lambda: len(server.paths) > 0)

    def test_signals_that_the_caller_has_ignored_stay_ignored(self):
        """nohup ignores SIGHUP; a shell without job control ignores SIGINT for what it starts in the background."""
        silence = threading.Event()

        def answer(handler):
            silence.wait(60)
            reply(handler, 404)

        def ignore():
            for number in (signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)

        with ScriptedServer(answer) as server:
            process = subprocess.Popen([harness.PINNACE, "inspect", f"{server.host}/a/b:1"], env=environment(self.home),
                                       stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=ignore)
            while not server.paths:
                time.sleep(0.002)
            for number in (signal.SIGHUP, signal.SIGINT):
                process.send_signal(number)
            silence.set()
            _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 2, err)
        self.assertIn("no manifest", err)

    def test_interrupt_a_build(self):
        with open(os.path.join(self.project, "app/huge"), "wb") as file:
            for i in range(60):
                file.write(random.Random(i).randbytes(1_000_000) * 6)
        layout = self.path("out")

        def has_content(path):
            try:
                return os.path.getsize(path) > 0
            except FileNotFoundError:  # it has got its name meanwhile
                return False

        def at_work():
            return any(has_content(os.path.join(parent, name)) for parent, _, names in os.walk(layout)
                       for name in names if name.startswith(harness.TEMPORARY))

        err = self.interrupt(self.start("build", "-t", f"oci:{layout}:1"), at_work)
        self.assertNotIn("internal", err)
        self.assertEqual(layout_problems(layout), [])
        self.assertEqual(self.unfinished(layout), [], "what was half done is taken away")
        self.assertFalse(os.path.exists(os.path.join(layout, "index.json")) and Layout(layout).index()["manifests"])


class Waits(Case):
    """SIGINT ends whatever a run waits for, though nothing comes."""

    def interrupt(self, *arguments, prefix=(), after=0.7):
        process = subprocess.Popen([*prefix, harness.PINNACE, *arguments], env=environment(self.home), text=True,
                                   cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        with self.assertRaises(subprocess.TimeoutExpired, msg="it did not wait"):
            process.wait(after)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=4)
        self.assertEqual(process.returncode, 130, said)

    def test_a_name_that_nobody_resolves(self):
        # The name server is a socket that nobody reads, and the thread that waits for its answer can't be ended.
        write(self.path("resolv.conf"), "nameserver 127.0.0.1\noptions timeout:20 attempts:2\n")
        listen = ("import fcntl, os, socket, struct, sys; s = socket.socket(type=socket.SOCK_DGRAM); "
                  "fcntl.ioctl(s, 0x8914, struct.pack('16sh22x', b'lo', 1)); "  # SIOCSIFFLAGS: the loopback is up
                  "s.bind(('127.0.0.1', 53)); s.set_inheritable(True); os.execv(sys.argv[1], sys.argv[1:])")
        namespace = ["unshare", "--user", "--map-root-user", "--mount", "--net", "sh", "-c",
                     f"mount --bind {self.path('resolv.conf')} /etc/resolv.conf && "
                     'exec python3 -c "$@"', "sh", listen]
        self.interrupt("inspect", "registry.example.org/a/b:1", prefix=namespace)

    def test_a_file_that_is_skipped(self):
        entry = tarfile.TarInfo("zeros")
        entry.size = 200 << 30
        with open(self.path("huge.tar"), "wb") as file:
            file.write(entry.tobuf(tarfile.GNU_FORMAT))
            file.truncate(entry.size)  # takes no space
        self.interrupt("inspect", f"oci-archive:{self.path('huge.tar')}")
