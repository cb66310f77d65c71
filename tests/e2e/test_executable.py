"""The executable as a file."""
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
