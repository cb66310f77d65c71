"""How each tool is asked for a job, as its user would.

A builder or copier has a name and gives shell scripts; what a user has beforehand (the base in the tool's own store, a
daemon that runs) is prepared outside of the measurement. A new tool is a new class in BUILDERS or COPIERS.
"""
import os
import shutil
import subprocess
import time

import workloads
from measure import Failed, prefer, run

ROOT = workloads.ROOT
PINNACE = os.path.abspath(os.environ.get("PINNACE", os.path.join(ROOT, "build/release/pinnace")))
TOOLS = os.path.join(ROOT, "build/tools")


class Job:
    """One build: `tree` (with opt/app in it) on `base` to `target`, with `directory` for what the tool keeps."""

    def __init__(self, directory, tree, registry, repository="bench/app"):
        self.directory = directory
        self.tree = tree
        self.host = registry.host
        self.base = f"{registry.host}/bench/base:1"
        self.target = f"{registry.host}/{repository}:1"

    def path(self, name):
        return os.path.join(self.directory, name)


class Builder:
    name = ""
    programs = ()      # that must be there
    slow = False       # left out where it would take most of the time
    daemons = ()       # things with cpu() that work for it

    def start(self):
        """Once before all jobs. Raises Failed if the tool can't work here."""

    def prepare(self, job):
        """Before each measured script, a repeated one too."""

    def script(self, job):
        raise NotImplementedError

    def stop(self):
        """Once after all jobs."""


class Pinnace(Builder):
    def __init__(self, name="pinnace", options="", cold=False, program="pinnace"):
        self.name = name
        self.program = program
        self.programs = (PINNACE if program == "pinnace" else program,)
        self.options = options
        self.cold = cold

    def prepare(self, job):
        """Leaves a store as it is after any earlier build on the same base: what the base has at which path is known."""
        if os.path.exists(job.path("store")) or self.cold:
            return
        small = job.path("small")
        os.makedirs(os.path.join(small, "opt/app"))
        with open(os.path.join(small, "opt/app/one"), "w") as file:
            file.write("1")
        run(self._build(job, small) + f" -t oci:{job.path('small-image')}", job.directory)

    def script(self, job):
        return self._build(job, job.tree) + f" -t {job.target}"

    def _build(self, job, tree):
        with open(job.path("pinnace.yaml"), "w") as file:
            file.write(f"version: 1\nbase: {job.base}\nartifacts:\n  - {{from: opt/app, to: /opt/app}}\n")
        return f"{self.program} --quiet --store {job.path('store')} build -f pinnace.yaml --context {tree} {self.options}"


class Crane(Builder):
    name = "crane"
    programs = ("crane", "tar")

    def script(self, job):
        return f"tar -C {job.tree} -cf - opt | crane append --insecure -f - -b {job.base} -t {job.target}"


class Umoci(Builder):
    name = "umoci + skopeo"
    programs = ("umoci", "skopeo")

    def prepare(self, job):
        shutil.rmtree(job.path("layout"), ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", workloads.base_layout(), job.path("layout")], check=True)

    def script(self, job):
        return (f"umoci insert --image layout:1 {job.tree}/opt/app /opt/app\n"
                f"skopeo copy -q --dest-tls-verify=false oci:layout:1 docker://{job.target}")


class Buildah(Builder):
    name = "buildah"
    programs = ("buildah",)
    slow = True
    driver = "overlay"

    def storage(self, job):
        return f"--root {job.path('storage')} --runroot {job.path('run')} --storage-driver {self.driver}"

    def prepare(self, job):
        if not os.path.exists(job.path("storage")):
            run(f"buildah {self.storage(job)} pull --tls-verify=false {job.base}", job.directory)

    def script(self, job):
        options = self.storage(job)
        return (f"c=$(buildah {options} from --pull-never {job.base})\n"
                f"buildah {options} copy -q $c {job.tree}/opt/app /opt/app\n"
                f"buildah {options} commit -q --disable-compression=false --tls-verify=false $c docker://{job.target}\n")


class Regctl(Builder):
    name = "regctl"
    programs = ("regctl",)
    slow = True

    def prepare(self, job):
        regctl_allows(job.host)

    def script(self, job):
        return f"regctl image mod {job.base} --create {job.target} --layer-add dir={job.tree}"


class Jib(Builder):
    """A cold JVM each time; jib's own cache has the base's layers from a build before."""
    name = "jib-core"
    programs = ("java", os.path.join(TOOLS, "jib/jib-build-1.jar"))
    slow = True

    def prepare(self, job):
        if os.path.exists(job.path("jib-cache")):
            return
        small = job.path("small")
        os.makedirs(os.path.join(small, "opt/app"))
        run(self._build(job, small, f"{job.host}/bench/warm:1"), job.directory)

    def script(self, job):
        return self._build(job, job.tree, job.target)

    @staticmethod
    def _build(job, tree, target):
        return f"java -cp '{TOOLS}/jib/*' JibBuild {job.base} {tree}/opt {job.path('jib-cache')} {target}"


class Daemon:
    """A process and all it starts; CPU time is that of the whole tree, the ended children with it."""

    def __init__(self, command, log):
        with open(log, "wb") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            start_new_session=True)
        prefer(self.process)

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class BuildKit(Builder):
    """buildkitd is warm: it runs, and a build on the same base was done before. It lives as long as one registry, as its
    cache knows what it has pushed where."""
    programs = ("buildctl", "buildkitd", "runc")

    def __init__(self, compression):
        self.name = f"buildkit {compression}"
        self.compression = compression
        self.slow = compression == "gzip"
        self.daemons = []

    def prepare(self, job):
        if os.path.exists(job.path("buildkit")):
            return
        self.stop()
        self.socket = "unix://" + job.path("buildkit.sock")
        with open(job.path("buildkitd.toml"), "w") as file:
            file.write(f'[registry."{job.host}"]\n  http = true\n  insecure = true\n')
        self.daemons = [Daemon(["buildkitd", "--root", job.path("buildkit"), "--addr", self.socket, "--config",
                                job.path("buildkitd.toml"), "--oci-worker-gc=false", "--containerd-worker=false"],
                               job.path("buildkitd.log"))]
        self._wait(job)
        small = job.path("small")
        os.makedirs(os.path.join(small, "opt/app"), exist_ok=True)
        run(self._build(job, small, f"{job.host}/bench/warm:1"), job.directory)

    def _wait(self, job):
        for _ in range(200):
            done = subprocess.run(["buildctl", "--addr", self.socket, "debug", "workers"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, check=False)
            if done.returncode == 0:
                return
            if self.daemons[0].process.poll() is not None:
                break
            time.sleep(0.05)
        with open(job.path("buildkitd.log"), errors="replace") as log:
            raise Failed(f"buildkitd does not answer: {log.read()[-1000:].strip()}")

    def script(self, job):
        return self._build(job, job.tree, job.target)

    def _build(self, job, tree, target):
        os.makedirs(job.path("dockerfile"), exist_ok=True)
        with open(job.path("dockerfile/Dockerfile"), "w") as file:
            file.write(f"FROM {job.base}\nCOPY opt/app /opt/app\n")
        return (f"buildctl --addr {self.socket} build --progress plain --frontend dockerfile.v0 --local context={tree} "
                f"--local dockerfile={job.path('dockerfile')} --output type=image,name={target},push=true,"
                f"registry.insecure=true,compression={self.compression},oci-mediatypes=true")

    def stop(self):
        for daemon in self.daemons:
            daemon.stop()
        self.daemons = []


BUILDERS = [Pinnace(), Pinnace("pinnace zstd", "--compression zstd"), Crane(), Umoci(), BuildKit("zstd"), BuildKit("gzip"),
            Buildah(), Regctl(), Jib()]
COLD_PINNACE = Pinnace("pinnace, first build", cold=True)
BEFORE = None  # an executable of an older tree, see compare_with()


def compare_with(executable):
    """Measures another pinnace beside ours, as "pinnace before"."""
    global BEFORE
    BEFORE = os.path.abspath(executable)
    BUILDERS.append(Pinnace("pinnace before", program=BEFORE))
    STARTERS["pinnace before"] = (BEFORE, f"{BEFORE} --version")


def regctl_allows(*hosts):
    for host in hosts:
        subprocess.run(["regctl", "registry", "set", "--tls", "disabled", host], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)


# name: (program, command with SRC and DST)
COPIERS = {
    "pinnace": (PINNACE, "pinnace --quiet copy {src} {dst}"),
    "crane": ("crane", "crane copy --insecure {src} {dst}"),
    "skopeo": ("skopeo", "skopeo copy -q --all --preserve-digests --src-tls-verify=false --dest-tls-verify=false "
                         "docker://{src} docker://{dst}"),
    "regctl": ("regctl", "regctl image copy {src} {dst}"),
    "oras": ("oras", "oras cp --from-plain-http --to-plain-http {src} {dst}"),
}

# From an OCI layout LAYOUT with the tag 1.
PUSHERS = {
    "pinnace": (PINNACE, "pinnace --quiet copy oci:{layout}:1 {dst}"),
    "crane": ("crane", "crane push --insecure {layout} {dst}"),
    "skopeo": ("skopeo", "skopeo copy -q --dest-tls-verify=false oci:{layout}:1 docker://{dst}"),
    "regctl": ("regctl", "regctl image copy ocidir://{layout}:1 {dst}"),
    "oras": ("oras", "oras cp --from-oci-layout --to-plain-http {layout}:1 {dst}"),
}

# References are in the file `refs`, one a line, and the URLs of their manifests in `urls`, as curl's configuration.
RESOLVERS = {
    "pinnace": (PINNACE, "pinnace inspect --digest $(cat refs)"),
    "curl, 8 connections": ("curl", "curl -sI --fail -Z --parallel-max 8 -H 'Accept: {accept}' -K urls"),
    "curl, one connection": ("curl", "curl -sI --fail -H 'Accept: {accept}' -K urls"),
    "crane": ("crane", "while read -r r; do crane digest --insecure $r; done < refs"),
    "crane, 4 at a time": ("crane", "xargs -n 1 -P 4 crane digest --insecure < refs"),
    "skopeo": ("skopeo", "while read -r r; do skopeo inspect --tls-verify=false --no-tags --format '{{{{.Digest}}}}' docker://$r; done < refs"),
    "regctl": ("regctl", "while read -r r; do regctl image digest $r; done < refs"),
    "oras": ("oras", "while read -r r; do oras resolve --plain-http $r; done < refs"),
}

STARTERS = {
    "pinnace": (PINNACE, "pinnace --version"),
    "crane": ("crane", "crane version"),
    "umoci": ("umoci", "umoci --version"),
    "regctl": ("regctl", "regctl version"),
    "oras": ("oras", "oras version"),
    "skopeo": ("skopeo", "skopeo --version"),
    "buildah": ("buildah", "buildah --version"),
}


def absent(programs):
    return [program for program in programs if not shutil.which(program) and not os.path.isfile(program)]
