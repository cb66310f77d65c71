"""Where the files of the bundle are."""
import os

import harness

NATIVE = os.path.join(harness.ROOT, "build/bundle/native")
ROOTS = os.path.join(harness.ROOT, "build/roots")
GLIBC = (2, 28)  # the oldest one that docs/java.md promises


def platforms():
    """As the jar has them: linux-x86_64, linux-aarch64"""
    return sorted(os.listdir(NATIVE))


def library(platform):
    return os.path.join(NATIVE, platform, "libpinnace_jni.so")


def executable(platform):
    return os.path.join(NATIVE, platform, "pinnace")
