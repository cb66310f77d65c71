"""The jobs in which run.py fails calls: what each starts from, how it is run, and what it must have made."""
import gzip
import json
import os

from harness import PINNACE, layout_problems, run, sha256, write
from images import OCI, Layout, busybox_files, canonical, image_parts, make_tar

CONTAINERFILE = """FROM oci:base:1
COPY tree /tree
RUN --network=none --mount=type=cache,target=/cache echo made > /made && mkdir /d && rm -r /tree/old && mv /tree/a /moved \
 && ln /made /hard && ln -s made /soft && echo more >> /etc/passwd && echo kept > /cache/kept
RUN --network=none cat /made /etc/passwd > /read && rm /hard
"""


def make_layout(directory, tags):
    """An OCI layout with an image for each {tag: files}."""
    write(os.path.join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}')
    manifests = []
    for tag, files in tags.items():
        for blob in (parts := image_parts(files)):
            write(os.path.join(directory, "blobs/sha256", sha256(blob)[7:]), blob)
        manifests.append({"mediaType": OCI["manifest"], "digest": sha256(parts[2]), "size": len(parts[2]),
                          "annotations": {"org.opencontainers.image.ref.name": tag}})
    write(os.path.join(directory, "index.json"), canonical({"schemaVersion": 2, "manifests": manifests}))


def tags_of(layout):
    """{tag: digest}; raises for a layout that can't be read."""
    with open(os.path.join(layout, "index.json")) as file:
        return {entry["annotations"]["org.opencontainers.image.ref.name"]: entry["digest"]
                for entry in json.load(file)["manifests"] if "annotations" in entry}


def problems_of(layout):
    """What is wrong with a layout: damaged blobs, and what its tags need and is not there."""
    problems = layout_problems(layout)

    def look(descriptor):
        path = os.path.join(layout, "blobs/sha256", descriptor["digest"][7:])
        if not os.path.exists(path):
            return problems.append(f"{descriptor['digest']} is not there")
        if descriptor["mediaType"] in (OCI["manifest"], OCI["index"]):
            with open(path, "rb") as file:
                manifest = json.load(file)
            for child in manifest.get("manifests", []) + manifest.get("layers", []) + [manifest.get("config")]:
                if child:
                    look(child)

    with open(os.path.join(layout, "index.json")) as file:
        for entry in json.load(file)["manifests"]:
            look(entry)
    return problems


class Job:
    """One job: `prepare` makes its directory once; each try runs in a copy of it."""

    helper = False  # whether it starts the helper of containers, whose calls are failed, too
    layouts = ()    # what must be valid at any time
    arguments = ()

    def begin(self):
        """Before each try: what is not in its directory."""

    def lies(self):
        """What is wrong outside of the directory, or None."""

    def prepare(self, directory):
        make_layout(os.path.join(directory, "base"), {"1": busybox_files() | {"old": b"old"}})
        write(os.path.join(directory, "tree/a"), "a\n")
        write(os.path.join(directory, "tree/old/f"), "f\n")
        write(os.path.join(directory, "Containerfile"), CONTAINERFILE)

    def result(self, directory, done):
        """What must be equal after every try that ended with 0."""
        return done.out


class Build(Job):
    name, helper, layouts = "build with RUN", True, ("out",)
    arguments = ("build", "-q", "-f", "Containerfile", "-t", "oci:out:1")

    def result(self, directory, done):
        return done.out, tags_of(os.path.join(directory, "out"))


class BuildAgain(Build):
    """From the cache, into a layout that has other tags."""
    name = "the same again, cached"

    def prepare(self, directory):
        super().prepare(directory)
        first = run([PINNACE, *self.arguments[:-1], "oci:out:0"], cwd=directory, env=self.environment(directory))
        assert first.out

    @staticmethod
    def environment(directory):
        from harness import environment
        return environment(os.path.join(directory, "home"))


STAGES = """FROM oci:base:1 AS made
COPY tree /tree
FROM scratch
COPY --from=oci:base:1 /etc /etc
COPY --from=made /tree/. /all/
ADD files.tar.gz /added
ADD --chmod=600 tree/a /one
"""


class BuildStages(Job):
    """Files from stages, images and archives."""
    name, layouts = "build with COPY --from and ADD", ("out",)
    arguments = ("build", "-q", "-f", "Containerfile", "-t", "oci:out:1")

    def prepare(self, directory):
        super().prepare(directory)
        write(os.path.join(directory, "Containerfile"), STAGES)
        write(os.path.join(directory, "files.tar.gz"), gzip.compress(make_tar({"d/f": b"f", "g": b"g"}), mtime=0))

    def result(self, directory, done):
        return done.out, tags_of(os.path.join(directory, "out"))


class BuildWithAttestations(BuildStages):
    name = "build with SBOM and provenance"
    arguments = (*BuildStages.arguments, "--sbom", "--provenance")

    def result(self, directory, done):
        """The provenance has the time in it: how many are attached counts."""
        out = Layout(os.path.join(directory, "out"))
        return done.out, out.tag("1"), len(out.index()["manifests"])


class BuildIntoRegistry(Job):
    """Each try has a repository of its own."""
    name = "build into a registry"

    def __init__(self, registry):
        self.registry, self.tries = registry, 0

    def begin(self):
        self.tries += 1
        self.repository = f"fault/out{self.tries}"
        self.arguments = ("build", "-q", "-f", "Containerfile", "-t", f"{self.registry.host}/{self.repository}:1")

    def prepare(self, directory):
        super().prepare(directory)
        write(os.path.join(directory, "Containerfile"), "FROM oci:base:1\nCOPY tree /tree\n")

    def result(self, directory, done):
        found = self.registry.manifest(self.repository, "1")
        return done.out, found and sha256(found[1])

    def lies(self):
        """A tag that is there has all that it needs."""
        found = self.registry.manifest(self.repository, "1")
        if not found:
            return None
        manifest = json.loads(found[1])
        for one in (manifest["config"], *manifest["layers"]):
            status, _, body = self.registry.request("GET", f"/v2/{self.repository}/blobs/{one['digest']}")
            if status != 200 or sha256(body) != one["digest"]:
                return f"{one['digest']} is not in the registry"
        return None


class Run(Job):
    name, helper = "run", True
    arguments = ("run", "--network=none", "oci:base:1", "--", "cat", "/etc/passwd")


class Pin(Job):
    name, arguments = "pin", ("pin", "Containerfile")

    def result(self, directory, done):
        with open(os.path.join(directory, "pinnace.lock.json")) as file:
            return file.read()


class Copy(Job):
    name, layouts = "copy between layouts", ("base", "out")
    arguments = ("copy", "oci:base:1", "oci:out:new")

    def prepare(self, directory):
        super().prepare(directory)
        make_layout(os.path.join(directory, "out"), {"kept": {"kept": b"kept"}, "also": {"also": b"also"}})

    def result(self, directory, done):
        return done.out, tags_of(os.path.join(directory, "out"))


class CopyFromRegistry(Copy):
    name = "copy from a registry"

    def __init__(self, image):
        self.arguments = ("copy", image, "oci:out:new")


class Promote(Copy):
    name, layouts = "promote", ("base", "prod/base")
    arguments = ("promote", "oci:base:1", "--to", "prod", "--tag", "new")

    def prepare(self, directory):
        Job.prepare(self, directory)
        make_layout(os.path.join(directory, "prod/base"), {"kept": {"kept": b"kept"}})
        write(os.path.join(directory, "environments.yaml"), "prod: {repository: 'oci:prod'}\n")

    def result(self, directory, done):
        return done.out, tags_of(os.path.join(directory, "prod/base"))


class Gc(Job):
    name, layouts = "gc", ("out",)
    arguments = ("gc", "oci:out")

    def prepare(self, directory):
        super().prepare(directory)
        out = os.path.join(directory, "out")
        make_layout(out, {"gone": {"gone": b"gone"}})
        make_layout(out, {"kept": {"kept": b"kept"}, "also": {"also": b"also"}})

    def result(self, directory, done):
        out = os.path.join(directory, "out")
        return tags_of(out), sorted(os.listdir(os.path.join(out, "blobs/sha256")))
