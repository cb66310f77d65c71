"""pinnace run: the bytes that a container writes are those that who called gets, and it ends when nobody reads them."""
import base64
import json
import os
import pty
import re
import signal
import subprocess

import harness
from harness import environment
from test_run import AS_USER, RunCase, processes_with, wait_until

EVERY = bytes(range(256)) * 3
CONTENTS = {"every": EVERY, "long": b"x" * (1 << 20), "ends": b"one\r\ntwo\rthree\r\n\n\rlast", "nothing": b"",
            "cut": b"\xe2\x82", "lines": b"".join(b"%d\n" % number for number in range(100_000))}


class Output:
    def setUp(self):
        super().setUp()
        self.files("shared", CONTENTS)
        self.volume = ("-v", f"{self.path('shared')}:/shared:ro")

    def command(self, *arguments):
        return [*self.prefix, harness.PINNACE, "run", *arguments]

    def start(self, *arguments, **streams):
        process = subprocess.Popen(self.command(*arguments), cwd=self.dir, env=environment(self.home), stdin=subprocess.DEVNULL,
                                   **streams)
        self.addCleanup(process.kill)
        return process

    def test_bytes_are_what_the_container_wrote(self):
        for name, content in CONTENTS.items():
            for redirect, stream in (("", "stdout"), (" >&2", "stderr")):
                with self.subTest(name, stream=stream), open(self.path("got"), "wb+") as file:
                    arguments = (*self.volume, self.base, "--", "/bin/sh", "-c", f"cat /shared/{name}{redirect}")
                    process = self.start(*arguments, **{stream: file})
                    self.assertEqual(process.wait(60), 0)
                    file.seek(0)
                    self.assertEqual(file.read(), content)
                    process = self.start(*arguments, **{stream: subprocess.PIPE})
                    out, err = process.communicate(timeout=60)
                    piped = out if stream == "stdout" else err
                    self.assertTrue(piped == content, piped[:100])

    def test_what_nobody_reads_any_more_ends_the_container(self):
        for script in ("yes", "while echo y; do :; done", "trap '' PIPE; while :; do echo y; done",
                       "trap '' PIPE TERM; while :; do echo y; done"):
            with self.subTest(script):
                arguments = ("--stop-time", "1", self.base, "--", "/bin/busybox", "sh", "-c", script)
                process = self.start(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self.assertEqual(process.stdout.read(2), b"y\n")
                process.stdout.close()
                self.assertEqual(process.wait(60), 128 + signal.SIGPIPE)
                said = [line for line in process.stderr.read().splitlines() if not line.startswith(b"unpacking layer ")]
                self.assertEqual(said, [])
                process.stderr.close()
                self.assertTrue(wait_until(lambda: not processes_with(self.home)), processes_with(self.home))

    def test_in_a_pipeline(self):
        line = " ".join(self.command(self.base, "--", "/bin/busybox", "yes")) + " | head -1"
        done = subprocess.run(["bash", "-c", f"{line}; echo ${{PIPESTATUS[0]}}"], env=environment(self.home), timeout=60, check=True,
                              stdout=subprocess.PIPE)
        self.assertEqual(done.stdout, b"y\n141\n")

    def test_it_can_be_stopped_though_nobody_reads(self):
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        process = self.start(self.base, "--", "/bin/busybox", "yes", stdout=writing, stderr=subprocess.DEVNULL)
        os.close(writing)
        self.assertTrue(wait_until(lambda: [line for line in processes_with("busybox yes") if line.startswith("/bin/busybox yes")]))
        process.send_signal(signal.SIGINT)
        self.assertIn(process.wait(30), (130, 141))

    def on_a_terminal(self, *command):
        """What comes to a terminal."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([*self.prefix, harness.PINNACE, *command], env=environment(self.home), stdin=subprocess.DEVNULL,
                                   stdout=theirs, stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        os.close(theirs)
        got = b""
        try:
            while part := os.read(ours, 65536):
                got += part
        except OSError:
            pass  # the other end is closed
        process.communicate(timeout=60)
        os.close(ours)
        return got

    def test_a_terminal_is_not_steered(self):
        ident = self.pinnace("run", "--detach", *self.volume, self.base, "--", "/bin/cat", "/shared/every", prefix=self.prefix).out.strip()
        self.assertTrue(wait_until(lambda: "ended" in self.pinnace("ps", prefix=self.prefix).out))
        for command in (("run", *self.volume, self.base, "--", "/bin/cat", "/shared/every"), ("logs", ident)):
            said = self.on_a_terminal(*command)
            self.assertEqual(re.findall(rb"[^\t\r\n -~]", said), [])
            self.assertIn(b"\\x1b", said)
        self.pinnace("stop", ident, prefix=self.prefix)
        said = self.on_a_terminal("run", *self.volume, self.base, "--", "/bin/sh", "-c", "cat /shared/ends")
        self.assertEqual(said.replace(b"\r\r\n", b"\r\n"), b"one\r\ntwo\rthree\r\n\r\n\rlast")

    def test_the_log_of_one_that_is_detached(self):
        ident = self.pinnace("run", "--detach", *self.volume, self.base, "--", "/bin/sh", "-c", "cat /shared/every; cat /shared/long",
                             prefix=self.prefix).out.strip()
        self.assertTrue(wait_until(lambda: "ended" in self.pinnace("ps", prefix=self.prefix).out))
        logs = [*self.prefix, harness.PINNACE, "logs", ident]
        done = subprocess.run(logs, env=environment(self.home), stdout=subprocess.PIPE, check=True)
        self.assertTrue(done.stdout == EVERY + CONTENTS["long"], done.stdout[:100])
        self.pinnace("stop", ident, prefix=self.prefix)

    def test_a_program_gets_bytes_and_ports(self):
        schema = self.pinnace("job", "--schema", "run").json()
        request = {name: None for name in schema["$defs"]["RunRequest"]["properties"]}
        request.update(version=1, store=os.path.join(self.home, "store"), image=self.base, ports=["80"],
                       volumes=[f"{self.path('shared')}:/shared:ro"], command=["/bin/sh", "-c", "cat /shared/every; cat /shared/ends >&2"])
        text = json.dumps(request).encode()
        header = json.dumps({"version": 1, "requestBytes": len(text), "credentialsBytes": None}).encode()
        process = subprocess.Popen([*self.prefix, harness.PINNACE, "job", "run", "--pipe"], env=environment(self.home),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.kill)
        process.stdin.write(header + b"\n" + text + b"run\n")
        process.stdin.flush()
        events = [json.loads(line) for line in process.stdout]
        process.communicate(timeout=60)
        said = {kind: b"".join(base64.b64decode(event["bytes"]) for event in events if event["event"] == kind)
                for kind in ("output", "error_output")}
        self.assertEqual(said, {"output": EVERY, "error_output": CONTENTS["ends"]})
        ready, = (event["ready"]["ports"] for event in events if event["event"] == "ready")
        self.assertEqual([(port["address"], port["containerPort"], port["protocol"]) for port in ready], [("127.0.0.1", 80, "tcp")])
        self.assertEqual(events[-1]["result"]["exitCode"], 0)


class OutputAsRoot(Output, RunCase):
    pass


class OutputAsUser(Output, RunCase):
    prefix = AS_USER
