"""Archives of other programs that ADD unpacks."""
import os

from harness import Case
from images import Layout, decompress, tar_members


class Archives(Case):
    def setUp(self):
        super().setUp()
        self.need("tar", "xz", "bzip2", "gzip", "zstd")
        self.project = self.files("project", {"tree/a": "A\n", "tree/sub/s": "s\n"})
        tree = os.path.join(self.project, "tree")
        os.link(f"{tree}/a", f"{tree}/b")
        os.symlink("a", f"{tree}/l")
        os.link(f"{tree}/l", f"{tree}/l2", follow_symlinks=False)
        with open(f"{tree}/holes", "wb") as file:
            for number in range(9):
                file.seek(number << 20)
                file.write(b"data %d" % number)
            file.truncate(10 << 20)

    def pack(self, *arguments):
        self.tool("tar", "-C", self.project, "--sort=name", "--mtime=@0", "--owner=7", "--group=8", "--numeric-owner",
                  "-cf", os.path.join(self.project, "x.tar"), *arguments)

    def build(self, text, *arguments, **options):
        self.files("project", {"Containerfile": text})
        out = self.path("out")
        result = self.pinnace("build", "-f", f"{self.project}/Containerfile", "-t", f"oci:{out}:1", *arguments, **options)
        if not options.get("expect"):
            descriptor, data = Layout(out).layers(result.digest)[-1]
            self.members = tar_members(decompress(data, descriptor["mediaType"]))
        return result

    def test_all_compressions_give_the_same(self):
        self.pack("tree")
        text = "FROM scratch\nADD x.tar* /r/\n"
        digest = self.build(text).digest
        self.assertEqual(self.members["r/tree/holes"].size, 10 << 20)
        self.assertEqual((self.members["r/tree/a"].uid, self.members["r/tree/a"].gid), (7, 8))
        for command in (["gzip"], ["bzip2"], ["xz"], ["xz", "-9", "--check=sha256"], ["zstd", "-q", "--rm"]):
            with self.subTest(command[0]):
                self.pack("tree")
                self.tool(*command, os.path.join(self.project, "x.tar"))
                self.assertEqual(self.build(text).digest, digest)
                for name in os.listdir(self.project):
                    if name.startswith("x.tar"):
                        os.unlink(os.path.join(self.project, name))

    def test_sparse_files_have_their_zeros(self):
        text = "FROM scratch\nADD x.tar /r/\n"
        self.pack("tree")
        digest = self.build(text).digest
        for form in (["--format=gnu"], *(["--format=posix", f"--sparse-version={version}"] for version in ("0.0", "0.1", "1.0"))):
            with self.subTest(" ".join(form)):
                self.pack("-S", *form, "tree")
                self.assertLess(os.path.getsize(os.path.join(self.project, "x.tar")), 1 << 20)
                self.assertEqual(self.build(text).digest, digest)

    def test_links_as_tar_makes_them(self):
        self.pack("tree", "tree/a", "tree/sub/s")  # named twice: hard links to themselves
        self.build("FROM scratch\nADD x.tar /r/\n")
        self.assertTrue(self.members["r/tree/l2"].issym())
        self.assertEqual(self.members["r/tree/l2"].linkname, "a")
        self.assertEqual(self.members["r/tree/sub/s"].size, 2)
