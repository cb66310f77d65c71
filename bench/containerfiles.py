"""Builds of Containerfiles beside buildah and BuildKit: cold, with nothing changed, with one file changed in the last COPY,
and in the first.

All tools keep what they keep: pinnace its store, buildah its storage (--layers), buildkitd runs on. Before the cold build all
of that is empty, and the base is in the registry only.
"""
import os
import random

import peers
from measure import Failed, measure, scratch
from registries import Registry, seed

ONE_STAGE = """FROM BASE
COPY libraries /srv/libraries
COPY assets /srv/assets
COPY application /srv/application
"""
SEVERAL_STAGES = """FROM BASE AS compiled
COPY libraries /src/libraries
RUN mkdir /out && cat /src/libraries/* > /out/libraries && sha256sum /out/libraries > /out/sum
FROM BASE AS packed
COPY assets /src/assets
RUN mkdir /out && tar -cf /out/assets.tar -C /src --sort=name assets
FROM BASE
COPY --from=compiled /out /srv/libraries
COPY --from=packed /out/assets.tar /srv/assets.tar
COPY application /srv/application
"""
# Files and bytes of each: 45 MB.
TREES = {"libraries": (200, 150_000), "assets": (800, 10_000), "application": (200, 35_000)}
CASES = {"cold": None, "unchanged": None, "last COPY": "application/7", "first COPY": "libraries/7"}
WORKLOADS = {"W8": ONE_STAGE, "W9": SEVERAL_STAGES}


class Pinnace(peers.Pinnace):
    def prepare(self, job):
        pass

    def script(self, job):
        return f"{self.program} --quiet --store {job.path('store')} build -f {job.tree}/Containerfile -t {job.target}"


class Buildah(peers.Buildah):
    def prepare(self, job):
        pass

    def script(self, job):
        options = self.storage(job)
        return (f"buildah {options} bud -q --layers --isolation chroot --tls-verify=false -t {job.target} "
                f"-f {job.tree}/Containerfile {job.tree}\n"
                f"buildah {options} push -q --disable-compression=false --tls-verify=false {job.target}\n")


class BuildKit(peers.BuildKit):
    def _build(self, job, tree, target):
        if not os.path.exists(os.path.join(tree, "Containerfile")):  # that the daemon is warm is all that is asked
            with open(os.path.join(tree, "Containerfile"), "w") as file:
                file.write("FROM scratch\nCOPY . /\n")
        return (f"buildctl --addr {self.socket} build --progress plain --frontend dockerfile.v0 --opt filename=Containerfile "
                f"--local context={tree} --local dockerfile={tree} --output type=image,name={target},push=true,"
                f"registry.insecure=true,compression={self.compression},oci-mediatypes=true")


def make_context(directory, containerfile):
    rng = random.Random(7)
    for name, (count, size) in TREES.items():
        os.makedirs(os.path.join(directory, name))
        for number in range(count):
            with open(os.path.join(directory, name, str(number)), "wb") as file:
                file.write(rng.randbytes(size // 2) + b"text " * (size // 10))
    with open(os.path.join(directory, "Containerfile"), "w") as file:
        file.write(containerfile)


def change(path):
    with open(path, "r+b") as file:
        byte = file.read(1)[0]
        file.seek(0)
        file.write(bytes([byte ^ 0x55]))


def build(tool, job, registry, before):
    """`before` is the digest of the image that has to be another one now, if any."""
    sample = measure(tool.script(job), job.directory, [registry], tool.daemons)
    if registry.manifest("bench/app", "1")[2] == before:
        raise Failed("the image is still the one of before the change")
    return sample


def all_cases(results, workload, tool):
    """One after the other, as a day's work goes."""
    with Registry(seed()) as registry, scratch() as directory:
        job = peers.Job(directory, os.path.join(directory, "context"), registry)
        make_context(job.tree, WORKLOADS[workload].replace("BASE", job.base))
        try:
            tool.prepare(job)
            for case, changed in CASES.items():
                before = None
                if changed:
                    before = registry.manifest("bench/app", "1")[2]
                    change(os.path.join(job.tree, changed))
                results.take(f"{workload} {case}", tool.name, lambda was=before: build(tool, job, registry, was))
                if (f"{workload} {case}", tool.name) in results.failures:
                    break
        finally:
            tool.stop()


def containerfiles(bench):
    for workload in WORKLOADS:
        tools = []
        before = [Pinnace("pinnace before", program=peers.BEFORE)] if peers.BEFORE else []
        for tool in (Pinnace(), *before, Buildah(), BuildKit("gzip")):
            missing = peers.absent(tool.programs)
            if missing and bench.wanted(tool.name):
                bench.results.failures[workload, tool.name] = f"not installed: {', '.join(missing)}"
            elif bench.wanted(tool.name):
                tools.append(tool)
        for tool in bench.in_turn(tools):
            all_cases(bench.results, workload, tool)
