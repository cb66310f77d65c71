"""ADD of archives as tar and docker unpack them: what replaces what, links, padding, and damage that is told."""
import bz2
import gzip
import io
import lzma
import os
import subprocess
import tarfile

import harness
from harness import Case
from images import Layout, decompress

FILE, DIRECTORY, LINK, HARD, DEVICE = (tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE)


def pack(*members):
    """A tar of (name, type, content or link target)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, value in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            data = value.encode() if kind == FILE else b""
            info.size = len(data)
            info.linkname = value if kind in (LINK, HARD) else ""
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


class AddArchives(Case):
    def build(self, name, data, expect=0, text="FROM scratch\nADD {} /r/\n"):
        project = self.files("project", {"Containerfile": text.format(name)})
        harness.write(os.path.join(project, name), data)
        self.out = self.path("out")
        return self.pinnace("build", "-f", f"{project}/Containerfile", "-t", f"oci:{self.out}:1", project, expect=expect)

    def unpacked(self, *members):
        """{path: content or link target} of the files below /r, and what the build said."""
        said = self.build("a.tar", pack(*members)).err
        return self.files_of_image(), said

    def test_links_of_the_archive_lead_to_directories_of_the_base(self):
        """Which stay the base's, also where the base says where they are."""
        self.build("base.tar", pack(("etc", DIRECTORY, ""), ("usr/lib", DIRECTORY, ""), ("lib", LINK, "usr/lib"),
                                    ("r/opt", DIRECTORY, ""), ("r/lib", LINK, "../usr/lib"), ("file", FILE, "f")),
                   text="FROM scratch\nADD {} /\n")
        base = self.out + "-base"
        os.rename(self.out, base)
        for to, what, members, expected in (
                ("/", "a link", [("l", LINK, "etc"), ("l/x", FILE, "1")], {"l": "-> etc", "etc/x": "1"}),
                ("/", "an absolute link", [("l", LINK, "/etc"), ("l/s/x", FILE, "1")], {"l": "-> /etc", "etc/s/x": "1"}),
                ("/", "a link to a link", [("l", LINK, "lib"), ("l/x", FILE, "1")], {"l": "-> lib", "usr/lib/x": "1"}),
                ("/", "the last one", [("l", LINK, "lib"), ("usr/lib/x", FILE, "1"), ("l/x", FILE, "2")],
                 {"l": "-> lib", "usr/lib/x": "2"}),
                ("/", "a hard link", [("l", LINK, "lib"), ("usr/lib/x", FILE, "1"), ("h", HARD, "l/x")],
                 {"h": "1", "l": "-> lib", "usr/lib/x": "1"}),
                ("/r/", "a link below", [("l", LINK, "/opt"), ("l/x", FILE, "1")], {"r/l": "-> /opt", "r/opt/x": "1"}),
                ("/r/", "a link of the base", [("l", LINK, "lib"), ("l/x", FILE, "1"), ("lib/y", FILE, "2")],
                 {"r/l": "-> lib", "usr/lib/x": "1", "usr/lib/y": "2"}),
                ("/lib/", "below a link of the base", [("x", FILE, "1"), ("l", LINK, "."), ("l/y", FILE, "2")],
                 {"usr/lib/l": "-> .", "usr/lib/x": "1", "usr/lib/y": "2"})):
            with self.subTest(f"{what}, to {to}"):
                self.build("a.tar", pack(*members), text=f"FROM oci:{base}:1\nADD {{}} {to}\n")
                self.assertEqual(self.files_of_image(""), expected)
        for to, members in (("--link", [("l", LINK, "etc"), ("l/x", FILE, "1")]), ("", [("l", LINK, "file"), ("l/x", FILE, "1")]),
                            ("", [("l", LINK, "none"), ("l/x", FILE, "1")])):
            with self.subTest(f"{to} {members[0]}"):
                failed = self.build("a.tar", pack(*members), expect=2, text=f"FROM oci:{base}:1\nADD {to} {{}} /\n")
                self.assertIn("l/x would be inside of l, which is no directory", failed.errors[-1])

    def files_of_image(self, below="r/"):
        descriptor, data = Layout(self.out).layers(Layout(self.out).tag("1"))[-1]
        found = {}
        with tarfile.open(fileobj=io.BytesIO(decompress(data, descriptor["mediaType"]))) as tar:
            for member in tar:
                content = tar.extractfile(member).read().decode() if not (member.issym() or member.isdir()) else None
                if not member.isdir():
                    found[member.name.removeprefix(below)] = "-> " + member.linkname if member.issym() else content
        return found

    def test_what_comes_later_replaces(self):
        for what, members, expected in (
                ("a file by a device", [("d", FILE, "old"), ("d", DEVICE, ""), ("z", FILE, "z")], {"z": "z"}),
                ("a directory by a device", [("d", DIRECTORY, ""), ("d/x", FILE, "1"), ("d", DEVICE, "")], None),
                ("a link by a device", [("d", LINK, "z"), ("d", DEVICE, ""), ("z", FILE, "z")], {"z": "z"}),
                ("a device by a file", [("d", DEVICE, ""), ("d", FILE, "new")], {"d": "new"}),
                ("a directory by a file", [("d", DIRECTORY, ""), ("d/x", FILE, "1"), ("d", FILE, "2")], {"d": "2"}),
                ("a directory without entry by a link", [("d/x", FILE, "1"), ("e/y", FILE, "2"), ("d", LINK, "e"),
                                                         ("d/z", FILE, "3")], {"e/y": "2", "e/z": "3", "d": "-> e"}),
                ("a directory of devices by a link", [("d/n", DEVICE, ""), ("e/y", FILE, "2"), ("d", LINK, "e"),
                                                      ("d/z", FILE, "3")], {"e/y": "2", "e/z": "3", "d": "-> e"}),
                ("a file by a directory", [("d", FILE, "1"), ("d", DIRECTORY, ""), ("d/x", FILE, "2")], {"d/x": "2"})):
            with self.subTest(what):
                if expected is None:
                    members, expected = [*members, ("z", FILE, "z")], {"z": "z"}
                found, said = self.unpacked(*members)
                self.assertEqual(found, expected)
                if what.endswith("by a device"):
                    self.assertIn('"a.tar": 1 device is left out, as /r/d;', said)

    def test_links_of_the_archive_lead_inside_of_it(self):
        lib = [("usr/lib", DIRECTORY, ""), ("lib", LINK, "usr/lib")]
        for what, members, expected in (
                ("an entry below a link", [*lib, ("lib/x", FILE, "1"), ("lib/sub/y", FILE, "2")],
                 {"lib": "-> usr/lib", "usr/lib/x": "1", "usr/lib/sub/y": "2"}),
                ("an absolute link", [("usr/lib", DIRECTORY, ""), ("lib", LINK, "/usr/lib"), ("lib/x", FILE, "1")],
                 {"lib": "-> /usr/lib", "usr/lib/x": "1"}),
                ("a link that climbs", [("usr/lib", DIRECTORY, ""), ("lib", LINK, "../../../usr/lib"), ("lib/x", FILE, "1")],
                 {"lib": "-> ../../../usr/lib", "usr/lib/x": "1"}),
                ("a hard link through a link", [*lib, ("usr/lib/x", FILE, "1"), ("h", HARD, "lib/x")],
                 {"lib": "-> usr/lib", "usr/lib/x": "1", "h": "1"}),
                ("an entry that replaces", [*lib, ("usr/lib/x", FILE, "1"), ("lib/x", FILE, "2")],
                 {"lib": "-> usr/lib", "usr/lib/x": "2"})):
            with self.subTest(what):
                self.assertEqual(self.unpacked(*members)[0], expected)

    def test_what_leads_to_no_directory_of_the_archive_is_refused(self):
        for what, members in (
                ("elsewhere", [("l", LINK, "/etc"), ("l/passwd", FILE, "x")]),
                ("a file", [("f", FILE, "1"), ("l", LINK, "f"), ("l/x", FILE, "x")]),
                ("below a file", [("d/f", FILE, "1"), ("l", LINK, "d"), ("l/f/x", FILE, "x")]),
                ("a circle", [("a", LINK, "b"), ("b", LINK, "a"), ("a/x", FILE, "x")]),
                ("a whiteout on the way", [(".wh.d/x", FILE, "x")])):
            with self.subTest(what):
                failed = self.build("a.tar", pack(*members), expect=2)
                self.assertIn("Containerfile:2:1: ", failed.errors[-1])

    def test_zeros_behind_the_stream_are_padding(self):
        tar = pack(("x", FILE, "one"))
        for name, compress in (("a.tar.gz", gzip.compress), ("a.tar.bz2", bz2.compress), ("a.tar.xz", lzma.compress)):
            with self.subTest(name):
                self.build(name, compress(tar) + b"\0" * 512)
                self.assertEqual(self.files_of_image(), {"x": "one"})

    def test_damage_at_the_beginning_is_told(self):
        """An archive by its name is damaged; another file may be what it is."""
        tar = pack(("x", FILE, "one"))
        for ending, compress, at in (("gz", gzip.compress, 20), ("tgz", gzip.compress, 20), ("bz2", bz2.compress, 5),
                                     ("tbz2", bz2.compress, 5), ("xz", lzma.compress, 40), ("txz", lzma.compress, 40)):
            data = bytearray(compress(tar))
            data[at] ^= 0xff
            archive = "a." + (ending if ending[0] == "t" else "tar." + ending)
            with self.subTest(archive):
                failed = self.build(archive, bytes(data), expect=3)
                self.assertIn(f'Containerfile:2:1: "{archive}": ', failed.errors[-1])
                if ending[0] != "t":
                    said = self.build("data." + ending, bytes(data)).err
                    self.assertIn("; the file is copied as it is", said)

    def test_damage_anywhere_is_told(self):
        """Decoders give bytes before they know that they are damaged: a header among them is no reason to take the file for none."""
        self.need("zstd")
        tar = pack(("x", FILE, "one\n" * 5000), ("y", FILE, "".join(map(str, range(2000)))))
        zstd = lambda data: subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
        for ending, compress in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zst", zstd)):
            whole = compress(tar)
            for part in range(1, 10):
                data = bytearray(whole)
                data[len(data) * part // 10] ^= 0x10
                with self.subTest(ending, part=part):
                    self.build("a.tar." + ending, bytes(data), expect=3)

    def test_a_name_that_promises_an_archive(self):
        for name, data in (("a.tar", b"no archive"), ("a.tar.gz", gzip.compress(b"no archive" * 100)), ("empty.tar", b"\0" * 10240)):
            with self.subTest(name):
                self.assertIn(f'"{name}" is named as an archive, and holds none', self.build(name, data).err)
        self.assertNotIn("archive", self.build("data.gz", gzip.compress(b"no archive" * 100)).err)
