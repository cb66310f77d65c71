"""Files that a user names as output, which are links, devices, FIFOs or open descriptors."""
import io
import json
import os
import stat
import subprocess
import tarfile

import harness
from harness import Case, environment


class OutputFiles(Case):
    def setUp(self):
        super().setUp()
        self.files("app", {"Containerfile": "FROM scratch\nCOPY f /f\n", "f": "content\n"})

    def build(self, *arguments, **options):
        return self.pinnace("build", "app", *arguments, **options)

    def test_a_link_stays_and_its_target_is_written(self):
        self.files("real", {})
        for kind, arguments in (("m.json", ("-t", "oci:out:1", "--metadata")), ("o.tar", ("-t",)), ("d.tar", ("-t",))):
            with self.subTest(kind):
                os.symlink(f"real/{kind}", self.path(kind))
                prefix = {"o": "oci-archive:", "d": "docker-archive:"}.get(kind[0], "")
                suffix = {"d": ":web:1"}.get(kind[0], "")
                self.build(*arguments, f"{prefix}{kind}{suffix}")
                self.assertEqual(os.readlink(self.path(kind)), f"real/{kind}")
                self.assertTrue(os.path.isfile(self.path("real", kind)))
        self.assertEqual(sorted(os.listdir(self.path("real"))), ["d.tar", "m.json", "o.tar"])

    def test_a_linked_lock_stays_a_link(self):
        self.build("-t", "oci:out:1")
        self.files("app", {"Containerfile": "FROM oci:../out:1\n"})
        self.files("locks", {})
        os.mkdir(self.path(".git"))  # both are in one checkout
        os.symlink("../locks/lock", self.path("app", "pinnace.lock.json"))
        self.pinnace("pin", "app/Containerfile")
        self.assertTrue(os.path.islink(self.path("app", "pinnace.lock.json")))
        self.assertTrue(os.path.isfile(self.path("locks", "lock")))

    def test_a_device_gets_the_bytes_and_stays(self):
        for name, minor, code in (("null", 3, 0), ("full", 7, 3)):
            node = self.path(name)
            os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(1, minor))
            for arguments in (("-t", "oci:out:1", "--metadata", node), ("-t", f"oci-archive:{node}"),
                              ("-t", f"docker-archive:{node}:web:1")):
                with self.subTest(arguments):
                    done = self.build(*arguments, expect=code)
                    self.assertTrue(stat.S_ISCHR(os.stat(node).st_mode))
                    if code:
                        self.assertIn(f"write {node}: No space left on device", done.errors[-1])

    def test_standard_output_gets_an_archive(self):
        digest = self.build("-t", "oci:out:1").digest
        process = subprocess.run([harness.PINNACE, "-q", "copy", "oci:out:1", "docker-archive:/proc/self/fd/3:web:1"],
                                 cwd=self.dir, env=environment(self.home), check=False, capture_output=True)
        self.assertEqual(process.returncode, 3)  # there is no such descriptor
        with open(self.path("out.tar"), "wb") as file:
            subprocess.run([harness.PINNACE, "-q", "copy", "oci:out:1", f"docker-archive:/dev/fd/{file.fileno()}:web:1"],
                           cwd=self.dir, env=environment(self.home), check=True, capture_output=True,
                           pass_fds=[file.fileno()])
        self.assertEqual(self.pinnace("copy", "docker-archive:out.tar", "oci:again:1").digest, digest)

    def test_a_fifo_gets_the_bytes(self):
        os.mkfifo(self.path("fifo"))
        refused = self.build("-t", "oci:out:1", "--metadata", "fifo", expect=3)
        self.assertIn("open fifo: nobody reads it", refused.errors[-1])
        reader = os.open(self.path("fifo"), os.O_RDONLY | os.O_NONBLOCK)
        digest = self.build("-t", "oci:out:1", "--metadata", "fifo").digest
        with open(reader, "rb") as file:
            self.assertEqual(json.load(file)["digest"], digest)
        with subprocess.Popen(["cat", self.path("fifo")], stdout=subprocess.PIPE) as cat:
            with open(self.path("fifo"), "wb"):  # cat has opened it by then
                self.build("-t", "oci-archive:fifo")
            with tarfile.open(fileobj=io.BytesIO(cat.communicate()[0])) as archive:
                self.assertIn("index.json", archive.getnames())
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path("fifo")).st_mode))

    def test_an_archive_keeps_its_other_images(self):
        digests = {}
        for number in "12":
            digests[number] = self.build("-t", f"oci-archive:x.tar:{number}", "-t", f"docker-archive:d.tar:web:{number}",
                                         "--label", f"number={number}").digest
        moved = self.build("-t", "oci-archive:x.tar:2", "--label", "number=3")
        self.assertIn(f"tag 2 of oci-archive:x.tar led to {digests['2']} before", moved.err)
        for name, digest in (("oci-archive:x.tar:1", digests["1"]), ("oci-archive:x.tar:2", moved.digest),
                             ("docker-archive:d.tar:web:1", digests["1"]), ("docker-archive:d.tar:web:2", digests["2"])):
            self.assertEqual(self.pinnace("inspect", "--digest", name).digest, digest)

    def test_two_archives_do_not_fit_a_stream(self):
        node = self.path("null")
        os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        refused = self.build("-t", f"oci-archive:{node}:1", "-t", f"oci-archive:{node}:2", expect=2)
        self.assertIn("expected one tag", refused.errors[-1])
