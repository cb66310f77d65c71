"""Layers are placed as umoci places them, whether COPY takes files out of an image or a RUN sees it: random images, from seeds."""
import gzip
import io
import os
import random
import stat
import tarfile

from images import OCI, Layout, canonical, decompress
from harness import sha256, write
from test_run import RunCase

FILE, DIRECTORY, LINK, HARD = (tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE)
# Few names, so that entries meet; those of a kind mostly, so that not every image is refused.
DIRECTORIES, FILES, LINKS = "abc", "fg", "lm"
SEEDS = range(30)
ACCEPTED = 12  # of the seeds: the others have a hard link to what a whiteout has hidden, and the like


class RandomImage:
    """Layers of (name, type, mode, owner, time, content or target): through links, without entries for parents, with whiteouts of
    what is there and of what is not, with other types for what is there."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.files = []
        self.layers = [list(self.entries(number)) for number in range(3)]

    def path(self, last, depth=2):
        on_the_way = [self.random.choice(2 * DIRECTORIES + LINKS) for _ in range(self.random.randint(0, depth))]
        return "/".join([*on_the_way, self.random.choice(last)])

    def target(self):
        path = self.path(DIRECTORIES + "l", 1)
        return self.random.choice([path, path, "/" + path, "../" + path, "../../" + path, ".", "..", "/"])

    def entries(self, number):
        for entry in range(12):
            common = (self.random.choice([0o755, 0o700, 0o644, 0o1777]), self.random.choice([0, 0, 7]), 1000 * number + entry)
            kind = self.random.choices(("file", "directory", "link", "hard", "whiteout", "opaque"),
                                       (30, 20, 20, 8, 15 if number else 0, 7 if number else 0))[0]
            odd = self.random.random() < .06
            if kind == "file":
                self.files.append(self.path(DIRECTORIES + LINKS if odd else FILES))
                yield (self.files[-1], FILE, *common, f"{number}.{entry}")
            elif kind == "directory":
                yield (self.path(FILES + LINKS if odd else DIRECTORIES), DIRECTORY, *common, "")
            elif kind == "link":
                yield (self.path(FILES + DIRECTORIES if odd else LINKS), LINK, *common, self.target())
            elif kind == "hard" and self.files:
                yield (self.path("h"), HARD, *common, self.random.choice(self.files[-6:]))
            elif kind == "whiteout":
                parent, name = os.path.split(self.path(DIRECTORIES + FILES + LINKS))
                yield (os.path.join(parent, ".wh." + name), FILE, 0o644, 0, 0, "")
            elif kind == "opaque":
                yield (self.path(DIRECTORIES + LINKS) + "/.wh..wh..opq", FILE, 0o644, 0, 0, "")


def pack(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, mode, owner, time, value in entries:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.uid, info.gid, info.mtime = kind, mode, owner, owner, time
            info.linkname = value if kind in (LINK, HARD) else ""
            data = value.encode() if kind == FILE else b""
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def write_layout(directory, images):
    """An OCI layout of {tag: layers}."""
    def put(kind, data):
        write(os.path.join(directory, "blobs/sha256", sha256(data).removeprefix("sha256:")), data)
        return {"mediaType": OCI[kind], "size": len(data), "digest": sha256(data)}
    manifests = []
    for tag, layers in images.items():
        tars = [pack(entries) for entries in layers]
        configuration = put("config", canonical({"os": "linux", "architecture": "amd64", "created": "2023-01-01T00:00:00Z",
                                                 "rootfs": {"type": "layers", "diff_ids": [sha256(tar) for tar in tars]}}))
        blobs = [put("layer", gzip.compress(tar, 1, mtime=0)) for tar in tars]
        manifest = put("manifest", canonical({"schemaVersion": 2, "mediaType": OCI["manifest"], "config": configuration,
                                              "layers": blobs}))
        manifests.append({**manifest, "annotations": {"org.opencontainers.image.ref.name": tag}})
    write(os.path.join(directory, "oci-layout"), '{"imageLayoutVersion": "1.0.0"}')
    write(os.path.join(directory, "index.json"), canonical({"schemaVersion": 2, "manifests": manifests}))


def with_groups(tree, groups):
    """A tree whose files say what other names they have."""
    for names in groups.values():
        for name in names:
            tree[name] += (sorted(names),)
    return tree


def tree_of_disk(root):
    tree, groups = {}, {}
    for parent, directories, files in os.walk(root):
        for name in directories + files:
            path = os.path.join(parent, name)
            status = os.lstat(path)
            mode, name = stat.S_IMODE(status.st_mode), os.path.relpath(path, root)
            if stat.S_ISLNK(status.st_mode):
                tree[name] = ("link", status.st_uid, status.st_gid, os.readlink(path))
            elif stat.S_ISDIR(status.st_mode):
                tree[name] = ("directory", status.st_uid, status.st_gid, mode)
            else:
                with open(path) as file:
                    tree[name] = ("file", status.st_uid, status.st_gid, mode, file.read())
                groups.setdefault(status.st_ino, []).append(name)
    return with_groups(tree, groups)


def tree_of_tar(data, below):
    tree, groups, first = {}, {}, {}
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            name = os.path.relpath(member.name, below)
            if name == ".":
                continue
            if member.issym():
                tree[name] = ("link", member.uid, member.gid, member.linkname)
            elif member.isdir():
                tree[name] = ("directory", member.uid, member.gid, member.mode)
            elif member.islnk():
                target = os.path.relpath(member.linkname, below)
                first[name] = first.get(target, target)
                tree[name] = tree[target]
            else:
                tree[name] = ("file", member.uid, member.gid, member.mode, tar.extractfile(member).read().decode())
            if not member.issym() and not member.isdir():
                groups.setdefault(first.get(name, name), []).append(name)
    return with_groups(tree, groups)


class LikeUmoci(RunCase):
    def unpacked_by_umoci(self, images):
        """{tag: tree} of the images that umoci takes."""
        trees = {}
        for tag in map(str, SEEDS):
            bundle = self.path("bundle-" + tag)
            if self.tool("umoci", "unpack", "--image", f"{images}:{tag}", bundle, check=False).code == 0:
                trees[tag] = tree_of_disk(os.path.join(bundle, "rootfs"))
        self.assertGreaterEqual(len(trees), ACCEPTED)
        return trees

    def layers(self):
        return [decompress(data, descriptor["mediaType"]) for descriptor, data in Layout(self.out).layers(Layout(self.out).tag("1"))]

    def test_what_is_copied_and_what_a_run_sees(self):
        self.need("umoci")
        images = self.path("images")
        write_layout(images, {str(seed): RandomImage(seed).layers for seed in SEEDS})
        trees = self.unpacked_by_umoci(images)
        self.build("FROM scratch\n" + "".join(f"COPY --from=oci:{images}:{tag} / /{tag}/\n" for tag in trees))
        for layer, (tag, expected) in zip(self.layers(), trees.items(), strict=True):
            with self.subTest("COPY", seed=tag):
                self.assertEqual(tree_of_tar(layer, tag), expected)
        mounts = " ".join(f"--mount=type=bind,from=oci:{images}:{tag},target=/m/{tag}" for tag in trees)
        self.build(f"FROM {self.base}\nRUN {mounts} mkdir /out; cd /m; for i in *; do busybox tar cf /out/$i -C $i .; done\n")
        with tarfile.open(fileobj=io.BytesIO(self.layers()[-1])) as layer:
            for tag, expected in trees.items():
                with self.subTest("RUN", seed=tag):
                    self.assertEqual(tree_of_tar(layer.extractfile("out/" + tag).read(), "."), expected)
