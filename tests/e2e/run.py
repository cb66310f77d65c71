#!/usr/bin/env python3
"""Runs the end-to-end tests against the pinnace executable ($PINNACE, else build/release/pinnace).

  tests/e2e/run.py [-k PATTERN]... [-v] [-j N] [--kills N] [--long]

Needs what `scripts/setup test` installs. Servers run on free loopback ports and end with the tests.
"""
import argparse
import concurrent.futures
import glob
import os
import re
import signal
import subprocess
import sys
import unittest

NO_TEST = 5  # as of Python 3.12's unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)


def run_file(path, arguments):
    """Runs the tests of one file in a process of its own; gives its exit code and what it said."""
    done = subprocess.run([sys.executable, os.path.abspath(__file__), *arguments, "--file", os.path.basename(path)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return done.returncode, done.stdout


def run_files(jobs, arguments):
    """Runs the files of tests, several at once and large ones first; each one's output comes as one piece."""
    paths = sorted(glob.glob(os.path.join(HERE, "test_*.py")), key=os.path.getsize, reverse=True)
    ran, failed = 0, []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(run_file, path, arguments): os.path.basename(path) for path in paths}
        for done in concurrent.futures.as_completed(running):
            code, said = done.result()
            if code == NO_TEST:
                continue
            print(f"{running[done]}:\n{said}", flush=True)
            count = re.search(r"^Ran (\d+) test", said, re.MULTILINE)
            ran += int(count[1]) if count else 0
            if code != 0:
                failed.append(running[done])
    print(f"Ran {ran} tests in all: " + (f"FAILED in {', '.join(failed)}" if failed else "OK"))
    return 1 if failed else 0 if ran else NO_TEST


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", dest="patterns", action="append", help="only tests whose name contains this")
    parser.add_argument("-v", dest="verbose", action="store_true")
    parser.add_argument("-j", dest="jobs", type=int, default=1, help="run so many files of tests at once")
    parser.add_argument("--file", default="test_*.py", help="only the tests of this file")
    parser.add_argument("--kills", type=int, default=int(os.environ.get("PINNACE_KILLS", "8")),
                        help="how often each kill test kills (default 8)")
    parser.add_argument("--long", action="store_true", help="also tests that take minutes")
    options = parser.parse_args()
    if options.jobs > 1:
        # Of two options -j, the last one counts.
        sys.exit(run_files(options.jobs, [*sys.argv[1:], "-j", "1"]))

    import harness
    harness.KILLS = options.kills
    harness.LONG = options.long
    # What whoever calls us ignores, programs that we start would ignore, too.
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    loader = unittest.TestLoader()
    if options.patterns:
        loader.testNamePatterns = [p if "*" in p else f"*{p}*" for p in options.patterns]
    suite = loader.discover(HERE, pattern=options.file)
    if not os.access(harness.PINNACE, os.X_OK):
        sys.exit(f"e2e: {harness.PINNACE} is not there; run scripts/build first")
    result = unittest.TextTestRunner(verbosity=2 if options.verbose else 1).run(suite)
    for test, reason in result.skipped:
        print(f"skipped {test.id()}: {reason}")
    if result.testsRun == 0:
        print("e2e: no test matches", file=sys.stderr)
        sys.exit(NO_TEST)
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
