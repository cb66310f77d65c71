#!/usr/bin/env python3
"""Runs the end-to-end tests against the pinnace executable ($PINNACE, else build/release/pinnace).

  tests/e2e/run.py [-k PATTERN]... [-v] [--kills N] [--long]

Needs what `scripts/setup test` installs. Servers run on free loopback ports and end with the tests.
"""
import argparse
import os
import signal
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", dest="patterns", action="append", help="only tests whose name contains this")
    parser.add_argument("-v", dest="verbose", action="store_true")
    parser.add_argument("--kills", type=int, default=int(os.environ.get("PINNACE_KILLS", "8")),
                        help="how often each kill test kills (default 8)")
    parser.add_argument("--long", action="store_true", help="also tests that take minutes")
    options = parser.parse_args()

    import harness
    harness.KILLS = options.kills
    harness.LONG = options.long
    # What whoever calls us ignores, programs that we start would ignore, too.
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    loader = unittest.TestLoader()
    if options.patterns:
        loader.testNamePatterns = [p if "*" in p else f"*{p}*" for p in options.patterns]
    suite = loader.discover(HERE, pattern="test_*.py")
    if not os.access(harness.PINNACE, os.X_OK):
        sys.exit(f"e2e: {harness.PINNACE} is not there; run scripts/build first")
    result = unittest.TextTestRunner(verbosity=2 if options.verbose else 1).run(suite)
    for test, reason in result.skipped:
        print(f"skipped {test.id()}: {reason}")
    if result.testsRun == 0:
        sys.exit("e2e: no test matches")
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
