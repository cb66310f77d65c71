"""Debian's docker-registry on loopback, with its data on disk in the directory for temporary files."""
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

import workloads
from measure import prefer

TICKS = os.sysconf("SC_CLK_TCK")
MANIFEST_TYPES = ", ".join(f"application/vnd.{name}+json" for name in (
    "oci.image.manifest.v1", "oci.image.index.v1", "docker.distribution.manifest.v2", "docker.distribution.manifest.list.v2"))


class Registry:
    """A registry that holds what `seed` (a registry's data directory, or None) holds; gone with the `with` block.

    `access_log` costs the registry time: only for runs that count requests."""

    def __init__(self, seed=None, access_log=False):
        self.dir = tempfile.mkdtemp(prefix="registry-")
        self.data = os.path.join(self.dir, "data")
        self.log = os.path.join(self.dir, "log")
        self.process = None
        try:
            if seed:  # the registry never changes a file that it has: it renames new ones into place
                subprocess.run(["cp", "-al", seed, self.data], check=True)
            self._start(access_log)
        except BaseException:
            self.stop()
            raise

    def _start(self, access_log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.host = "127.0.0.1:%d" % probe.getsockname()[1]
        config = {"version": 0.1, "log": {"level": "error", "accesslog": {"disabled": not access_log}},
                  "storage": {"filesystem": {"rootdirectory": self.data}}, "http": {"addr": self.host}}
        path = os.path.join(self.dir, "registry.yml")
        with open(path, "w") as file:
            json.dump(config, file)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["docker-registry", "serve", path], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
                                            start_new_session=True)
        prefer(self.process)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://{self.host}/v2/", timeout=5):
                    return
            except OSError:
                time.sleep(0.02)
        with open(self.log, errors="replace") as log:
            raise RuntimeError(f"docker-registry on {self.host} does not answer: {log.read()[-1000:]}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def cpu(self):
        """Seconds of user and system time so far."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def requests(self):
        """How many requests it has answered; needs the access log."""
        with open(self.log, errors="replace") as log:
            return len(re.findall(r'"(?:GET|HEAD|POST|PUT|PATCH|DELETE) [^"]*" \d{3} ', log.read()))

    def manifest(self, repository, reference):
        request = urllib.request.Request(f"http://{self.host}/v2/{repository}/manifests/{reference}",
                                         headers={"Accept": MANIFEST_TYPES})
        with urllib.request.urlopen(request) as response:
            return response.read(), response.headers["Content-Type"], response.headers["Docker-Content-Digest"]

    def put_manifest(self, repository, tag, body, media_type):
        request = urllib.request.Request(f"http://{self.host}/v2/{repository}/manifests/{tag}", data=body, method="PUT",
                                         headers={"Content-Type": media_type})
        urllib.request.urlopen(request).close()

    def top_layer_megabytes(self, repository, reference):
        manifest = json.loads(self.manifest(repository, reference)[0])
        if "manifests" in manifest:
            return self.top_layer_megabytes(repository, manifest["manifests"][0]["digest"])
        return manifest["layers"][-1]["size"] / 1e6


def seed():
    """The data of a registry that holds W1 as bench/base:1."""
    def make(directory):
        with Registry() as registry:
            subprocess.run(["skopeo", "copy", "-q", "--dest-tls-verify=false", f"oci:{workloads.base_layout()}:1",
                            f"docker://{registry.host}/bench/base:1"], check=True)
            os.rename(registry.data, os.path.join(directory, "data"))
    return os.path.join(workloads.made(os.path.join(workloads.WORK, "seed"), make), "data")
