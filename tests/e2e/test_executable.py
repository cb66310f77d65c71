"""The executable as a file."""
import glob
import os
import re
import resource
import subprocess
import tempfile
import unittest

import harness


class Executable(unittest.TestCase):
    def test_needs_nothing_but_libc(self):
        listed = subprocess.run(["readelf", "-d", harness.PINNACE], check=True, capture_output=True, text=True).stdout
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", listed)
        self.assertIn("libc.so.6", needed)
        allowed = r"(libc|libm|libdl|libpthread|librt)\.so\.\d+|ld-linux.*"
        self.assertEqual([name for name in needed if not re.fullmatch(allowed, name)], [])

    def test_without_threads_it_ends_with_one_line(self):
        def forbid_threads():
            resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
            if os.geteuid() == 0:  # who is not limited
                os.setgid(61234)
                os.setuid(61234)

        with tempfile.TemporaryDirectory() as scratch:
            for verb in (["inspect", "oci:nowhere"], ["gc", "oci:nowhere"]):
                done = subprocess.run([harness.PINNACE, "--store", scratch, *verb], preexec_fn=forbid_threads,
                                      stdin=subprocess.DEVNULL, capture_output=True, text=True)
                self.assertEqual(done.returncode, 3, (verb, done))
                self.assertRegex(done.stderr, r"\Aerror: can't start a thread: .*ulimit -u.*\n\Z", verb)

    def test_a_file_that_grows_too_large_is_an_error(self):
        def limit_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

        with tempfile.TemporaryDirectory() as scratch:
            with open(os.path.join(scratch, "pinnace.yaml"), "w") as file:
                file.write("version: 1\nbase: scratch\nartifacts: [{from: big, to: /}]\n")
            with open(os.path.join(scratch, "big"), "wb") as file:
                file.write(os.urandom(100000))
            for target in ("oci-archive:x.tar:1", "docker-archive:y.tar:1", "oci:z:1"):
                done = subprocess.run([harness.PINNACE, "--store", os.path.join(scratch, "store"), "build", "-t", target],
                                      preexec_fn=limit_files, cwd=scratch, capture_output=True, text=True)
                self.assertEqual(done.returncode, 3, (target, done))
                self.assertRegex(done.stderr, r"error: .*File too large\n\Z", target)

    @unittest.skipIf(os.geteuid() != 0, "only root can be another user")
    def test_a_layout_that_root_wrote_to_once_is_still_its_owners(self):
        with tempfile.TemporaryDirectory() as scratch:
            with open(os.path.join(scratch, "pinnace.yaml"), "w") as file:
                file.write("version: 1\nbase: scratch\nartifacts: [{from: pinnace.yaml, to: /}]\n")
            os.chown(scratch, 61234, 61234)

            def pinnace(*arguments, user=None):
                done = subprocess.run([harness.PINNACE, "--store", os.path.join(scratch, f"store-{user}"), *arguments], cwd=scratch,
                                      env={"HOME": scratch}, user=user, group=user, extra_groups=[], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, (arguments, done))

            pinnace("build", "-t", "oci:a:1", user=61234)
            for name in glob.glob(os.path.join(scratch, "a/.pinnace-*")):
                os.remove(name)  # as in a layout that another tool made
            pinnace("copy", "oci:a:1", "oci:a:2")
            pinnace("copy", "oci:a:1", "oci:a:3", user=61234)
