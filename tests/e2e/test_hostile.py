"""Contexts, archives and bases that mean harm: nothing outside of what was named is read or written, and limits are errors."""
import bz2
import gzip
import io
import json
import lzma
import os
import socket
import stat
import tarfile
import unittest

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

    def test_definitions_and_locks_that_are_links_lead_nowhere(self):
        """Errors quote what can't be read, and pin writes."""
        outside = self.files("outside", {"token": "s3cr3t\n", "list": "key: s3cr3t\n", "ini": "s3cr3t = x\n"})
        for name in ("Containerfile", "Dockerfile", "pinnace.yaml"):
            project = self.files(f"linked/{name}", {"f": ""})
            os.symlink("../../outside/token", os.path.join(project, name))
            for arguments in (("build", project), ("build", "-f", f"{project}/{name}"), ("pin", project), ("pin", f"{project}/{name}")):
                failed = self.pinnace(*arguments, expect=None)
                self.assertNotIn("s3cr3t", failed.err)
                self.assertIn(f"{name} is a link that leads out of {project}; name the file that it leads to", failed.errors[-1])
        for name in ("token", "list", "ini"):
            project = self.files(f"named/{name}", {"f": "", "pinnace.yaml": f"version: 1\nbase: h.test/x:1\nenvironments: {outside}/{name}\n"
                                                                       "artifacts:\n  - from: f\n    to: /f\n"})
            failed = self.pinnace("build", project, "-t", "env:a/x:1", expect=None)
            self.assertNotIn("s3cr3t", failed.err)
            self.assertIn(f"outside/{name}:1:", failed.errors[-1])
        project = self.files("locked", {"f": "", "Containerfile": "FROM scratch\nCOPY f /f\n"})
        for target in (f"{outside}/new", "../outside/new", f"{outside}/token"):
            os.symlink(target, os.path.join(project, "pinnace.lock.json"))
            failed = self.pinnace("pin", project, expect=None)
            self.assertEqual(sorted(os.listdir(outside)), ["ini", "list", "token"])
            self.assertIn(f"pinnace.lock.json is a link that leads out of {project}", failed.errors[-1])
            os.remove(os.path.join(project, "pinnace.lock.json"))
        # Within one checkout, people link what several directories have in common.
        os.mkdir(self.path(".git"))
        os.symlink("../outside/new", os.path.join(project, "pinnace.lock.json"))
        self.pinnace("pin", project)
        self.assertEqual(sorted(os.listdir(outside)), ["ini", "list", "new", "token"])

    def test_sources_lead_nowhere_by_dots(self):
        for text in ("COPY ../canary /x", "COPY d/../../canary /x", "ADD ../canary /x", "COPY --parents ../canary /x",
                     "RUN --mount=type=bind,source=../canary,target=/x true"):
            with self.subTest(text):
                failed = self.build(f"FROM scratch\n{text}\n", {"d/f": "f"}, expect=None)
                self.assertNotEqual(failed.code, 0)
                self.assertRegex(failed.errors[-1], r"Containerfile:2:\d+: ")
        self.build("FROM scratch\nCOPY d/f ../../../etc/x\n")
        self.assertEqual(sorted(self.members()), ["etc", "etc/x"])

    @unittest.skipUnless(os.getuid() == 0, "devices are made by root")
    def test_devices_are_refused(self):
        self.files("project", {"d/f": "f"})
        os.mknod(self.path("project", "d", "disk"), stat.S_IFBLK | 0o600, os.makedev(8, 0))
        self.assertIn("d/disk", self.build("FROM scratch\nCOPY d /d\n", expect=2).errors[-1])

    def test_files_of_the_build_that_are_no_files(self):
        """Nobody waits for a FIFO, and no rules are read from outside."""
        project = self.files("project", {"Containerfile": "FROM scratch\nCOPY d /d\n", "d/f": "f"})
        ignore = os.path.join(project, ".dockerignore")
        for name, make, message in (
                ("FIFO", os.mkfifo, ".dockerignore is a FIFO, expected a file"),
                ("directory", os.mkdir, ".dockerignore is a directory, expected a file"),
                ("link", lambda path: os.symlink("../canary", path), ".dockerignore leads outside of"),
                ("link to nothing", lambda path: os.symlink("gone", path), ".dockerignore is a link to nothing"),
                ("UTF-16", lambda path: harness.write(path, "secret\n".encode("utf-16")), ".dockerignore:1: a zero byte, expected text in UTF-8")):
            with self.subTest(name):
                make(ignore)
                self.assertIn(message, self.build("FROM scratch\nCOPY d /d\n", expect=2).errors[-1])
                os.rmdir(ignore) if name == "directory" else os.unlink(ignore)
        for name, arguments in (("Containerfile.dockerignore", ()), ("pinnace.lock.json", ()), ("rules", ("--registries", "rules"))):
            os.symlink("gone", os.path.join(project, name))
            failed = self.pinnace(*arguments, "build", "--plan", cwd=project, expect=2)
            self.assertIn(f"{name} is a link to nothing", failed.errors[-1])
            os.unlink(os.path.join(project, name))
        os.mkfifo(os.path.join(project, "pipe"))
        for arguments in (("build", "-f", "pipe", "--context", "."), ("pin", "pipe"), ("build", "--lock", "pipe")):
            failed = self.pinnace(*arguments, cwd=project, expect=2, timeout=60)
            self.assertIn("pipe is a FIFO, expected a file", failed.errors[-1])

    def test_a_compressed_archive_of_more_entries_than_are_taken(self):
        """Two million directories in 20 MB: they would fill the memory and no disk."""
        info = tarfile.TarInfo("0000000")
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        block = info.tobuf(tarfile.USTAR_FORMAT)
        total = int(block[148:154], 8)

        def directory(number):
            # As tarfile writes it, ten times as fast: only the name and the checksum are others.
            name = b"%07d" % number
            return name + block[7:148] + b"%06o" % (total + sum(name) - 7 * ord("0")) + block[154:]

        path = self.path("project", "bomb.tgz")
        os.makedirs(os.path.dirname(path))
        with gzip.open(path, "wb", compresslevel=1) as file:
            for start in range(0, 2_001_000, 1000):
                file.write(b"".join(map(directory, range(start, start + 1000))))
        failed = self.build("FROM scratch\nADD bomb.tgz /\n", expect=2)
        self.assertIn("Containerfile:2:1: ", failed.errors[-1])
        self.assertIn('"bomb.tgz": more than 2000000 files and directories are unpacked', failed.errors[-1])

    def test_an_archive_that_claims_more_than_any_disk_has(self):
        bomb = bytearray(raw_tar(("f", tarfile.REGTYPE, b"x")))
        info = tarfile.TarInfo("f")
        info.size = 1 << 62
        bomb[:512] = info.tobuf(tarfile.GNU_FORMAT)
        failed = self.build("FROM scratch\nADD bomb.tar /\n", {"bomb.tar": bytes(bomb)}, expect=2)
        self.assertIn("Containerfile:2:1: ", failed.errors[-1])
        self.assertIn("bomb.tar", failed.errors[-1])

    def test_sparse_files_that_lie(self):
        """Maps that overlap, lead nowhere or claim a disk's size: errors, and no disk is filled."""
        def sparse(map_of, size, data):
            head = map_of.encode()
            head += bytes(-len(head) % 512)
            info = tarfile.TarInfo("GNUSparseFile.1/f")
            info.size = len(head) + len(data)
            info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "f",
                                "GNU.sparse.realsize": str(size)}
            content = head + data
            return info.tobuf(tarfile.PAX_FORMAT) + content + bytes(-len(content) % 512) + bytes(1024)

        good = sparse("2\n2\n1\n5\n1\n", 7, b"ab")
        self.build("FROM scratch\nADD a.tar /\n", {"a.tar": good})
        self.assertEqual(self.members()["f"].size, 7)
        for name, archive, message in (
                ("overlap", sparse("2\n0\n3\n1\n1\n", 7, b"abcd"), "overlap"),
                ("beyond the end", sparse("1\n6\n2\n", 7, b"ab"), "beyond its end"),
                ("fewer bytes", sparse("1\n0\n1\n", 7, b"ab"), "1 bytes, but 2 are stored"),
                ("no number", sparse("1\nx\n1\n", 7, b"a"), "no decimal number"),
                ("more parts than a map has", sparse("9" * 18 + "\n", 7, b""), "no decimal number"),
                ("the size of all disks", sparse("1\n0\n1\n", 2**63 - 1, b"a"), "bytes are unpacked")):
            with self.subTest(name):
                failed = self.build("FROM scratch\nADD a.tar /\n", {"a.tar": archive}, expect=2)
                self.assertIn("Containerfile:2:1: ", failed.errors[-1])
                self.assertIn(message, failed.errors[-1])

    def test_compressed_archives_that_are_damaged(self):
        tar = raw_tar(*((str(number), tarfile.REGTYPE, os.urandom(100_000)) for number in range(20)))
        for name, compress in (("xz", lzma.compress), ("bz2", bz2.compress), ("gz", gzip.compress)):
            whole = compress(tar)
            for what, data in (("cut", whole[:-20]), ("garbage behind", whole + b"garbage"),
                               ("changed", whole[:-30000] + b"x" * 100 + whole[-29900:])):
                if (name, what) == ("bz2", "changed"):
                    continue  # its sum stands behind the block: the tar reader may be the first to see it
                with self.subTest(f"{name} {what}"):
                    failed = self.build("FROM scratch\nADD a.tar /\n", {"a.tar": data}, expect=3)
                    self.assertIn('Containerfile:2:1: "a.tar": ', failed.errors[-1])
            half = len(tar) // 2
            self.build("FROM scratch\nADD a.tar /\n", {"a.tar": compress(tar[:half]) + compress(tar[half:])})
            self.assertEqual(len(self.members()), 20, "of two streams")

    def test_an_archive_that_wants_more_memory_than_is_given(self):
        """A dictionary of 192 MiB, which the header of an xz stream asks for."""
        tar = lzma.compress(raw_tar(("f", tarfile.REGTYPE, b"f")), check=lzma.CHECK_CRC32,
                            filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 192 << 20, "mode": lzma.MODE_FAST,
                                      "mf": lzma.MF_HC3, "nice_len": 3}])
        failed = self.build("FROM scratch\nADD a.tar.xz /\n", {"a.tar.xz": tar}, expect=2)
        self.assertIn("xz dictionary above the limit of 128 MiB", failed.errors[-1])

    def test_archives_lead_nowhere(self):
        up = "../" * 20 + self.canary.lstrip("/")
        for name, members in {
                "up": [(up, tarfile.REGTYPE, b"pwned")],
                "through a link": [("l", tarfile.SYMTYPE, self.dir), ("l/canary", tarfile.REGTYPE, b"pwned")],
                "hard link": [("h", tarfile.LNKTYPE, self.canary)],
                "hard link up": [("h", tarfile.LNKTYPE, up)],
                "whiteout": [("d/.wh.f", tarfile.REGTYPE, b"")],
                "FIFO": [("pipe", tarfile.FIFOTYPE, "")]}.items():
            with self.subTest(name):
                failed = self.build("FROM scratch\nADD a.tar /\n", {"a.tar": raw_tar(*members)}, expect=2)
                self.assertIn("Containerfile:2:1: ", failed.errors[-1])
        self.assertEqual(open(self.canary).read(), "canary")
        # Containers have their own devices: nothing of the machine's is reached by these.
        built = self.build("FROM scratch\nADD a.tar /\n", {"a.tar": raw_tar(
            ("sda", tarfile.BLKTYPE, (8, 0)), ("mem", tarfile.CHRTYPE, (1, 1)), ("link", tarfile.LNKTYPE, "mem"),
            ("f", tarfile.REGTYPE, b"f"))})
        self.assertEqual(sorted(self.members()), ["f"])
        self.assertIn('"a.tar": 3 devices are left out, as /link; containers have their own', built.err)
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

    def test_files_of_stages_and_contexts_lead_nowhere(self):
        """Links that a base, a RUN or the context has lead where a container sees them."""
        canary = self.path("canary")
        harness.write(canary, "evil:x:4321:4321::/:/bin/sh\n")
        outside = self.path("outside")
        os.mkdir(outside)
        os.chmod(outside, 0o777)
        project = self.files("project", {"f": "f"})
        for name, target in (("link", canary), ("up", "../canary"), ("root", "/")):
            os.symlink(target, os.path.join(project, name))
        base = self.push(raw_tar(("etc/passwd", tarfile.SYMTYPE, canary), ("etc/group", tarfile.SYMTYPE, canary),
                                 ("out", tarfile.SYMTYPE, outside), ("esc", tarfile.SYMTYPE, self.dir)))
        hidden = "is not in |there is no |is not in the "
        for text, expected in (
                ("USER evil\nRUN true", hidden), ("COPY --chown=evil f /g", hidden), ("COPY --chown=0:evil f /g", hidden),
                (f"COPY --from={base} /esc/canary /x", hidden),
                (f"RUN ln -s {self.dir} /made\nFROM {base}\nCOPY --from=0 /made/canary /x", hidden),
                (f"RUN --mount=type=bind,from={base},source=/esc,target=/m cat /m/canary", hidden),
                ("RUN --mount=type=bind,source=link,target=/m cat /m", "."), ("RUN --mount=type=bind,source=root,target=/m cat /m/etc/shadow", "."),
                ("RUN --mount=type=bind,target=/m cat /m/link", "exit code 1"), ("RUN --mount=type=bind,target=/m cat /m/up", "exit code 1"),
                ("RUN --mount=type=bind,target=/m cat /m/root/project/f", "exit code 1"),
                ("COPY f /out/written", None), ("WORKDIR /out/made", None), ("ADD f /esc/outside/added", None),
                ("RUN --mount=type=cache,target=/out/c touch /out/c/x", None), ("RUN mkdir -p /out; touch /out/ran; true", None)):
            with self.subTest(text):
                done = self.build(f"FROM {base}\n{text}\n", "--no-cache", expect=None)
                if expected is not None:
                    self.assertNotEqual(done.code, 0, done.err)
                    self.assertRegex(done.errors[-1], expected)
                self.assertNotIn("4321", done.err)
                self.assertNotIn("root:", done.err)
                self.assertEqual(os.listdir(outside), [])
        self.assertEqual(sorted(os.listdir(self.dir)), ["canary", "home", "out", "outside", "project"])

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
