"""pinnace run: containers of images, as root and as an ordinary user."""
import json
import os
import re
import signal
import subprocess
import urllib.request

import harness
from harness import environment
from images import busybox_files, push_image
from test_run import AS_USER, RunCase, processes_with, wait_until


class Images:
    def setUp(self):
        super().setUp()
        files = busybox_files()
        files["bin/httpd"] = files["bin/sleep"] = files["bin/env"] = files["bin/touch"] = "-> busybox"
        files.update({"srv/": b"", "srv/index.html": b"<h1>served</h1>\n"})
        push_image(self.registry, "run/web", "1", files)
        self.web = f"{self.registry.host}/run/web:1"

    def run_image(self, *arguments, **options):
        return self.pinnace("run", *arguments, prefix=self.prefix, **options)

    def test_output_and_exit_code_are_the_containers(self):
        done = self.run_image(self.web, "-e", "NAME=a value", "-w", "/new/dir", "-u", "7:8", "--", "/bin/sh", "-c",
                              'echo "$NAME"; pwd; id -u; id -g; echo problem >&2; exit 9', expect=9)
        self.assertEqual(done.out.splitlines(), ["a value", "/new/dir", "7", "8"])
        self.assertIn("problem", done.err.splitlines())

    def test_what_it_writes_is_dropped(self):
        self.run_image(self.web, "--", "/bin/touch", "/made")
        self.assertEqual(self.run_image(self.web, "--", "/bin/ls", "/made", expect=1).code, 1)
        left = [name for _, names, _ in os.walk(os.path.join(self.home, "store", "sandbox")) for name in names
                if name.startswith("tmp-")]
        self.assertEqual(left, [])

    def test_volumes(self):
        self.files("shared", {"in": "from the host\n"})
        os.chmod(self.path("shared"), 0o777)
        shared = f"{self.path('shared')}:/shared"
        done = self.run_image(self.web, "-v", shared, "--", "/bin/sh", "-c", "cat /shared/in; echo back > /shared/out")
        self.assertEqual(done.out, "from the host\n")
        with open(self.path("shared", "out")) as file:
            self.assertEqual(file.read(), "back\n")
        self.run_image(self.web, "-v", shared + ":ro", "--", "/bin/touch", "/shared/x", expect=1)
        failed = self.run_image(self.web, "-v", "/no/such:/x", "--", "/bin/true", expect=2)
        self.assertIn("mount of /no/such: the host has nothing there", failed.errors[-1])

    def start(self, *arguments):
        process = subprocess.Popen([*self.prefix, harness.PINNACE, "run", *arguments], cwd=self.dir,
                                   env=environment(self.home), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        said = []
        for line in process.stderr:
            said.append(line)
            found = re.match(r"ready (.*)", line)
            if found:
                return process, json.loads(found[1])["ports"]
        self.fail("".join(said))

    def test_a_published_port_answers_when_it_is_ready(self):
        for wait in (("--wait-http", ":80/"), ("--wait-port", "80")):
            with self.subTest(wait):
                process, ports = self.start(self.web, "-p", "80", *wait, "--", "/bin/sh", "-c",
                                            "sleep 0.3; exec httpd -f -p 80 -h /srv")
                self.assertEqual((ports[0]["address"], ports[0]["containerPort"]), ("127.0.0.1", 80))
                url = f"http://127.0.0.1:{ports[0]['hostPort']}/"
                with urllib.request.urlopen(url, timeout=10) as answer:
                    self.assertEqual(answer.read(), b"<h1>served</h1>\n")
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=60)
                self.assertEqual(process.returncode, 130)
                with self.assertRaises(OSError):
                    urllib.request.urlopen(url, timeout=2)

    def test_a_wait_in_vain_ends_the_container(self):
        mark = "7" + str(int.from_bytes(os.urandom(3), "big"))
        failed = self.run_image(self.web, "-p", "80", "--wait-http", ":80/", "--wait-seconds", "1", "--", "/bin/sleep", mark,
                                expect=3)
        self.assertIn("no good answer within 1 s", failed.errors[-1])
        self.assertEqual(processes_with(f"sleep {mark}"), [])

    def test_killed_it_leaves_no_container(self):
        mark = "6" + str(int.from_bytes(os.urandom(3), "big"))
        process, _ = self.start(self.web, "-p", "80", "--", "/bin/sleep", mark)
        self.assertTrue(wait_until(lambda: processes_with(f"sleep {mark}")))
        process.kill()
        process.communicate(timeout=60)
        self.assertTrue(wait_until(lambda: not processes_with(f"sleep {mark}")), processes_with(mark))
        self.assertTrue(wait_until(lambda: not processes_with(self.home)), processes_with(self.home))

    def test_a_port_that_is_taken(self):
        port = int(self.registry.host.rsplit(":", 1)[1])
        failed = self.run_image(self.web, "-p", f"{port}:80", "--", "/bin/true", expect=1)
        self.assertIn(f"port 127.0.0.1:{port} of the host can't be had", failed.errors[-1])


class ImagesAsRoot(Images, RunCase):
    pass


class ImagesAsUser(Images, RunCase):
    prefix = AS_USER
