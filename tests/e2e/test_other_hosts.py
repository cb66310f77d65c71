"""Registries that lead to other hosts: in a network namespace that has nothing but addresses of its own."""
import http.server
import json
import os
import subprocess
import sys
import threading
import unittest

from harness import HERE, PINNACE, Case

ELSEWHERE = "192.0.2.7"  # TEST-NET-1; only the namespace has it


class OtherHosts(Case):
    def lead(self, location, registry="127.0.0.1", **settings):
        """What pinnace says of an image whose registry leads to `location`, and whether that place was reached."""
        self.need("unshare", "ip")
        configured = "".join(f"  \"{host}\": {{plainHttp: true}}\n" for host in settings.get("plain", []))
        self.files("home/.config/pinnace", {"registries.yaml": f"version: 1\nregistries:\n{configured}transfer: {{attempts: 1}}\n"
                                            if configured else "version: 1\ntransfer: {attempts: 1}\n"})
        done = subprocess.run(["unshare", "--user", "--map-root-user", "--net", sys.executable, os.path.abspath(__file__),
                               PINNACE, registry, location, self.home],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def refused(self, location, **options):
        seen = self.lead(location, **options)
        self.assertEqual(seen["code"], 3, seen)
        self.assertEqual(seen["reached"], [], seen)
        self.assertIn("refused", seen["error"])
        return seen

    def test_from_loopback_to_plain_http_elsewhere(self):
        self.refused(f"http://{ELSEWHERE}:8080/blob")
        self.refused("http://169.254.169.254/latest/meta-data")

    def test_what_is_configured_may_be_led_to(self):
        seen = self.lead(f"http://{ELSEWHERE}:8080/blob", plain=[f"{ELSEWHERE}:8080"])
        self.assertEqual(seen["reached"], ["GET /blob", "GET /blob"][:len(seen["reached"])], seen)
        self.assertTrue(seen["reached"])

    def test_from_elsewhere_to_this_machine(self):
        self.refused("http://127.0.0.1:8081/admin", registry=ELSEWHERE, plain=[f"{ELSEWHERE}:5000"])
        self.refused("http://localhost:8081/admin", registry=ELSEWHERE, plain=[f"{ELSEWHERE}:5000"])

    def test_from_elsewhere_to_a_third_host(self):
        self.refused("http://192.0.2.8:8080/x", registry=ELSEWHERE, plain=[f"{ELSEWHERE}:5000"])

    def test_other_schemes(self):
        for location in ("file:///etc/passwd", "gopher://127.0.0.1:8081/x", "ftp://127.0.0.1/x"):
            seen = self.lead(location)
            self.assertNotEqual(seen["code"], 0)
            self.assertEqual(seen["reached"], [])


def serve(address, port, answer):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer((address, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def inside(pinnace, registry, location, home):
    """Runs in the namespace."""
    for command in (["link", "set", "lo", "up"], *(["addr", "add", f"{address}/32", "dev", "lo"]
                                                   for address in (ELSEWHERE, "192.0.2.8", "169.254.169.254"))):
        subprocess.run(["ip", *command], check=True)
    reached = []

    def take(handler):
        reached.append(f"{handler.command} {handler.path}")
        handler.send_error(404)

    def lead(handler):
        handler.send_response(307)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    for address, port in ((ELSEWHERE, 8080), ("192.0.2.8", 8080), ("169.254.169.254", 80), ("127.0.0.1", 8081)):
        serve(address, port, take)
    serve(registry, 5000, lead)
    done = subprocess.run([pinnace, "inspect", f"{registry}:5000/x/y:1"], env={"HOME": home, "PATH": os.environ["PATH"]},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    print(json.dumps({"code": done.returncode, "reached": reached, "error": done.stderr}))


if __name__ == "__main__":
    inside(*sys.argv[1:])
