"""Contexts, archives and bases that mean harm: nothing outside of what was named is read or written, and limits are errors."""
import gzip
import io
import json
import os
import socket
import tarfile

import harness
from harness import Case
from images import busybox_files, canonical, image_parts, make_tar, OCI, sha256, tar_members, Layout, decompress
from test_run import RunCase


def raw_tar(*members):
    """A tar of (name, type, link target or content), whatever these say."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, value in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, 0o755 if kind == tarfile.DIRTYPE else 0o666
            data = b""
            if kind == tarfile.REGTYPE:
                data, info.size = value, len(value)
            elif kind in (tarfile.CHRTYPE, tarfile.BLKTYPE):
                info.devmajor, info.devminor = value
            elif value:
                info.linkname = value
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


class Contexts(Case):
    def setUp(self):
        super().setUp()
        self.out = self.path("out")
        self.canary = self.path("canary")
        harness.write(self.canary, "canary")

    def build(self, text, files=None, expect=0):
        project = self.files("project", {"Containerfile": text, **(files or {})})
        return self.pinnace("build", "-f", f"{project}/Containerfile", "-t", f"oci:{self.out}:1", expect=expect)

    def members(self):
        descriptor, data = Layout(self.out).layers(Layout(self.out).tag("1"))[-1]
        return tar_members(decompress(data, descriptor["mediaType"]))

    def test_a_directory_of_100_000_entries(self):
        directory = self.path("project", "many")
        os.makedirs(directory)
        for number in range(100_000):
            os.close(os.open(f"{directory}/{number}", os.O_CREAT | os.O_WRONLY, 0o644))
        self.build("FROM scratch\nCOPY many /many\n")
        self.assertEqual(len(self.members()), 100_001)

    def test_sockets_and_fifos_are_refused_unless_ignored(self):
        self.files("project", {"d/f": "f"})
        os.mkfifo(self.path("project", "d", "pipe"))
        failed = self.build("FROM scratch\nCOPY d /d\n", expect=2)
        self.assertIn("d/pipe", failed.errors[-1])
        self.build("FROM scratch\nCOPY d /d\n", {".dockerignore": "d/pipe\n"})
        self.assertEqual(sorted(self.members()), ["d", "d/f"])
        os.unlink(self.path("project", "d", "pipe"))
        with socket.socket(socket.AF_UNIX) as server:
            os.chdir(self.path("project", "d"))  # the path of a socket has at most 107 bytes
            server.bind("socket")
            os.chdir(harness.ROOT)
            failed = self.build("FROM scratch\nCOPY d /d\n", {".dockerignore": ""}, expect=2)
            self.assertIn("d/socket", failed.errors[-1])

    def test_links_of_the_context_lead_nowhere(self):
        project = self.files("project", {"d/f": "f"})
        os.symlink(self.dir, os.path.join(project, "out"))
        for source in ("out", "out/canary", "out/../canary"):
            with self.subTest(source):
                failed = self.build(f"FROM scratch\nCOPY {source} /x\n", expect=None)
                self.assertNotEqual(failed.code, 0)
        self.assertFalse(os.path.exists(os.path.join(self.out, "index.json")) and Layout(self.out).index()["manifests"])

    def test_an_archive_that_claims_more_than_any_disk_has(self):
        bomb = bytearray(raw_tar(("f", tarfile.REGTYPE, b"x")))
        info = tarfile.TarInfo("f")
        info.size = 1 << 62
        bomb[:512] = info.tobuf(tarfile.GNU_FORMAT)
        failed = self.build("FROM scratch\nADD bomb.tar /\n", {"bomb.tar": bytes(bomb)}, expect=3)
        self.assertIn("Containerfile:2:1: ", failed.errors[-1])
        self.assertIn("bomb.tar", failed.errors[-1])

    def test_archives_lead_nowhere(self):
        up = "../" * 20 + self.canary.lstrip("/")
        for name, members in {
                "up": [(up, tarfile.REGTYPE, b"pwned")],
                "through a link": [("l", tarfile.SYMTYPE, self.dir), ("l/canary", tarfile.REGTYPE, b"pwned")],
                "hard link": [("h", tarfile.LNKTYPE, self.canary)],
                "hard link up": [("h", tarfile.LNKTYPE, up)],
                "whiteout": [("d/.wh.f", tarfile.REGTYPE, b"")],
                "device": [("sda", tarfile.BLKTYPE, (8, 0))]}.items():
            with self.subTest(name):
                failed = self.build("FROM scratch\nADD a.tar /\n", {"a.tar": raw_tar(*members)}, expect=2)
                self.assertIn("Containerfile:2:1: ", failed.errors[-1])
        self.assertEqual(open(self.canary).read(), "canary")
        # Names that differ in case are different names.
        self.build("FROM scratch\nADD a.tar /\n", {"a.tar": raw_tar(("D", tarfile.SYMTYPE, self.dir), ("d/", tarfile.DIRTYPE, ""),
                                                                   ("d/canary", tarfile.REGTYPE, b"inside"))})
        self.assertEqual(sorted(self.members()), ["D", "d", "d/canary"])


class Bases(RunCase):
    """Layers of a base that a RUN unpacks on this machine's disk."""

    def push(self, *layers):
        """A base of busybox and raw layers on it."""
        tars = [make_tar(busybox_files()), *layers]
        blobs = [gzip.compress(tar, 1, mtime=0) for tar in tars]
        _, config, _ = image_parts({})
        values = {**json.loads(config), "rootfs": {"type": "layers", "diff_ids": [sha256(tar) for tar in tars]}}
        values.pop("history")
        config = canonical(values)
        for blob in (*blobs, config):
            self.registry.put_blob("hostile/base", blob)
        manifest = canonical({"schemaVersion": 2, "mediaType": OCI["manifest"],
                              "config": {"mediaType": OCI["config"], "size": len(config), "digest": sha256(config)},
                              "layers": [{"mediaType": OCI["layer"], "size": len(blob), "digest": sha256(blob)} for blob in blobs]})
        self.registry.put_manifest("hostile/base", "1", manifest, OCI["manifest"])
        return f"{self.registry.host}/hostile/base:1"

    def test_layers_lead_nowhere(self):
        canary = self.path("canary")
        outside = self.path("outside")
        up = "../" * 20
        for name, layers in {
                "up": [[(up + canary.lstrip("/"), tarfile.REGTYPE, b"pwned")]],
                "through a link": [[("l", tarfile.SYMTYPE, self.dir), ("l/canary", tarfile.REGTYPE, b"pwned"),
                                    ("l/outside/new", tarfile.REGTYPE, b"pwned")]],
                "through a link of a lower layer": [[("l", tarfile.SYMTYPE, self.dir)], [("l/canary", tarfile.REGTYPE, b"pwned")]],
                "hard link": [[("h", tarfile.LNKTYPE, canary)], [("h", tarfile.REGTYPE, b"pwned")]],
                "whiteout of parents": [[(".wh..", tarfile.REGTYPE, b""), (".wh...", tarfile.REGTYPE, b""),
                                         (f"{up}.wh.tmp", tarfile.REGTYPE, b"")]],
                "whiteout through a link": [[("l", tarfile.SYMTYPE, self.dir)], [("l/.wh.canary", tarfile.REGTYPE, b""),
                                                                               ("l/.wh..wh..opq", tarfile.REGTYPE, b"")]],
                "devices": [[("sda", tarfile.BLKTYPE, (8, 0)), ("kmem", tarfile.CHRTYPE, (1, 2))]]}.items():
            with self.subTest(name):
                harness.write(canary, "untouched")
                os.chmod(canary, 0o666)
                os.makedirs(outside, exist_ok=True)
                os.chmod(outside, 0o777)
                base = self.push(*(raw_tar(*members) for members in layers))
                done = self.build(f"FROM {base}\nRUN ls -l /sda /kmem; cat /l/canary /h; true\n", "--no-cache", expect=None)
                self.assertIn(done.code, (0, 2, 3), done.err)
                self.assertEqual(open(canary).read(), "untouched")
                self.assertEqual(os.listdir(outside), [])
                self.assertNotIn("untouched", done.err)
                self.assertNotIn("brw", done.err)
