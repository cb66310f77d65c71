"""Writes what a run has proven, and of which tree, to docs/jenkins/verified.md."""
import datetime
import os
import re
import subprocess
import sys
import unittest
import zipfile

from harness import ROOT

FILE = os.path.join(ROOT, "docs/jenkins/verified.md")
TREES = ("plugin", "jni", "core", "cli", "tests/e2e/jenkins")


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def manifest(archive):
    with zipfile.ZipFile(archive) as file:
        text = file.read("META-INF/MANIFEST.MF").decode().replace("\r\n ", "").replace("\n ", "")
    return dict(re.findall(r"(?m)^([\w-]+): (.*?)\r?$", text))


class Recorder:
    def __init__(self, options):
        if git("status", "--porcelain", "--", *TREES):
            sys.exit(f"something in {', '.join(TREES)} is not committed: nothing could be said about a tree")
        self.trees = {name: git("rev-parse", f"HEAD:{name}") for name in TREES}
        self.commit = git("rev-parse", "HEAD")
        built = manifest(options.hpi).get("Implementation-Build", "")
        if not built or {name: git("rev-parse", f"{built}:{name}") for name in TREES} != self.trees:
            sys.exit(f"{options.hpi} was not built from this tree")
        self.jenkins = manifest(options.war)["Jenkins-Version"]
        self.plugins = sorted((found["Short-Name"], found["Plugin-Version"]) for found in (
            manifest(os.path.join(options.plugins, name)) for name in os.listdir(options.plugins)
            if name.endswith((".hpi", ".jpi"))))
        self.java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
        self.started = datetime.datetime.now(datetime.timezone.utc)
        self.passed = passed = []
        self.left_out = left_out = []

        class Results(unittest.TextTestResult):
            def addSuccess(self, test):
                super().addSuccess(test)
                passed.append(test)

            def addSkip(self, test, reason):
                super().addSkip(test, reason)
                left_out.append((test, reason))

        self.results = Results

    def write(self, figures):
        seconds = (datetime.datetime.now(datetime.timezone.utc) - self.started).total_seconds()
        lines = ["# What ran on a real Jenkins", "",
                 "Written by `tests/e2e/jenkins/run --record`; do not edit. `scripts/check` compares the trees.", "",
                 "| | |", "|---|---|",
                 f"| date | {self.started:%Y-%m-%d %H:%M} UTC |",
                 f"| Jenkins | {self.jenkins} |",
                 f"| Java | {self.java} |",
                 f"| commit | {self.commit} |",
                 *(f"| tree of {name} | {tree} |" for name, tree in self.trees.items()),
                 f"| tests | {len(self.passed)} passed, {len(self.left_out)} left out, in {seconds:.0f} s |",
                 *(f"| {what} | {figure} |" for what, figure in figures.items()), "",
                 "## Tests", "",
                 *(f"- {test.id()}" for test in self.passed),
                 *(f"- did not run: {test.id()}: {reason}" for test, reason in self.left_out), "",
                 "## Plugins", "",
                 *(f"- {name} {version}" for name, version in self.plugins), ""]
        with open(FILE, "w") as file:
            file.write("\n".join(lines))
