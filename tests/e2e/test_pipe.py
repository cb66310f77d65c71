"""pinnace job --pipe, as a program that is not written in Java would use it."""
import json
import os
import signal
import socket
import subprocess

import harness
from harness import Case, environment

GC = {"version": 1, "store": "/nonexistent", "registries": None, "layout": None, "cacheSize": None, "olderThan": None, "all": False}


class Pipe(Case):
    def start(self, job="gc"):
        process = subprocess.Popen([harness.PINNACE, "job", job, "--pipe"], env=environment(self.home),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.finish, process)
        return process

    @staticmethod
    def finish(process):
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()

    @staticmethod
    def send(process, request, credentials=None, header=None):
        request = json.dumps(request).encode()
        credentials = None if credentials is None else json.dumps(credentials).encode()
        header = header or {"version": 1, "requestBytes": len(request),
                            "credentialsBytes": None if credentials is None else len(credentials)}
        process.stdin.write(json.dumps(header).encode() + b"\n" + request + (credentials or b""))
        process.stdin.flush()

    @staticmethod
    def answer(process):
        return json.loads(process.stdout.readline())

    def end(self, process, code):
        """The last line is an error with this code; nothing comes after it, or on stderr."""
        self.assertEqual(self.answer(process)["error"]["code"], code)
        out, err = process.communicate(timeout=10)
        self.assertEqual((out, err, process.returncode), (b"", b"", 0))

    def silent_registry(self):
        """Accepts connections and says nothing."""
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        request = {"version": 1, "store": os.path.join(self.home, "store"), "registries": None, "digestOnly": True,
                   "environments": None, "references": [f"127.0.0.1:{server.getsockname()[1]}/silent:1"]}
        return server, request

    def test_opens_then_runs(self):
        process = self.start()
        self.send(process, GC)
        self.assertEqual(self.answer(process)["event"], "opened")
        process.stdin.write(b"run\n")
        process.stdin.flush()
        self.end(process, "not_found")

    def test_the_end_of_the_input_cancels(self):
        process = self.start()
        self.send(process, GC)
        self.assertEqual(self.answer(process)["event"], "opened")
        process.stdin.close()
        self.assertEqual(self.answer(process)["error"]["code"], "cancelled")
        self.assertEqual(process.wait(10), 0)

    def run_against_silence(self):
        server, request = self.silent_registry()
        process = self.start("inspect")
        self.send(process, request, {"version": 1, "registries": {}})
        self.assertEqual(self.answer(process)["event"], "opened")
        process.stdin.write(b"run\n")
        process.stdin.flush()
        connection, _ = server.accept()
        self.addCleanup(connection.close)
        return process

    def test_the_end_of_the_input_cancels_what_runs(self):
        process = self.run_against_silence()
        process.stdin.close()
        self.assertEqual(self.answer(process)["error"]["code"], "cancelled")
        self.assertEqual(process.wait(10), 0)

    def test_a_signal_cancels_what_runs(self):
        process = self.run_against_silence()
        process.send_signal(signal.SIGTERM)
        self.end(process, "cancelled")

    def test_what_is_not_the_protocol_is_refused(self):
        good = {"version": 1, "requestBytes": 2, "credentialsBytes": None}
        for header in ({}, [], {**good, "version": 2}, {**good, "requestBytes": -1}, {**good, "requestBytes": "2"},
                       {**good, "requestBytes": 1 << 40}, {**good, "credentialsBytes": 1 << 30}):
            with self.subTest(header):
                process = self.start()
                self.send(process, {}, header=header or [0])
                self.end(process, "invalid_input")

    def test_input_that_is_cut_off_is_refused(self):
        for text in (b"", b"{", b"x" * 10_000, b'{"version":1,"requestBytes":99,"credentialsBytes":null}\n{}'):
            with self.subTest(text):
                process = self.start()
                out, err = process.communicate(text, timeout=10)
                self.assertEqual(json.loads(out)["error"]["code"], "invalid_input")
                self.assertEqual((err, process.returncode), (b"", 0))

    def test_secrets_are_never_quoted(self):
        for credentials in ({"version": 1, "registries": {"h.test": "s3cr3t"}}, ["s3cr3t"], {"version": "s3cr3t"}):
            with self.subTest(credentials):
                process = self.start()
                self.send(process, GC, credentials)
                out, err = process.communicate(timeout=10)
                self.assertEqual(json.loads(out)["error"]["code"], "invalid_input")
                self.assertNotIn(b"s3cr3t", out + err)
