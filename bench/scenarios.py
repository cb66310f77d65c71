"""What is measured: one function a workload, which runs all tools in turn, round after round."""
import contextlib
import json
import os
import shutil

import peers
import workloads
from containerfiles import containerfiles
from measure import Failed, measure, run, scratch
from registries import MANIFEST_TYPES, Registry, seed

TAGS = 200
STARTS = 50


class Bench:
    def __init__(self, results, rounds, slow_rounds, tools, left_out=()):
        self.results = results
        self.rounds = rounds
        self.slow_rounds = slow_rounds  # of a slow tool at a big workload
        self.tools = tools  # first words of names; None: all
        self.left_out = left_out  # pairs of a workload and the name of a tool

    def wanted(self, name):
        return self.tools is None or name.replace(",", "").split()[0] in self.tools

    def builders(self, workload, slow_too=True):
        for builder in peers.BUILDERS + ([peers.COLD_PINNACE] if workload == "W2" else []):
            missing = peers.absent(builder.programs)
            if not self.wanted(builder.name) or (builder.slow and not slow_too):
                continue
            if missing:
                self.results.failures[workload, builder.name] = f"not installed: {', '.join(missing)}"
            elif (workload, builder.name) in self.left_out:
                self.results.failures[workload, builder.name] = "left out of this run, as it would take most of its time"
            else:
                yield builder

    def commands(self, table):
        """Commands of a table of peers.py whose program is there."""
        return {name: command for name, (program, command) in table.items()
                if self.wanted(name) and not peers.absent([program])}

    def in_turn(self, items, slow=()):
        """All items once a round, each round starting with another: who runs after whom must not decide. Those that are in
        `slow` are in the first slow_rounds rounds only."""
        items = list(items)
        for i in range(self.rounds if items else 0):
            start = i % len(items)
            for item in items[start:] + items[:start]:
                if item not in slow or i < self.slow_rounds:
                    yield item


@contextlib.contextmanager
def job_for(builder, tree):
    """A registry with the base only, and a job there that is prepared."""
    with Registry(seed()) as registry, scratch() as directory:
        job = peers.Job(directory, tree, registry)
        try:
            builder.prepare(job)
            yield job, registry
        finally:
            builder.stop()


def warm(tree):
    """Reads all files once: whether the page cache still has them must not decide."""
    with scratch() as directory:
        run(f"tar -cf - -C '{tree}' . | cat > /dev/null", directory)


def measure_build(builder, job, registry):
    warm(job.tree)
    sample = measure(builder.script(job), job.directory, [registry], builder.daemons)
    sample.layer = registry.top_layer_megabytes("bench/app", "1")
    return sample


def build(bench, workload, tree, big=False):
    def once(builder):
        with job_for(builder, tree) as (job, registry):
            return measure_build(builder, job, registry)

    builders = list(bench.builders(workload))
    for builder in bench.in_turn(builders, [builder for builder in builders if big and builder.slow]):
        bench.results.take(workload, builder.name, lambda b=builder: once(b))


def rebuild(bench, workload, tree, change=None, slow_too=False):
    """Everything was built and pushed before by the same tool; `change` may then alter the tree."""
    def once(builder):
        with job_for(builder, tree) as (job, registry):
            run(builder.script(job), job.directory)
            undo = change(tree) if change else None
            try:
                builder.prepare(job)
                return measure_build(builder, job, registry)
            finally:
                if undo:
                    undo()

    for builder in bench.in_turn(bench.builders(workload, slow_too)):
        if builder is not peers.COLD_PINNACE:
            bench.results.take(workload, builder.name, lambda b=builder: once(b))


def change_one_file(tree):
    """Other bytes in the middle of one file of about 100 KB; returns what puts the old ones back."""
    candidates = []
    for parent, folders, names in os.walk(tree):
        folders.sort()
        for name in names:
            path = os.path.join(parent, name)
            candidates.append((abs(os.path.getsize(path) - 100_000), path))
    path = min(candidates)[1]
    info = os.stat(path)
    with open(path, "rb") as file:
        old = file.read()

    def write(data):
        with open(path, "wb") as file:
            file.write(data)

    def undo():
        write(old)
        os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))

    middle = len(old) // 2
    write(old[:middle] + bytes(byte ^ 0x55 for byte in old[middle:middle + 64]) + old[middle + 64:])
    return undo


def w1(bench):
    layout = workloads.base_layout()

    def once(command):
        with Registry() as registry, scratch() as directory:
            peers.regctl_allows(registry.host)
            sample = measure(command.format(layout=layout, dst=f"{registry.host}/bench/app:1"), directory, [registry])
            sample.layer = registry.top_layer_megabytes("bench/app", "1")
            return sample

    for name, command in bench.in_turn(bench.commands(peers.PUSHERS).items()):
        bench.results.take("W1", name, lambda c=command: once(c))


def w2(bench):
    build(bench, "W2", workloads.w2())


def w3(bench):
    build(bench, "W3", workloads.w3(), big=True)


def w4(bench):
    build(bench, "W4", workloads.w4(), big=True)


def w5(bench):
    """Promotion of W3 by digest: (a) another repository of the same registry, (b) another registry, cold, (c) again,
    (d) one new layer of 16 MB."""
    copiers = bench.commands(peers.COPIERS)
    with Registry(seed()) as source, scratch() as directory:
        peers.regctl_allows(source.host)
        image, grown = promotion_sources(source, directory)
        for number, (name, command) in enumerate(bench.in_turn(copiers.items())):
            with Registry() as target:
                promote(bench, name, command, source, target, image, grown, number)
        for name, command in copiers.items():
            if "W5b" in bench.results.samples and name in bench.results.samples["W5b"]:
                requests = count_requests(command, source, image)
                for sample in bench.results.samples["W5b"][name]:
                    sample.requests = requests


def promotion_sources(source, directory):
    """References by digest to W3, and to W3 with a layer of 16 MB more, made by crane."""
    job = peers.Job(directory, workloads.w3(), source)
    crane = peers.Crane()
    run(crane.script(job), directory)
    grown = peers.Job(directory, os.path.join(directory, "extra"), source, "bench/grown")
    grown.base = job.target
    os.makedirs(os.path.join(grown.tree, "opt"))
    with open(os.path.join(grown.tree, "opt/new"), "wb") as file:
        file.write(os.urandom(16_000_000))
    run(crane.script(grown), directory)
    return [f"{source.host}/{repository}@{source.manifest(repository, '1')[2]}" for repository in ("bench/app", "bench/grown")]


def promote(bench, name, command, source, target, image, grown, number):
    peers.regctl_allows(target.host)
    steps = {"W5a": (image, f"{source.host}/promoted-{number}/app:1"), "W5b": (image, f"{target.host}/prod/app:1"),
             "W5c": (image, f"{target.host}/prod/app:1"), "W5d": (grown, f"{target.host}/prod/app:2")}
    for workload, (src, dst) in steps.items():
        with scratch() as directory:
            bench.results.take(workload, name, lambda c=command.format(src=src, dst=dst), d=directory:
                               measure(c, d, [source, target]))


def count_requests(command, source, image):
    """Requests to the target of a cold copy, in a run that is not timed."""
    with Registry(access_log=True) as target, scratch() as directory:
        peers.regctl_allows(target.host)
        before = target.requests()
        run(command.format(src=image, dst=f"{target.host}/prod/app:1"), directory)
        return target.requests() - before


def w6(bench):
    """Tags to digests, each tag another manifest."""
    commands = bench.commands(peers.RESOLVERS)
    with Registry(seed()) as registry:
        peers.regctl_allows(registry.host)
        body, media_type, _ = registry.manifest("bench/base", "1")
        manifest = json.loads(body)
        for i in range(TAGS):
            manifest["annotations"] = {"bench": str(i)}
            registry.put_manifest("bench/base", f"t{i}", json.dumps(manifest).encode(), media_type)
        for name, command in bench.in_turn(commands.items()):
            with scratch() as directory:
                bench.results.take("W6", name, lambda c=command, d=directory: resolve(c, registry, d))


def resolve(command, registry, directory):
    with open(os.path.join(directory, "refs"), "w") as refs, open(os.path.join(directory, "urls"), "w") as urls:
        for i in range(TAGS):
            refs.write(f"{registry.host}/bench/base:t{i}\n")
            urls.write(f'url = "http://{registry.host}/v2/bench/base/manifests/t{i}"\n')
    sample = measure(command.format(accept=MANIFEST_TYPES), directory, [registry])
    with open(os.path.join(directory, "log"), errors="replace") as log:
        found = len(set(word for word in log.read().replace('"', " ").split() if word.startswith("sha256:")))
    if found != TAGS:
        raise Failed(f"{command}\ngave {found} digests, {TAGS} expected")
    return sample


def w7(bench):
    rebuild(bench, "W7 W2", workloads.w2(), slow_too=True)
    rebuild(bench, "W7 W3", workloads.w3())
    rebuild(bench, "W7 W4", workloads.w4())
    # On a copy: W3 itself stays as it is even if this is killed.
    with scratch() as directory:
        tree = os.path.join(directory, "tree")
        shutil.copytree(workloads.w3(), tree)
        rebuild(bench, "W7 W3 +1", tree, change=change_one_file)


def startup(bench):
    for name, command in bench.in_turn(bench.commands(peers.STARTERS).items()):
        with scratch() as directory:
            bench.results.take("start", name, lambda c=command, d=directory: mean_start(c, d))


def mean_start(command, directory):
    sample = measure(f"i=0; while [ $i -lt {STARTS} ]; do {command} > /dev/null 2>&1 || exit 1; i=$((i + 1)); done", directory, [])
    sample.wall /= STARTS
    sample.cpu /= STARTS
    return sample


SCENARIOS = {"start": startup, "W1": w1, "W2": w2, "W3": w3, "W4": w4, "W5": w5, "W6": w6, "W7": w7,
             "containerfiles": containerfiles}
