"""ADD of URLs and of git repositories, from servers on the loopback."""
import hashlib
import os
import socket
import subprocess

import harness
from images import Layout, decompress
from remote_case import RemoteCase


EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


class AddRemote(RemoteCase):
    def test_a_file(self):
        self.server.files["/d/tool.bin"] = b"tool"
        digest = hashlib.sha256(b"tool").hexdigest()
        text = f"FROM scratch\nADD {{}} {self.url}/d/tool.bin?token=s3cret /bin/\n"
        self.assertNotIn("is not pinned", self.build(text.format("")).err, "there is no lock")
        self.pinnace("pin", self.path("project/Containerfile"))
        done = self.build(text.format(""))
        self.assertIn("Containerfile:2:1", done.err)
        self.assertEqual(done.err.count("is not pinned, expected --checksum=sha256:..."), 1)
        self.assertNotIn("s3cret", done.err.replace(text.format("").split("\n")[1], ""))
        file = self.members()["bin/tool.bin"]
        self.assertEqual((file.mode, file.mtime, file.size), (0o600, 1445412480, 4))
        failed = self.build(text.format(""), "--locked", expect=2)
        self.assertIn("is not pinned", failed.errors[-1])
        pinned = text.format(f"--checksum=sha256:{digest}")
        first = self.build(pinned, "--locked").digest
        asked = len(self.server.asked)
        self.assertEqual(self.build(pinned, "--locked").digest, first)
        self.assertEqual(len(self.server.asked), asked, "a pinned file that is known was asked for")
        failed = self.build(text.format("--checksum=sha256:" + "0" * 64), expect=3)
        self.assertIn(f"has the checksum sha256:{digest}, expected sha256:{'0' * 64}", failed.errors[-1])
        failed = self.build(f"FROM scratch\nADD {self.url}/none /x\n", expect=2)
        self.assertIn(f"Containerfile:2:1: GET {self.url}/none: status 404", failed.errors[-1])

    def test_no_credentials_are_sent(self):
        self.server.files["/f"] = b"f"
        harness.write(os.path.join(self.home, ".netrc"), "machine 127.0.0.1 login me password s3cret\n")
        harness.write(os.path.join(self.home, ".docker/config.json"),
                      '{"auths": {"127.0.0.1:%d": {"auth": "bWU6czNjcmV0"}}}' % self.server.server_port)
        self.commit_of({"f": "f"})
        self.build(f"FROM scratch\nADD {self.url}/f {self.url}/git/project.git /d/\n")
        self.assertGreater(len(self.server.asked), 2)
        for path, headers in self.server.asked:
            self.assertNotIn("Authorization", headers, path)

    def test_a_repository(self):
        first = self.commit_of({"a": "1\n", "sub/b": "b\n", "run": "#!/bin/sh\n"}, tag="v1")
        second = self.commit_of({"a": "2\n"})
        place = f"{self.url}/git/project.git"
        for source, content in ((place, 2), (f"{place}#main", 2), (f"{place}#v1", 1), (f"{place}#{first}", 1)):
            with self.subTest(source):
                self.build(f"FROM scratch\nADD {source} /src\n")
                self.assertEqual(sorted(self.members()), ["src", "src/a", "src/run", "src/sub", "src/sub/b"])
                descriptor, data = Layout(self.out).layers(Layout(self.out).tag("1"))[-1]
                self.assertIn(f"{content}\n".encode(), decompress(data, descriptor["mediaType"]))
        self.build(f"FROM scratch\nADD {place}#v1:sub /src\n")
        self.assertEqual(sorted(self.members()), ["src", "src/b"])
        pinned = f"FROM scratch\nADD --checksum={second} {place}#main /src\n"
        digest = self.build(pinned, "--locked").digest
        self.assertEqual(self.build(pinned, "--locked", "--no-cache").digest, digest)
        failed = self.build(f"FROM scratch\nADD --checksum={first} {place}#main /src\n", expect=3)
        self.assertIn(f"is the commit {second}, expected {first}", failed.errors[-1])
        failed = self.build(f"FROM scratch\nADD {place} /src\n", "--locked", expect=2)
        self.assertIn("is not pinned, expected a commit as #REF", failed.errors[-1])
        failed = self.build(f"FROM scratch\nADD {place}#none /src\n", expect=2)
        self.assertIn('has no branch or tag "none"', failed.errors[-1])
        failed = self.build(f"FROM scratch\nADD {self.url}/git/other.git /src\n", expect=3)
        self.assertIn(f"{self.url}/git/other.git: git: exit code 128", failed.errors[-1])

    def test_a_repository_that_moved(self):
        self.commit_of({"a": "a\n"})
        self.build(f"FROM scratch\nADD {self.url}/moved/project.git /src\n")
        self.assertIn("src/a", self.members())
        self.assertEqual(len([path for path, _ in self.server.asked if path.startswith("/moved/")]), 1, "git is not led again")

    def test_files_that_lie_too_deep(self):
        """Deeper than this process may have files open."""
        self.commit_of({"d/" * 650 + "f": "deep\n"})
        failed = self.build(f"FROM scratch\nADD {self.url}/git/project.git /src\n", prefix=("prlimit", "--nofile=580:580"), expect=2)
        self.assertIn("Containerfile:2:1: ", failed.errors[-1])
        self.assertIn("is nested deeper than 512 directories", failed.errors[-1])

    def test_with_its_history(self):
        commit = self.commit_of({"a": "1\n"})
        self.build(f"FROM scratch\nADD --keep-git-dir {self.url}/git/project.git /src/\n")
        descriptor, data = Layout(self.out).layers(Layout(self.out).tag("1"))[-1]
        self.files("image", {"layer.tar": decompress(data, descriptor["mediaType"])})
        self.tool("tar", "-xf", "layer.tar", cwd=self.path("image"))
        source = self.path("image", "src")
        self.assertEqual(self.git("rev-parse", "HEAD", cwd=source), commit)
        self.assertEqual(self.git("status", "--porcelain", cwd=source), "")

    def test_hooks_filters_and_submodules_on_disk_run_nothing(self):
        outside = self.files("outside", {"secret": "canary"})
        self.git("init", "-q", cwd=outside)
        harness.write(os.path.join(self.home, ".gitconfig"), f"[core]\n  hooksPath = {self.home}/hooks\n"
                      f"[filter \"x\"]\n  smudge = touch {self.path('ran')}\n")
        harness.write(os.path.join(self.home, "hooks/post-checkout"), f"#!/bin/sh\ntouch {self.path('ran')}\n")
        os.chmod(os.path.join(self.home, "hooks/post-checkout"), 0o755)
        self.commit_of({"a": "1\n", ".gitattributes": "a filter=x\n"})
        self.build(f"FROM scratch\nADD {self.url}/git/project.git /src/\n")
        self.assertFalse(os.path.exists(self.path("ran")))
        self.commit_of({".gitmodules": f"[submodule \"m\"]\n  path = m\n  url = file://{outside}\n"})
        self.build(f"FROM scratch\nADD {self.url}/git/project.git /src/\n")
        self.assertNotIn("src/m/secret", self.members())

    def commit_with_submodules(self, **urls):
        """A commit of project.git with submodules at the commit that project.git has now."""
        commit = self.commit_of({"page": "of the submodule\n"})
        work = self.path("work")
        os.unlink(os.path.join(work, "page"))
        modules = "".join(f'[submodule "{name}"]\n  path = sub/{name}\n  url = {url}\n' for name, url in urls.items())
        self.files("work", {".gitmodules": modules})
        self.git("add", "-A", cwd=work)
        for name in urls:
            self.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub/{name}", cwd=work)
        self.git("commit", "-q", "-m", "submodules", cwd=work)
        self.git("push", "-q", "origin", "HEAD:main", cwd=work)

    def test_submodules(self):
        self.commit_with_submodules(absolute=f"{self.url}/git/project.git", relative="./../project.git")
        self.build(f"FROM scratch\nADD {self.url}/git/project.git /src/\n")
        for name in ("absolute", "relative"):
            self.assertEqual(self.members()[f"src/sub/{name}/page"].size, len("of the submodule\n"))

    def commit_with_two_paths(self, link):
        """A submodule whose second path, which git passes by, leads through a link to `link`."""
        commit = self.commit_of({"page": "of the submodule\n"})
        inner = "d/sub/"
        work = self.files("work", {
            ".gitmodules": f'[submodule "A"]\n  path = sub\n  url = {self.url}/git/project.git\n  path = -l/../sub\n',
            "d/inner/k": "", inner + "objects/k": "", inner + "refs/heads/k": "", inner + "HEAD": "ref: refs/heads/main\n",
            inner + "config": f'[core]\n  bare = false\n  worktree = .\n  fsmonitor = "touch {self.path("ran")}; false"\n',
            inner + ".gitmodules": f'[submodule "z"]\n  path = z\n  url = {self.url}/git/project.git\n'})
        self.git("-C", work, "update-index", "--add", "--cacheinfo", f"160000,{commit},z", cwd=work)
        os.rename(os.path.join(work, ".git/index"), os.path.join(work, inner, "index"))
        os.symlink(link, os.path.join(work, "-l"))
        self.git("add", "-A", "-f", cwd=work)
        self.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub", cwd=work)
        self.git("commit", "-q", "-m", "hostile", cwd=work)
        self.git("push", "-q", "origin", "HEAD:main", cwd=work)

    def test_git_works_nowhere_but_in_checkouts(self):
        """Neither in a directory of the repository, with settings of its own, nor in one of the host."""
        for link in ("d/inner", self.files("victim/x", {"k": ""})):
            with self.subTest(link):
                self.commit_with_two_paths(link)
                failed = self.build(f"FROM scratch\nADD {self.url}/git/project.git /src/\n", expect=2)
                self.assertIn('.gitmodules has two values for "submodule.A.path", expected one', failed.errors[-1])
                self.assertFalse(os.path.exists(self.path("ran")))
                self.tool("rm", "-rf", self.path("work"), os.path.join(self.server.repositories, "project.git"))

    def test_a_small_repository_with_trees_without_end_is_given_up(self):
        self.commit_of({"f": "f"})
        with_a_file = self.git("write-tree", cwd=self.path("work"))
        for what, tree, depth in (("files", with_a_file, 8), ("directories alone", EMPTY_TREE, 7)):
            with self.subTest(what):
                self.push_trees(tree, depth)
                failed = self.build(f"FROM scratch\nADD {self.url}/git/project.git /src/\n", expect=2)
                self.assertIn("the repository has more files than an ADD may bring", failed.errors[-1])

    def push_trees(self, tree, depth):
        """A tree that has ten times the same one, and so on."""
        work = self.path("work")
        for _ in range(depth):
            listing = self.path("listing")
            harness.write(listing, "".join(f"040000 tree {tree}\t{number}\n" for number in range(10)))
            with open(listing) as file:
                tree = subprocess.run(["git", "mktree"], cwd=work, stdin=file, capture_output=True, text=True, check=True).stdout.strip()
        commit = self.git("commit-tree", "-m", "bomb", tree, cwd=work)
        self.git("push", "-q", "origin", f"{commit}:refs/heads/main", "--force", cwd=work)

    def test_submodules_lead_only_where_a_redirect_would(self):
        """Nobody is asked: the repository's author would choose what is reached from here."""
        for url, why in ((f"git://198.51.100.1/x.git", "to another host in plain text"),
                         (f"file://{self.server.repositories}/project.git", "neither https, http, git nor ssh")):
            with self.subTest(url):
                self.commit_with_submodules(led=url)
                failed = self.build(f"FROM scratch\nADD {self.url}/git/project.git /src/\n", expect=None)
                self.assertIn(f'submodule "led" leads to {url}', failed.errors[-1])
                self.assertIn(why, failed.errors[-1])
                self.assertNotEqual(failed.code, 0)

    def test_metadata_services_are_not_asked(self):
        """In a network of its own, as a machine of a cloud would answer."""
        for source in ("http://169.254.169.254/latest/credentials", "http://[::ffff:169.254.169.254]/latest",
                       "http://0xa9fea9fe/x.git", "git://169.254.169.254/x.git"):
            with self.subTest(source):
                failed = self.build(f"FROM scratch\nADD {source} /src\n", prefix=("unshare", "--net"), expect=3)
                self.assertIn("a link-local address", failed.errors[-1])

    def test_a_silent_git_server_is_given_up(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        settings = self.files("settings", {"registries.yaml": "version: 1\ntransfer: {silence: 1s, attempts: 2}\n"})
        place = f"git://127.0.0.1:{silent.getsockname()[1]}/x.git"
        failed = self.build(f"FROM scratch\nADD {place} /src\n", "--registries", f"{settings}/registries.yaml", expect=3)
        self.assertIn("git was silent for 1000 ms (given up after 2 attempts)", failed.errors[-1])

    def test_without_git_it_says_so(self):
        failed = self.build("FROM scratch\nADD https://nowhere.invalid/x.git /src\n", env={"PATH": self.path("no-tools")}, expect=2)
        self.assertIn("ADD of a git repository needs git, which is not there; as root: apt-get install git", failed.errors[-1])
