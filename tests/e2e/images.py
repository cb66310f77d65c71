"""Makes test images without pinnace's help, and reads back those that pinnace made."""
import gzip
import io
import json
import os
import shutil
import tarfile
import zlib

from harness import environment, run, sha256

OCI = {"index": "application/vnd.oci.image.index.v1+json",
       "manifest": "application/vnd.oci.image.manifest.v1+json",
       "config": "application/vnd.oci.image.config.v1+json",
       "layer": "application/vnd.oci.image.layer.v1.tar+gzip"}
DOCKER = {"index": "application/vnd.docker.distribution.manifest.list.v2+json",
          "manifest": "application/vnd.docker.distribution.manifest.v2+json",
          "config": "application/vnd.docker.container.image.v1+json",
          "layer": "application/vnd.docker.image.rootfs.diff.tar.gzip"}


def make_tar(files):
    """A tar of {path: bytes, or (bytes, mode[, time]), or "-> target" for a symlink}."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in sorted(files.items()):
            info = tarfile.TarInfo(name)
            data = b""
            if isinstance(content, str) and content.startswith("-> "):
                info.type, info.linkname, info.mode = tarfile.SYMTYPE, content[3:], 0o777
            elif name.endswith("/"):
                info.type, info.mode = tarfile.DIRTYPE, 0o755
            else:
                content = content if isinstance(content, tuple) else (content, 0o644)
                data, info.mode, info.mtime = (*content, 0)[:3]
                info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def busybox_files():
    """A root file system of Debian's busybox-static package."""
    path = shutil.which("busybox", path="/bin:/usr/bin")
    assert path, "busybox-static is missing: run scripts/setup test"
    with open(path, "rb") as file:
        busybox = file.read()
    files = {"bin/": b"", "bin/busybox": (busybox, 0o755), "etc/": b"", "proc/": b"", "sys/": b"", "dev/": b"",
             "tmp/": b"", "etc/passwd": b"root:x:0:0:root:/:/bin/sh\n"}
    for name in ("sh", "cat", "ls", "id", "echo", "sha256sum"):
        files[f"bin/{name}"] = "-> busybox"
    return files


def canonical(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def image_parts(files, platform="linux/amd64", types=OCI, **config):
    """(layer, config, manifest) of a one-layer image, as bytes."""
    tar = make_tar(files)
    layer = gzip.compress(tar, 6, mtime=0)
    system, architecture, *variant = platform.split("/")
    values = {"os": system, "architecture": architecture, "created": "2023-01-01T00:00:00Z",
              "config": {"Env": ["PATH=/bin"], "Cmd": ["/bin/sh"], **config},
              "rootfs": {"type": "layers", "diff_ids": [sha256(tar)]},
              "history": [{"created": "2023-01-01T00:00:00Z", "created_by": "test base"}]}
    if variant:
        values["variant"] = variant[0]
    configuration = canonical(values)
    manifest = canonical({
        "schemaVersion": 2, "mediaType": types["manifest"],
        "config": {"mediaType": types["config"], "size": len(configuration), "digest": sha256(configuration)},
        "layers": [{"mediaType": types["layer"], "size": len(layer), "digest": sha256(layer)}]})
    return layer, configuration, manifest


def push_image(registry, repository, tag, files, platforms=("linux/amd64",), types=OCI, index=None, **config):
    """Pushes an image, with an index if there are several platforms or `index` says so; returns its digest. `config`:
    fields of its "config"."""
    entries = []
    for platform in platforms:
        contents = dict(files)
        if len(platforms) > 1:
            contents["etc/platform"] = platform.encode()
        layer, configuration, manifest = image_parts(contents, platform, types, **config)
        registry.put_blob(repository, layer)
        registry.put_blob(repository, configuration)
        single = len(platforms) == 1 and not index
        digest = registry.put_manifest(repository, tag if single else sha256(manifest), manifest, types["manifest"])
        if single:
            return digest
        system, architecture, *variant = platform.split("/")
        entries.append({"mediaType": types["manifest"], "size": len(manifest), "digest": digest,
                        "platform": {"os": system, "architecture": architecture,
                                     **({"variant": variant[0]} if variant else {})}})
    body = canonical({"schemaVersion": 2, "mediaType": types["index"], "manifests": entries})
    return registry.put_manifest(repository, tag, body, types["index"])


def push_base(registry, repository="base/busybox", tag="1", platforms=("linux/amd64",), **options):
    return push_image(registry, repository, tag, busybox_files(), platforms, **options)


class Layout:
    """Reads an OCI layout directory."""

    def __init__(self, directory):
        self.directory = directory

    def blob(self, digest):
        with open(os.path.join(self.directory, "blobs", *digest.split(":")), "rb") as file:
            return file.read()

    def index(self):
        with open(os.path.join(self.directory, "index.json")) as file:
            return json.load(file)

    def tag(self, name):
        for entry in self.index()["manifests"]:
            if entry.get("annotations", {}).get("org.opencontainers.image.ref.name") == name:
                return entry["digest"]
        raise AssertionError(f"no {name} in {self.index()}")

    def manifest(self, digest):
        """The manifest; of an index, the first one."""
        manifest = json.loads(self.blob(digest))
        if "manifests" in manifest:
            return self.manifest(manifest["manifests"][0]["digest"])
        return manifest

    def config(self, digest):
        return json.loads(self.blob(self.manifest(digest)["config"]["digest"]))

    def layers(self, digest):
        """[(descriptor, compressed bytes)]."""
        return [(layer, self.blob(layer["digest"])) for layer in self.manifest(digest)["layers"]]


def decompress(data, media_type):
    if media_type.endswith("zstd"):
        return run_bytes(["zstd", "-dc"], data)
    if media_type.endswith("gzip"):
        reader = zlib.decompressobj(31)
        tar = reader.decompress(data)
        assert reader.eof and not reader.unused_data, "a gzip layer is one member"
        return tar
    return data


def run_bytes(command, data):
    import subprocess
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def tar_members(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {member.name: member for member in tar.getmembers()}


def run_container(case, layout, tag, command, *, environment_of=None):
    """Unpacks with umoci and runs `command` with runc; returns its output."""
    bundle = case.path(f"bundle-{tag}-{os.urandom(4).hex()}")
    case.tool("umoci", "unpack", "--image", f"{layout}:{tag}", bundle)
    path = os.path.join(bundle, "config.json")
    with open(path) as file:
        spec = json.load(file)
    spec["process"]["terminal"] = False
    if command:
        spec["process"]["args"] = command
    spec["linux"]["namespaces"] = [n for n in spec["linux"]["namespaces"] if n["type"] not in ("network", "cgroup")]
    spec["linux"].pop("resources", None)
    with open(path, "w") as file:
        json.dump(spec, file)
    name = "pinnace-e2e-" + os.urandom(6).hex()
    return run(["runc", "--root", case.path("runc"), "run", "--bundle", bundle, name], env=environment(case.home))
