"""pinnace run: containers of images, as root and as an ordinary user."""
import fcntl
import glob
import http.server
import json
import os
import re
import signal
import socket
import stat
import subprocess
import threading
import time
import urllib.request

import harness
from harness import environment
from images import busybox_files, push_image
from test_run import AS_USER, RunCase, processes_with, wait_until


class Images:
    def setUp(self):
        super().setUp()
        files = busybox_files()
        for name in ("httpd", "nc", "sleep", "env", "touch"):
            files[f"bin/{name}"] = "-> busybox"
        files.update({"srv/": b"", "srv/index.html": b"<h1>served</h1>\n",
                      "srv/sub/": b"", "srv/sub/index.html": b"below\n", "link": "-> /dev/zero"})
        push_image(self.registry, "run/web", "1", files)
        self.web = f"{self.registry.host}/run/web:1"

    def run_image(self, *arguments, **options):
        return self.pinnace("run", *arguments, prefix=self.prefix, **options)

    def test_what_an_environment_holds(self):
        settings = self.files("environments", {"e.yaml": f"prod: {{repository: {self.registry.host}/run}}\n"})
        done = self.run_image("env:prod/web:1", "--environments", f"{settings}/e.yaml", "--", "/bin/echo", "held")
        self.assertEqual(done.out, "held\n")
        refused = self.run_image("env:test/web:1", "--environments", f"{settings}/e.yaml", expect=2)
        self.assertIn("test", refused.errors[-1])

    def test_it_starts_nowhere_in_the_systems_own_places(self):
        push_image(self.registry, "run/led", "1", {**busybox_files(), "w": "-> /proc/self/fd/7"})
        for place in ("/w", "/proc/self/fd/7", "/dev/fd/7", "/sys"):
            with self.subTest(place):
                refused = self.run_image(f"{self.registry.host}/run/led:1", "-w", place, "--", "/bin/sh", "-c", "pwd", expect=2)
                self.assertIn(f"the working directory {place}: it is ", refused.errors[-1])

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
        for target in ("/", "/x/.."):
            failed = self.run_image(self.web, "-v", f"{self.path('shared')}:{target}", "--", "/bin/true", expect=2)
            self.assertIn("nothing can be mounted at the root directory", failed.errors[-1])

    def test_a_volume_is_not_emptied_by_the_runtime(self):
        for target in ("/dev/null", "/dev/zero", "/dev/tty", "/dev/ptmx", "/dev/stdin", "/dev/console", "/link"):
            mine = os.path.join(self.files("mine", {"file": "precious\n"}), "file")
            os.chmod(mine, 0o666)
            failed = self.run_image(self.web, "-v", f"{mine}:{target}", "--", "/bin/true", expect=None)
            with open(mine) as file:
                self.assertEqual(file.read(), "precious\n", target)
            self.assertIn("where the system's own /dev/", failed.errors[-1])
        failed = self.run_image(self.web, "-v", f"{self.path('mine')}:/dev", "--", "/bin/true", expect=None)
        self.assertIn("it is at /dev, where the system's own /dev will be", failed.errors[-1])
        self.run_image(self.web, "-v", f"{self.path('mine')}:/dev/mine", "--", "/bin/ls", "/dev/mine/file")

    def test_what_is_mounted_below_a_volume_obeys_its_options(self):
        self.files("shared", {"below/x": ""})
        below = self.path("shared", "below")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=777", "pinnace-test", below], check=True)
        self.addCleanup(subprocess.run, ["umount", below], check=True)
        volume = f"{self.path('shared')}:/shared"
        self.run_image(self.web, "-v", volume + ":ro", "--", "/bin/touch", "/shared/below/x", expect=1)
        self.assertEqual(os.listdir(below), [])
        done = self.run_image(self.web, "-v", volume, "--", "/bin/sh", "-c",
                              "echo back > /shared/below/x; while read line; do echo $line; done < /proc/self/mounts")
        options = [line.split()[3].split(",") for line in done.out.splitlines() if line.split()[1] == "/shared/below"]
        self.assertEqual([{"nosuid", "nodev"} - set(one) for one in options], [set()])
        with open(os.path.join(below, "x")) as file:
            self.assertEqual(file.read(), "back\n")

    def test_a_volume_inside_of_another_one_has_what_is_mounted_below(self):
        self.files("outer", {"sub/x": "", "above/x": ""})
        self.files("inner", {"below/x": ""})
        for place in (self.path("inner", "below"), self.path("outer", "above")):
            subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=777", "pinnace-test", place], check=True)
            self.addCleanup(subprocess.run, ["umount", place], check=True)
            harness.write(os.path.join(place, "file"), "there\n", 0o666)
        below = self.path("inner", "below")
        volumes = ("-v", f"{self.path('outer')}:/outer", "-v", f"{self.path('inner')}:/outer/sub")
        show = "cat /outer/sub/below/file /outer/above/file; echo back > /outer/sub/below/out; while read line; do echo $line; done < /proc/self/mounts"
        for root in ((),) if self.prefix else ((), ("--run-as-host-root",)):
            done = self.run_image(self.web, *root, *volumes, "--", "/bin/sh", "-c", show)
            self.assertEqual(done.out.splitlines()[:2], ["there", "there"])
            options = {line.split()[1]: set(line.split()[3].split(",")) for line in done.out.splitlines() if " /outer" in line}
            self.assertEqual(sorted(options), ["/outer", "/outer/above", "/outer/sub", "/outer/sub/below"])
            for place, has in options.items():
                self.assertTrue(has >= {"rw", "nosuid", "nodev"}, (place, has))
            self.assertEqual(sorted(os.listdir(below)), ["file", "out"])
            os.remove(os.path.join(below, "out"))
            # Read-only all the way down.
            done = self.run_image(self.web, *root, *volumes[:-1], volumes[-1] + ":ro", "--", "/bin/sh", "-c",
                                  "echo back > /outer/above/out; echo back > /outer/sub/below/out; echo back > /outer/sub/out", expect=1)
            self.assertEqual(done.err.count("Read-only file system"), 2, done.err)
            self.assertEqual((os.listdir(below), os.path.exists(self.path("inner", "out"))), (["file"], False))
            os.remove(self.path("outer", "above", "out"))

    def test_nothing_is_made_in_a_volume_that_is_read_only(self):
        self.files("outer", {"x": ""})
        self.files("inner", {"x": ""})
        os.chmod(self.path("outer"), 0o777)
        failed = self.run_image(self.web, "-v", f"{self.path('outer')}:/outer:ro", "-v", f"{self.path('inner')}:/outer/made",
                                "--", "/bin/true", expect=3)
        self.assertIn("mount at /outer/made: create /made: Read-only file system", failed.errors[-1])
        self.assertEqual(os.listdir(self.path("outer")), ["x"])

    def test_output_that_is_lost_is_an_error(self):
        full = self.path("full")
        os.mknod(full, stat.S_IFCHR | 0o666, os.makedev(1, 7))
        os.chmod(full, 0o666)
        for command, lost in (("echo x", "stdout"), ("echo x >&2", "stderr")):
            with self.subTest(lost), open(full, "w") as file:
                streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, lost: file}
                done = subprocess.run([*self.prefix, harness.PINNACE, "run", self.web, "--", "/bin/sh", "-c", command],
                                      cwd=self.dir, env=environment(self.home), check=False, text=True, **streams)
                self.assertEqual(done.returncode, 3)
                if lost == "stdout":
                    self.assertIn("error: cannot write to standard output: No space left on device", done.stderr)

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
        # A server redirects from /sub to /sub/.
        for wait in (("--wait-http", ":80/"), ("--wait-http", ":80/sub"), ("--wait-port", "80")):
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
        for port in ((), ("-p", "80")):
            failed = self.run_image(self.web, *port, "--wait-port", "80", "--wait-seconds", "1", "--", "/bin/sleep", mark,
                                    expect=3, timeout=60)
            self.assertIn("nothing listens at port 80 within 1 s", failed.errors[-1])
        self.assertEqual(processes_with(f"sleep {mark}"), [])

    def host_server(self):
        """What listens on this machine alone: its port, and the requests that it got."""
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_port, asked

    def test_a_container_can_not_have_this_machine_ask_others(self):
        port, asked = self.host_server()
        answer = f"HTTP/1.1 302 Found\\r\\nLocation: http://127.0.0.1:{port}/secret\\r\\nContent-Length: 0\\r\\n\\r\\n"
        failed = self.run_image(self.web, "-p", "80", "--wait-http", ":80/", "--wait-seconds", "2", "--", "/bin/sh", "-c",
                                f"while true; do printf '{answer}' | nc -l -p 80; done", expect=3, timeout=60)
        # Such a server resets connections now and then: the last try need not be the redirect.
        self.assertIn("no good answer within 2 s: ", failed.errors[-1])
        self.assertEqual(asked, [])

    def test_no_proxy_answers_for_a_container(self):
        name = socket.gethostname()
        if name == "localhost" or not socket.gethostbyname(name).startswith("127."):
            self.skipTest("this machine has no name of its own for its loopback")
        port, asked = self.host_server()
        self.run_image(self.web, "-p", "80", "--wait-http", f"http://{name}:1/", "--wait-seconds", "1", "--", "/bin/sleep", "60",
                       env={"http_proxy": f"http://127.0.0.1:{port}"}, expect=3, timeout=60)
        self.assertEqual(asked, [])

    def test_what_is_not_published_is_not_waited_for(self):
        for port in ("81", "80/udp"):
            failed = self.run_image(self.web, "-p", port, "--wait-http", ":80/", "--", "/bin/touch", "/started", expect=2)
            self.assertIn(":80/ is to be waited for, and port 80 is not published (run -p 80)", failed.errors[-1])

    def test_killed_it_leaves_no_container(self):
        mark = "6" + str(int.from_bytes(os.urandom(3), "big"))
        process, _ = self.start(self.web, "-p", "80", "--", "/bin/sleep", mark)
        self.assertTrue(wait_until(lambda: processes_with(f"sleep {mark}")))
        process.kill()
        process.communicate(timeout=60)
        self.assertTrue(wait_until(lambda: not processes_with(f"sleep {mark}")), processes_with(mark))
        self.assertTrue(wait_until(lambda: not processes_with(self.home)), processes_with(self.home))

    def test_detached_it_goes_on_until_it_is_stopped(self):
        done = self.run_image("--detach", self.web, "-p", "80", "--wait-http", ":80/", "-e", "SECRET=s3cret", "--", "/bin/sh",
                              "-c", "echo started; exec httpd -f -p 80 -h /srv")
        ident = done.out.strip()
        self.assertRegex(ident, "^[0-9a-f]{12}$")
        self.assertEqual(processes_with("s3cret"), [])
        ports = json.loads(re.search("ready (.*)", done.err)[1])["ports"]
        url = f"http://127.0.0.1:{ports[0]['hostPort']}/"
        with urllib.request.urlopen(url, timeout=10) as answer:
            self.assertEqual(answer.read(), b"<h1>served</h1>\n")
        listed = self.pinnace("ps", "--json", prefix=self.prefix).json()
        self.assertEqual(listed, [{"id": ident, "image": self.web, "running": True, "ports": ports}])
        self.assertEqual(self.pinnace("ps", prefix=self.prefix).out,
                         f"{ident}  running  {self.web}  127.0.0.1:{ports[0]['hostPort']}->80\n")
        self.assertEqual(self.pinnace("ps", "-q", prefix=self.prefix).out, ident + "\n")
        self.assertEqual(self.pinnace("logs", ident, prefix=self.prefix).out, "started\n")
        self.pinnace("stop", ident, prefix=self.prefix)
        with self.assertRaises(OSError):
            urllib.request.urlopen(url, timeout=2)
        self.assertEqual(self.pinnace("ps", prefix=self.prefix).out, "")
        self.assertTrue(wait_until(lambda: not processes_with(self.home)), processes_with(self.home))
        failed = self.pinnace("stop", ident, prefix=self.prefix, expect=2)
        self.assertIn(f"there is no container {ident}, see pinnace ps", failed.errors[-1])
        self.assertIn("no container ../x", self.pinnace("logs", "../x", prefix=self.prefix, expect=2).errors[-1])

    def test_detached_it_can_be_stopped_when_its_starter_was_killed(self):
        mark = "3" + str(int.from_bytes(os.urandom(3), "big"))
        starter = subprocess.Popen([*self.prefix, harness.PINNACE, "run", "--detach", self.web, "--wait-port", "80", "--",
                                    "/bin/sleep", mark], cwd=self.dir, env=environment(self.home), stdin=subprocess.DEVNULL)
        self.addCleanup(starter.kill)
        self.assertTrue(wait_until(lambda: [line for line in processes_with(mark) if line.startswith("/bin/sleep")]))
        starter.kill()
        starter.wait()
        place = os.path.join(self.home, "store", "containers")
        ident, = os.listdir(place)
        self.assertEqual(sorted(os.listdir(os.path.join(place, ident))), ["image", "lock", "log"])
        self.pinnace("stop", ident, prefix=self.prefix)
        self.assertTrue(wait_until(lambda: not processes_with(self.home)), processes_with(self.home))
        self.assertEqual(os.listdir(place), [])

    def test_detached_it_holds_nothing_of_its_starter(self):
        reading, made = os.pipe()
        writing = fcntl.fcntl(made, fcntl.F_DUPFD, 20)  # above those that it gets by number
        os.close(made)
        done = subprocess.run([*self.prefix, harness.PINNACE, "run", "--detach", self.web, "--", "/bin/sleep", "4000"],
                              env=environment(self.home), pass_fds=[writing], capture_output=True, text=True, check=True)
        os.close(writing)
        os.set_blocking(reading, False)
        try:
            self.assertTrue(wait_until(lambda: self.ended(reading), 5), "the pipe is still open in what watches the container")
        finally:
            os.close(reading)
            self.pinnace("stop", "--time", "0", done.stdout.strip(), prefix=self.prefix)

    @staticmethod
    def ended(pipe):
        try:
            return os.read(pipe, 1) == b""
        except BlockingIOError:
            return False

    def test_detached_in_vain_it_leaves_nothing(self):
        failed = self.run_image("--detach", self.web, "-p", "80", "--wait-port", "80", "--", "/bin/sh", "-c",
                                "echo no service here; exit 4", expect=3)
        self.assertIn("the container ended before it was ready: no service here", failed.errors[-1])
        self.assertEqual(self.pinnace("ps", prefix=self.prefix).out, "")

    def test_one_that_ended_by_itself_keeps_its_log(self):
        ident = self.run_image("--detach", self.web, "--", "/bin/sh", "-c", "echo done").out.strip()
        self.assertTrue(wait_until(lambda: "ended" in self.pinnace("ps", prefix=self.prefix).out))
        self.assertEqual(self.pinnace("logs", ident, prefix=self.prefix).out, "done\n")
        self.pinnace("stop", ident, prefix=self.prefix)

    def test_a_log_has_an_end(self):
        loud = "yes 'a line that is longer than others' | head -n 1200000; echo last; exec sleep 4000"
        ident = self.run_image("--detach", self.web, "--", "/bin/busybox", "sh", "-c", loud).out.strip()
        place = os.path.join(self.home, "store", "containers", ident, "log")
        def is_done():
            with open(place, "rb") as file:
                file.seek(-5, os.SEEK_END)
                return file.read() == b"last\n"
        self.assertTrue(wait_until(lambda: os.path.getsize(place) > 5 and is_done(), 120))
        self.assertLessEqual(os.path.getsize(place), 32 << 20)
        said = self.pinnace("logs", ident, prefix=self.prefix).out.splitlines()
        self.assertEqual((said[0], set(said[1:-1])), ("(older output was dropped)", {"a line that is longer than others"}))
        self.assertGreater(len(said), 400000)
        self.pinnace("stop", "--time", "0", ident, prefix=self.prefix)

    def test_an_images_directory_may_be_relative(self):
        push_image(self.registry, "run/relative", "1", busybox_files(), WorkingDir="srv/app")
        self.assertEqual(self.run_image(f"{self.registry.host}/run/relative:1", "--", "/bin/sh", "-c", "pwd").out, "/srv/app\n")

    def test_little_room_for_the_stack(self):
        for limit in ("-S -s 64", "-s 64"):
            command = ["sh", "-c", f'ulimit {limit}; exec "$@"', "sh"]
            done = self.pinnace("run", self.web, "--", "/bin/sh", "-c", "ulimit -s", prefix=[*self.prefix, *command], expect=None)
            if done.code != 0:  # only root may have more than that, if it may
                self.assertEqual((limit, done.code), ("-s 64", 2), done.err)
                self.assertIn("the stack may have 64 KiB at most (ulimit -s), expected 1024 or more", done.err)
            else:
                self.assertEqual(done.out, "8192\n")

    def test_one_that_is_not_there_holds_off_no_stop_of_others(self):
        idents = [self.run_image("--detach", self.web, "--", "/bin/sleep", "4000").out.strip() for _ in range(2)]
        failed = self.pinnace("stop", idents[0], "abc", idents[0], idents[1], "def", prefix=self.prefix, expect=2)
        self.assertEqual(failed.err, "error: there is no container abc, see pinnace ps; "
                                     "there is no container def, see pinnace ps\n")
        self.assertEqual(self.pinnace("ps", "-q", prefix=self.prefix).out, "")

    def test_all_that_are_stopped_have_the_same_time(self):
        """Each ends only when both were asked to."""
        self.files("shared", {})
        os.chmod(self.path("shared"), 0o777)
        volume = f"{self.path('shared')}:/shared"
        idents = []
        for own, other in (("a", "b"), ("b", "a")):
            script = (f"trap ': > /shared/{own}; while [ ! -e /shared/{other} ]; do sleep 0.1; done; : > /shared/well-{own}; exit' TERM;"
                      f" : > /shared/up-{own}; while :; do sleep 0.1; done")
            idents.append(self.run_image("--detach", self.web, "-v", volume, "--", "/bin/sh", "-c", script).out.strip())
        for own in ("a", "b"):
            self.assertTrue(wait_until(lambda own=own: os.path.exists(self.path("shared", f"up-{own}"))))
        self.pinnace("stop", "--time", "10", *idents, prefix=self.prefix)
        self.assertLessEqual({"well-a", "well-b"}, set(os.listdir(self.path("shared"))))

    def test_gc_takes_what_is_left_of_one_that_ended(self):
        running = self.run_image("--detach", self.web, "--", "/bin/sleep", "4000").out.strip()
        self.run_image("--detach", self.web, "--", "/bin/sh", "-c", "echo done")
        self.assertTrue(wait_until(lambda: "ended" in self.pinnace("ps", prefix=self.prefix).out))
        parts = {part["name"]: part for part in self.pinnace("gc", "--json", prefix=self.prefix).json()["parts"]}
        self.assertEqual(parts["logs of containers"]["removedBytes"], 0)
        parts = {part["name"]: part for part in self.pinnace("gc", "--all", "--json", prefix=self.prefix).json()["parts"]}
        self.assertGreater(parts["logs of containers"]["removedBytes"], 0)
        self.assertGreater(parts["logs of containers"]["keptBytes"], 0)
        self.assertEqual(self.pinnace("ps", "-q", prefix=self.prefix).out, running + "\n")
        self.pinnace("stop", running, prefix=self.prefix)

    # Says that it was asked to end, takes its time, and ends.
    ENDS_WELL = "trap 'echo asked; sleep 0.3; echo done; exit 5' {}; echo up; while :; do sleep 0.1; done"

    def up(self, *arguments):
        process = subprocess.Popen([*self.prefix, harness.PINNACE, "run", *arguments], cwd=self.dir, env=environment(self.home),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        for line in process.stdout:
            if line == "up\n":
                return process
        self.fail(process.stderr.read())

    def test_interrupted_it_may_end_by_itself(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.up(self.web, "--", "/bin/sh", "-c", self.ENDS_WELL.format("TERM"))
            process.send_signal(number)
            out, _ = process.communicate(timeout=60)
            self.assertEqual((out, process.returncode), ("asked\ndone\n", 130))

    def test_the_images_own_signal_is_sent(self):
        self.build(f"FROM {self.web}\nSTOPSIGNAL SIGUSR1\n", tag="own")
        process = self.up(f"oci:{self.out}:own", "--", "/bin/sh", "-c", self.ENDS_WELL.format("USR1"))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.communicate(timeout=60)[0], "asked\ndone\n")

    def test_what_does_not_end_is_killed(self):
        deaf = "trap '' TERM; echo up; while :; do sleep 0.1; done"
        process = self.up(self.web, "--stop-time", "1", "--", "/bin/sh", "-c", deaf)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        # A second one kills at once.
        process = self.up(self.web, "--stop-time", "3600", "--", "/bin/sh", "-c", deaf)
        process.send_signal(signal.SIGINT)
        self.assertFalse(wait_until(lambda: process.poll() is not None, 1))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertTrue(wait_until(lambda: not processes_with(self.home)), processes_with(self.home))

    def test_what_does_not_care_for_the_signal_ends_at_once(self):
        process = self.up(self.web, "--stop-time", "3600", "--", "/bin/sh", "-c", "echo up; exec sleep 4000")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)

    def test_stopped_it_may_end_by_itself(self):
        self.files("shared", {})
        os.chmod(self.path("shared"), 0o777)
        script = "trap 'echo done > /shared/said; exit 5' TERM; : > /shared/up; while :; do sleep 0.1; done"
        ident = self.run_image("--detach", self.web, "-v", f"{self.path('shared')}:/shared", "--", "/bin/sh", "-c", script).out.strip()
        self.assertTrue(wait_until(lambda: os.path.exists(self.path("shared/up"))))
        self.pinnace("stop", "--time", "60", ident, prefix=self.prefix)
        self.assertEqual(open(self.path("shared/said")).read(), "done\n")
        self.assertEqual(self.pinnace("ps", prefix=self.prefix).out, "")

    def detached(self, image, script):
        """Its ID, once it is up, and the directory that it says so in."""
        self.files("shared", {})
        os.chmod(self.path("shared"), 0o777)
        ident = self.run_image("--detach", image, "-v", f"{self.path('shared')}:/shared", "--", "/bin/sh", "-c", script).out.strip()
        self.assertTrue(wait_until(lambda: os.path.exists(self.path("shared/up"))))
        return ident

    def test_stopped_what_does_not_end_is_killed(self):
        ident = self.detached(self.web, "trap 'echo asked >> /shared/said' TERM; : > /shared/up; while :; do sleep 0.1; done")
        began = time.monotonic()
        self.pinnace("stop", "--time", "2", ident, prefix=self.prefix)
        self.assertGreaterEqual(time.monotonic() - began, 2, "it has its time")
        self.assertEqual(open(self.path("shared/said")).read(), "asked\n", "it is asked once")
        self.assertEqual(self.pinnace("ps", prefix=self.prefix).out, "")
        self.assertTrue(wait_until(lambda: not processes_with(self.home)), processes_with(self.home))

    def test_stopped_it_gets_the_images_own_signal(self):
        self.build(f"FROM {self.web}\nSTOPSIGNAL SIGUSR1\n", tag="own")
        ident = self.detached(f"oci:{self.out}:own", "trap 'echo done > /shared/said; exit' USR1; trap 'echo wrong > /shared/said' TERM;"
                                                     " : > /shared/up; while :; do sleep 0.1; done")
        self.pinnace("stop", "--time", "60", ident, prefix=self.prefix)
        self.assertEqual(open(self.path("shared/said")).read(), "done\n")

    def test_a_program_that_can_not_be_started(self):
        for program, code in (("nothing", 127), ("/no/such", 127), ("/etc", 126), ("/srv/index.html", 126)):
            for detach in ((), ("--detach",)):
                failed = self.run_image(*detach, self.web, "-p", "80", "--", program, expect=code)
                self.assertNotIn("ready", failed.err.replace("before it was ready", ""))
                self.assertEqual(sum("exec" in line for line in failed.err.splitlines()), 1, failed.err)
                self.assertEqual(failed.out, "")
        self.assertEqual(self.pinnace("ps", "-q", prefix=self.prefix).out, "")

    def test_ready_is_said_to_who_has_a_use_for_it(self):
        self.assertNotIn("ready", self.run_image(self.web, "--", "/bin/sh", "-c", "exit 0").err)
        detached = self.run_image("--detach", self.web, "--", "/bin/sh", "-c", "exit 0")
        self.assertNotIn("ready", detached.err)
        self.pinnace("stop", detached.out.strip(), prefix=self.prefix)

    def test_a_port_that_can_not_be_had(self):
        taken = int(self.registry.host.rsplit(":", 1)[1])
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(datagrams.close)
        datagrams.bind(("127.0.0.1", 0))
        bound = datagrams.getsockname()[1]
        cases = {f"{taken}:80": f"127.0.0.1:{taken} of the host can't be had: another program has it",
                 f"{bound}:53/udp": f"127.0.0.1:{bound}/udp of the host can't be had: another program has it",
                 "192.0.2.77:8080:80": "192.0.2.77:8080 of the host can't be had: this machine does not have that address",
                 "192.0.2.77::80": "192.0.2.77:0 of the host can't be had: this machine does not have that address"}
        if self.prefix:
            cases["81:80"] = ("127.0.0.1:81 of the host can't be had: this user may not have one so low; the least is in "
                              "/proc/sys/net/ipv4/ip_unprivileged_port_start")
        for port, why in cases.items():
            failed = self.run_image(self.web, "-p", port, "--", "/bin/true", expect=1)
            self.assertEqual(failed.errors[-1], "error: port " + why)
        for network in ("none", "host"):
            failed = self.run_image(self.web, "-p", "80", "--network", network, "--", "/bin/true", expect=2)
            self.assertIn("a port can't be published with the network none or host", failed.errors[-1])

    def test_what_can_not_be_run_says_what_was_expected(self):
        for options, said in ((("--wait-http", "localhost:80/"), "expected :PORT/PATH of a published port"),
                              (("-w", "rel"), 'working directory "rel": expected an absolute path'),
                              (("--platform", "linux/s390x"), "there is no image for linux/s390x, but for linux/amd64")):
            failed = self.run_image(self.web, *options, "--", "/bin/true", expect=2)
            self.assertIn(said, failed.errors[-1])

    def test_ports_of_udp_are_told_as_such(self):
        done = self.run_image("--detach", self.web, "-p", "53/UDP", "-p", "53/tcp", "--", "/bin/sleep", "4000")
        ports = json.loads(re.search("ready (.*)", done.err)[1])["ports"]
        self.assertEqual([port["protocol"] for port in ports], ["udp", "tcp"])
        udp, tcp = (port["hostPort"] for port in ports)
        listed = self.pinnace("ps", prefix=self.prefix).out
        self.assertIn(f"127.0.0.1:{udp}->53/udp, 127.0.0.1:{tcp}->53\n", listed)
        self.pinnace("stop", done.out.strip(), prefix=self.prefix)


class ImagesAsRoot(Images, RunCase):
    def groups(self, file):
        return glob.glob(f"/sys/fs/cgroup/**/pinnace-*/{file}", recursive=True)

    def test_memory_is_limited(self):
        fill = "x=0123456789abcdef; i=0; while [ $i -lt 22 ]; do x=$x$x; i=$((i+1)); done; echo ${#x}"  # 64 MiB
        self.assertEqual(self.run_image(self.web, "--", "/bin/sh", "-c", fill).out, "67108864\n")
        for root in ((), ("--run-as-host-root",)):
            self.run_image(self.web, "--memory", "32MiB", *root, "--", "/bin/sh", "-c", fill, expect=137)
            failed = self.build(f"FROM {self.web}\nRUN --network=none {fill}\n", "--memory", "32MiB", *root, expect=2)
            self.assertIn("RUN ended with exit code 137", failed.errors[-1])
            self.assertEqual(self.groups("cgroup.procs"), [])

    def test_processes_are_limited_whoever_they_run_as(self):
        """Each user has a count of its own where only RLIMIT_NPROC limits."""
        self.need("cc")
        harness.write(self.path("forks.c"), """
            #include <stdio.h>
            #include <unistd.h>
            int main(void) {
              int made = 0;
              for (int user = 2000; user < 2030; ++user)
                for (int i = 0; i < 5; ++i) {
                  int child = fork();
                  if (child == 0) { if (setuid(user) != 0) _exit(1); for (;;) pause(); }
                  if (child > 0) ++made;
                }
              printf("made %d\\n", made);
            }
        """)
        self.tool("cc", "-static", "-o", self.path("forks"), self.path("forks.c"))
        for root in ((), ("--run-as-host-root",)):
            said = self.run_image(self.web, "--processes", "30", *root, "-v", f"{self.path('forks')}:/forks:ro", "--", "/forks").out
            made = int(re.match("made ([0-9]+)\n", said)[1])
            self.assertTrue(15 <= made < 30, said)
            self.assertTrue(wait_until(lambda: not self.groups("pids.max")))

    def test_a_limit_that_the_runtime_does_not_survive_is_named(self):
        failed = self.run_image(self.web, "--network", "none", "--processes", "1", "--", "/bin/true", expect=None)
        if failed.code != 0:  # crun needs no more
            self.assertIn("than the limit of 1 leaves it (--processes)", failed.errors[-1])

    def test_processors_are_limited(self):
        for root in ((), ("--run-as-host-root",)):
            process, _ = self.start(self.web, "--cpus", "0.25", "-p", "80", *root, "--", "/bin/sleep", "100")
            values = [open(name).read().split()[0] for name in self.groups("cpu.cfs_quota_us") + self.groups("cpu.max")]
            self.assertEqual(values, ["25000"])
            process.kill()
            process.communicate(timeout=60)
            self.assertTrue(wait_until(lambda: not self.groups("cgroup.procs")))


class ImagesAsUser(Images, RunCase):
    prefix = AS_USER

    def test_limits_without_a_control_group_are_refused(self):
        for what, limit in (("memory", "64MiB"), ("processes", "100")):
            failed = self.run_image(self.web, f"--{what}", limit, "--", "/bin/true", expect=2)
            self.assertIn(f"a limit of {what} needs a control group, and none can be made here", failed.errors[-1])
