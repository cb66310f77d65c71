#!/usr/bin/env python3
"""What scripts/build-bundle made: read as ELF files, and run where there is nothing but an old libc.

  tests/bundle/run.py [-v]

Needs `scripts/setup test roots`, scripts/build-bundle, build/release, and to be root (for chroot).
"""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "e2e")]

if __name__ == "__main__":
    suite = unittest.TestLoader().discover(HERE, pattern="test_*.py")
    result = unittest.TextTestRunner(verbosity=2 if "-v" in sys.argv else 1).run(suite)
    for test, reason in result.skipped:
        print(f"skipped {test.id()}: {reason}")
    sys.exit(not result.wasSuccessful())
