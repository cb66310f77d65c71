"""Archives of other programs that ADD unpacks, and modes of the context's files."""
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


class Modes(Case):
    def build(self, *arguments, **options):
        out = self.path("out")
        result = self.pinnace("build", "-f", f"{self.project}/{self.definition}", "-t", f"oci:{out}:1", *arguments, **options)
        descriptor, data = Layout(out).layers(result.digest)[-1]
        members = tar_members(decompress(data, descriptor["mediaType"]))
        self.modes = {os.path.basename(name): f"{member.mode:o}" for name, member in members.items() if member.isfile()}
        self.directories = {name.rstrip("/"): f"{member.mode:o}" for name, member in members.items()
                            if member.isdir() and "/" in name.rstrip("/")}
        return result

    def setUp(self):
        super().setUp()
        self.project = self.files("project", {
            "d/key": "K", "d/tool": "T", "d/text": "t", "Containerfile": "FROM scratch\nCOPY d /x/\n",
            "pinnace.yaml": "version: 1\nbase: scratch\nartifacts:\n  - {from: d, to: /x}\n"})
        for name, mode in (("key", 0o600), ("tool", 0o4755), ("text", 0o644)):
            os.chmod(os.path.join(self.project, "d", name), mode)

    def test_what_no_umask_explains_is_kept_and_what_is_opened_up_is_said(self):
        for self.definition, option in (("Containerfile", "--chmod"), ("pinnace.yaml", "mode:")):
            with self.subTest(self.definition):
                said = self.build().err
                self.assertEqual(self.modes, {"key": "644", "tool": "4755", "text": "644"})
                self.assertEqual(said.count("closed to others on disk"), 1)
                self.assertRegex(said, f"{self.definition}.*key is closed to others on disk .*{option} or --context-modes keep")
                kept = self.build("--context-modes", "keep")
                self.assertEqual(self.modes, {"key": "600", "tool": "4755", "text": "644"})
                self.assertNotIn("closed to others", kept.err)

    def test_setgid_of_directories_is_kept_unless_it_is_inherited(self):
        for name in ("d/shared/inherits", "d/setuid"):
            os.makedirs(os.path.join(self.project, name))
        for name, mode in (("shared", 0o2775), ("shared/inherits", 0o2775), ("setuid", 0o4755)):
            os.chmod(os.path.join(self.project, "d", name), mode)
        for self.definition in ("Containerfile", "pinnace.yaml"):
            with self.subTest(self.definition):
                self.build()
                self.assertEqual(self.directories, {"x/shared": "2775", "x/shared/inherits": "755", "x/setuid": "4755"})

    def test_the_umask_reaches_no_image(self):
        self.definition = "Containerfile"
        digest = self.build().digest
        for mode in (0o600, 0o640, 0o660, 0o664):
            os.chmod(os.path.join(self.project, "d", "text"), mode)
            self.assertEqual(self.build().digest, digest, oct(mode))
        os.chmod(os.path.join(self.project, "d", "text"), 0o604)
        self.assertNotEqual(self.build().digest, digest)

    def test_other_words_are_refused(self):
        self.definition = "Containerfile"
        failed = self.pinnace("build", "--context-modes", "mine", "-f", f"{self.project}/Containerfile", expect=2)
        self.assertIn("--context-modes: mine not in {normalize,keep}", failed.errors[-1])

    def test_symbols_of_chmod(self):
        self.definition = "Containerfile"
        self.files("project", {"Containerfile": "FROM scratch\nCOPY --chmod=g=u,o= d/text /x\n"})
        self.build()
        self.assertEqual(self.modes, {"x": "660"})
