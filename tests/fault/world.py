"""One copy of an image through two proxies, and what was seen of it."""
import dataclasses
import json
import os
import random
import subprocess
import tempfile
import threading
import time
from typing import Callable

import clients
from harness import environment, sha256, write
from images import OCI, canonical
from proxy import Proxy
from registries import Registry

SOURCE = "fault/image"
BUILT = 30_000_000  # bytes of a layer that is built: more than are kept for sending them again
PATIENCE = 60  # seconds after which a tool is said to hang


@dataclasses.dataclass
class Scenario:
    """A fault and what it must lead to. `arrange(world)` puts faults into the proxies; `complain(run)` yields what is
    wrong with a run, nothing if it is as we want it."""
    name: str
    target: str  # what we want, for the table
    arrange: Callable
    complain: Callable
    settings: str = ""  # of registries.yaml
    registry: str = "docker-registry"  # the target's program
    build: bool = False  # pinnace builds and pushes an image of the same size instead of copying one; peers are left out


@dataclasses.dataclass
class Run:
    world: "World"
    code: int  # None: it hung
    seconds: float
    err: str
    repository: str
    size: int  # of what was to be sent

    @property
    def source(self):
        return self.world.source_proxy

    @property
    def target(self):
        return self.world.target_proxy

    @property
    def intact(self):
        """The image is there, whole."""
        registry = self.world.target
        found = registry.manifest(self.repository, "1")
        return bool(found) and sha256(found[1]) == self.world.image.digest and all(
            registry.request("HEAD", f"/v2/{self.repository}/blobs/{digest}")[0] == 200 for digest in self.world.image.blobs)

    @property
    def built(self):
        """A build pushed its manifest and all blobs of it."""
        found = self.world.target.manifest(self.repository, "1")
        blobs = [json.loads(found[1])["config"], *json.loads(found[1])["layers"]] if found else []
        return bool(blobs) and all(self.world.target.request("HEAD", f"/v2/{self.repository}/blobs/{b['digest']}")[0] == 200
                                   for b in blobs)

    @property
    def half_there(self):
        """Whether a tag leads to something that is not whole."""
        return self.world.target.manifest(self.repository, "1") is not None and not self.intact

    @property
    def downloaded(self):
        """How often the large layer was sent to the client."""
        return sum(r.sent for r in self.source.seen("GET", self.world.image.layer)) / self.world.image.layer_size

    @property
    def uploaded(self):
        """Bytes sent to the target, in images."""
        return sum(r.received for r in self.target.records) / self.size

    @property
    def orphaned(self):
        """Bytes that the target keeps of uploads that were not completed; the date of an empty one doesn't count."""
        uploads = os.path.join(self.world.target.dir, "data/docker/registry/v2/repositories", self.repository, "_uploads")
        return sum(os.path.getsize(os.path.join(parent, "data")) for parent, _, names in os.walk(uploads) if "data" in names)

    @property
    def last_line(self):
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        return lines[-1] if lines else ""


class Image:
    """Two layers of noise and a configuration, in the source registry."""

    def __init__(self, registry, sizes):
        noise = random.Random(7)
        layers = [noise.randbytes(size) for size in sizes]
        config = canonical({"os": "linux", "architecture": "amd64", "config": {},
                            "rootfs": {"type": "layers", "diff_ids": [sha256(layer) for layer in layers]}})
        self.blobs = [registry.put_blob(SOURCE, data) for data in [*layers, config]]
        descriptors = [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "size": len(layer), "digest": digest}
                       for layer, digest in zip(layers, self.blobs)]
        manifest = canonical({
            "schemaVersion": 2, "mediaType": OCI["manifest"],
            "config": {"mediaType": OCI["config"], "size": len(config), "digest": self.blobs[-1]}, "layers": descriptors})
        self.digest = registry.put_manifest(SOURCE, "1", manifest, OCI["manifest"])
        self.layer = self.blobs[0]
        self.layer_size = len(layers[0])
        self.size = sum(sizes)


class World:
    """Registries that live as long as all scenarios; the proxies live as long as one run."""

    def __init__(self, sizes):
        self.source = Registry().start()
        self.targets = {}
        self.image = Image(self.source, sizes)
        self.count = 0

    def run(self, scenario, client):
        self.count += 1
        if scenario.registry not in self.targets:
            self.targets[scenario.registry] = Registry(program=scenario.registry).start()
        self.target = self.targets[scenario.registry]
        repository = f"copy/{client}-{self.count}"
        with Proxy(self.source.port) as self.source_proxy, Proxy(self.target.port) as self.target_proxy, \
                tempfile.TemporaryDirectory(prefix="pinnace-fault-") as home:
            env = environment(home)
            clients.prepare(client, [self.source_proxy.host, self.target_proxy.host], home, env, scenario.settings)
            command = clients.command(client, f"{self.source_proxy.host}/{SOURCE}:1", f"{self.target_proxy.host}/{repository}:1")
            size = self.image.size
            if scenario.build:
                size = BUILT
                command = self._prepare_build(home, f"{self.target_proxy.host}/{repository}:1")
            finish = scenario.arrange(self)
            run = self._run(command, env, repository, size)
            if finish:
                finish()
            return run, list(scenario.complain(run)), describe(run)

    def _prepare_build(self, home, target):
        with open(os.path.join(home, "noise"), "wb") as file:
            file.write(random.Random(8).randbytes(BUILT))
        write(os.path.join(home, "pinnace.yaml"), "version: 1\nbase: scratch\nartifacts: [{from: noise, to: /noise}]\n"
                                                  "platforms: [linux/amd64]\n")
        return [clients.PINNACE, "--quiet", "build", "-f", os.path.join(home, "pinnace.yaml"), "-t", target]

    def _run(self, command, env, repository, size):
        started = time.monotonic()
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, errors="replace")
        try:
            _, err = process.communicate(timeout=PATIENCE)
            code = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            _, err = process.communicate()
            code = None
        return Run(self, code, time.monotonic() - started, err, repository, size)

    def kill_target_once(self, after, back):
        """Kills the target registry when `after` bytes were sent to it, and starts it again `back` seconds later."""
        done = threading.Event()

        def watch():
            while not done.is_set() and sum(r.received for r in self.target_proxy.records) < after:
                time.sleep(0.002)
            if not done.is_set():
                self.target.kill()
                time.sleep(back)
                self.target.start()

        thread = threading.Thread(target=watch)
        thread.start()

        def finish():
            done.set()
            thread.join()
        return finish

    def stop(self):
        for registry in [self.source, *self.targets.values()]:
            registry.stop()


def describe(run):
    """A cell of the table."""
    if run.code is None:
        return f"hangs ({PATIENCE} s)"
    text = f"{'ok' if run.code == 0 else 'fails'} {run.seconds:.1f} s"
    if run.code == 0 and not run.intact and not run.built:
        text += ", **but what arrived is not what was sent**"
    if run.downloaded > 1.2:
        text += f", layer read {run.downloaded:.1f} times"
    if run.uploaded > 1.2:
        text += f", sent {run.uploaded:.1f} times"
    if run.orphaned:
        text += f", leaves {run.orphaned / 1e6:.1f} MB"
    return text
