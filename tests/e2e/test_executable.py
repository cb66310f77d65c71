"""The executable as a file."""
import re
import subprocess
import unittest

import harness


class Executable(unittest.TestCase):
    def test_needs_nothing_but_libc(self):
        listed = subprocess.run(["readelf", "-d", harness.PINNACE], check=True, capture_output=True, text=True).stdout
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", listed)
        self.assertIn("libc.so.6", needed)
        allowed = r"(libc|libm|libdl|libpthread|librt)\.so\.\d+|ld-linux.*"
        self.assertEqual([name for name in needed if not re.fullmatch(allowed, name)], [])
