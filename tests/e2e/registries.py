"""Real registries (Debian's docker-registry) on loopback: plain, with TLS, basic and token authentication; and a
server that misbehaves on purpose."""
import atexit
import base64
import contextlib
import hashlib
import http.client
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse

from harness import environment, run


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Authority:
    """A certificate authority of the test's own, with a certificate for localhost and 127.0.0.1."""

    def __init__(self, directory):
        self.folder = os.path.join(directory, "trusted")  # with the CA's certificate only, as skopeo wants it
        os.makedirs(self.folder)
        self.ca = os.path.join(self.folder, "ca.crt")
        self.directory = directory
        self.ca_key = os.path.join(directory, "ca.key")
        run(["openssl", "req", "-x509", *self.EC, "-keyout", self.ca_key, "-out", self.ca, "-days", "2",
             "-subj", "/CN=test CA"])
        self.certificate, self.key = self.issue("server", "localhost")

    EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    def issue(self, name, subject, names="DNS:localhost,IP:127.0.0.1"):
        """A certificate for localhost, for other names or for a client, and its key: two files."""
        certificate, key, request, extensions = (
            os.path.join(self.directory, f"{name}.{suffix}") for suffix in ("crt", "key", "csr", "ext"))
        with open(extensions, "w") as file:
            file.write(f"subjectAltName={names}\n")
        run(["openssl", "req", *self.EC, "-keyout", key, "-out", request, "-subj", f"/CN={subject}"])
        run(["openssl", "x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.ca_key, "-CAcreateserial",
             "-out", certificate, "-days", "2", "-extfile", extensions])
        return certificate, key


class Registry:
    """docker-registry with its data in a temporary directory, or another program: `registry` is distribution v3,
    `referrers` keeps all in memory and has the referrers API (tests/registries). Use as a context manager, or start() and
    stop()."""

    def __init__(self, authority=None, htpasswd=None, token=None, program="docker-registry", client_authority=None):
        self.program = program
        self.client_authority = client_authority  # who must have signed the certificates of clients
        self.dir = tempfile.mkdtemp(prefix="pinnace-registry-")
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.authority = authority
        self._configure(htpasswd, token)
        self.process = None

    def _configure(self, htpasswd, token):
        settings = {
            "version": 0.1,
            "log": {"level": "error", "accesslog": {"disabled": True}},
            "storage": {"filesystem": {"rootdirectory": os.path.join(self.dir, "data")}, "delete": {"enabled": True}},
            "http": {"addr": self.host, "secret": "the same after a restart"},
        }
        if self.authority:
            settings["http"]["tls"] = {"certificate": self.authority.certificate, "key": self.authority.key}
            if self.client_authority:
                settings["http"]["tls"]["clientcas"] = [self.client_authority.ca]
        if htpasswd:
            path = os.path.join(self.dir, "htpasswd")
            user, password = htpasswd
            run(["htpasswd", "-Bbc", path, user, password])
            settings["auth"] = {"htpasswd": {"realm": "test", "path": path}}
        if token:
            settings["auth"] = {"token": {"realm": token.realm, "service": "registry", "issuer": "test",
                                          "rootcertbundle": token.authority.certificate}}
        # JSON is YAML.
        with open(os.path.join(self.dir, "registry.yml"), "w") as file:
            json.dump(settings, file)

    def start(self):
        log = open(os.path.join(self.dir, "log"), "ab")
        arguments = [self.host] if self.program == "referrers" else ["serve", os.path.join(self.dir, "registry.yml")]
        self.process = subprocess.Popen([self.program, *arguments], stdout=log, stderr=log, env=environment(self.dir))
        log.close()
        atexit.register(self.stop)
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                with open(os.path.join(self.dir, "log")) as text:
                    raise AssertionError(f"{self.program} did not start: " + text.read())
            time.sleep(0.02)

    def kill(self):
        """As if the power went; start() brings it back with its data, on the same port."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def request(self, method, path, body=None, headers=None):
        """One plain request: (status, headers, body)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def put_blob(self, repository, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        status, headers, body = self.request("POST", f"/v2/{repository}/blobs/uploads/")
        assert status == 202, (status, body)
        place = urllib.parse.urlsplit(headers["Location"])
        query = place.query + ("&" if place.query else "") + "digest=" + digest
        status, _, body = self.request("PUT", f"{place.path}?{query}", data, {"Content-Type": "application/octet-stream"})
        assert status == 201, (status, body)
        return digest

    def put_manifest(self, repository, tag, data, media_type):
        status, _, body = self.request("PUT", f"/v2/{repository}/manifests/{tag}", data, {"Content-Type": media_type})
        assert status == 201, (status, body)
        return "sha256:" + hashlib.sha256(data).hexdigest()

    ACCEPT = ", ".join(["application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
                        "application/vnd.docker.distribution.manifest.list.v2+json",
                        "application/vnd.docker.distribution.manifest.v2+json"])

    def manifest(self, repository, reference):
        """(media type, bytes), or None."""
        status, headers, body = self.request("GET", f"/v2/{repository}/manifests/{reference}",
                                             headers={"Accept": self.ACCEPT})
        return (headers["Content-Type"], body) if status == 200 else None

    def blob(self, repository, digest):
        status, _, body = self.request("GET", f"/v2/{repository}/blobs/{digest}")
        assert status == 200, (status, body)
        return body

    def state(self):
        """All tags, with digests, and all committed blobs: equal states mean that nothing was pushed."""
        state = {}
        _, _, body = self.request("GET", "/v2/_catalog?n=1000")
        for repository in json.loads(body)["repositories"] or []:
            _, _, body = self.request("GET", f"/v2/{repository}/tags/list")
            for tag in json.loads(body).get("tags") or []:
                found = self.manifest(repository, tag)
                state[f"{repository}:{tag}"] = hashlib.sha256(found[1]).hexdigest() if found else None
        blobs = os.path.join(self.dir, "data/docker/registry/v2/blobs/sha256")
        if os.path.isdir(blobs):
            for parent in os.listdir(blobs):
                state.update(dict.fromkeys(os.listdir(os.path.join(blobs, parent))))
        return state


_shared = {}


def shared_registry(name="first"):
    """A plain registry that lives as long as the test run."""
    if name not in _shared:
        _shared[name] = Registry().start()
    return _shared[name]


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TokenServer:
    """Issues the bearer tokens that docker-registry wants: RS256 JWTs with the certificate in "x5c"."""

    def __init__(self, directory, user=None):
        self.authority = type("Signer", (), {})()
        self.authority.certificate = os.path.join(directory, "token.crt")
        self.key = os.path.join(directory, "token.key")
        run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key,
             "-out", self.authority.certificate, "-days", "2", "-subj", "/CN=token"])
        self.user = user
        self.requests = []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                who = owner.who(self.headers.get("Authorization"))
                owner.requests.append((who, query.get("scope", [])))
                if who is False:
                    return self.answer(401, {"errors": [{"code": "UNAUTHORIZED", "message": "wrong password"}]})
                self.answer(200, {"token": owner.token(query.get("scope", []), who), "expires_in": 300})

            def answer(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.realm = f"http://127.0.0.1:{self.server.server_port}/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def who(self, authorization):
        """The user, None for nobody, False for a wrong password."""
        if not authorization:
            return None
        given = base64.b64decode(authorization.split(" ", 1)[1]).decode()
        return given.split(":")[0] if self.user and given == ":".join(self.user) else False

    def token(self, scopes, who):
        access = []
        for scope in " ".join(scopes).split():
            kind, name, actions = scope.split(":", 2) if scope.count(":") == 2 else (None, None, None)
            granted = [a for a in (actions or "").split(",") if who or (a == "pull" and name.startswith("public/"))]
            if granted:
                access.append({"type": kind, "name": name, "actions": granted})
        with open(self.authority.certificate) as file:
            certificate = ssl.PEM_cert_to_DER_cert(file.read())
        header = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(certificate).decode()]}
        now = int(time.time())
        claims = {"iss": "test", "sub": who or "", "aud": "registry", "exp": now + 300, "nbf": now - 10, "iat": now,
                  "jti": os.urandom(8).hex(), "access": access}
        signed = base64url(json.dumps(header).encode()) + "." + base64url(json.dumps(claims).encode())
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=signed.encode(),
                                   stdout=subprocess.PIPE, check=True).stdout
        return signed + "." + base64url(signature)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class ScriptedServer:
    """Answers every request with what `answer(handler)` does; for registries that misbehave."""

    def __init__(self, answer):
        self.paths = []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                owner.paths.append(f"{self.command} {self.path}")
                answer(self)

            do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def reply(handler, status, body=b"", **headers):
    """Sends an answer; header names are written with "_" for "-"."""
    length = int(handler.headers.get("Content-Length") or 0)
    if length:
        handler.rfile.read(length)
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if "Content_Length" not in headers:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)
