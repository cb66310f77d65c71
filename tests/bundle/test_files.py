"""The files of the bundle, read with readelf."""
import re
import unittest

import bundle
import harness

ENTRIES = {f"Java_io_pinnace_engine_NativeLibrary_{name}" for name in ("open", "run", "cancel", "close", "version")}
LIBC = r"(libc|libm|libdl|libpthread|librt)\.so\.\d+|ld-linux-.*\.so\.\d"
MACHINES = {"x86_64": "Advanced Micro Devices X86-64", "aarch64": "AArch64"}


def readelf(*arguments):
    return harness.run(["readelf", "--wide", *arguments]).out


class Files(unittest.TestCase):
    def each_file(self):
        self.assertLessEqual({"linux-x86_64", "linux-aarch64"}, set(bundle.platforms()))
        for platform in bundle.platforms():
            for path in (bundle.library(platform), bundle.executable(platform)):
                with self.subTest(path):
                    yield platform, path

    def test_are_for_the_platform_that_the_directory_says(self):
        for platform, path in self.each_file():
            self.assertIn(MACHINES[platform.split("-")[1]], readelf("--file-header", path))

    def test_need_nothing_but_libc(self):
        for _, path in self.each_file():
            dynamic = readelf("--dynamic", path)
            needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
            self.assertEqual([name for name in needed if not re.fullmatch(LIBC, name)], [])
            self.assertTrue(needed, "linked statically: no library of a JVM, and an executable without name service")
            self.assertNotRegex(dynamic, "RPATH|RUNPATH|TEXTREL")

    def test_ask_for_no_newer_glibc_than_promised(self):
        for _, path in self.each_file():
            versions = re.findall(r"GLIBC_(\d+)\.(\d+)", readelf("--version-info", path))
            newest = max((int(major), int(minor)) for major, minor in versions)
            self.assertLessEqual(newest, bundle.GLIBC)

    def test_libraries_show_nothing_but_the_entries(self):
        for platform in bundle.platforms():
            with self.subTest(platform):
                symbols = harness.run(["nm", "--dynamic", "--defined-only", bundle.library(platform)]).out
                self.assertEqual({line.split()[-1] for line in symbols.splitlines()}, ENTRIES)
