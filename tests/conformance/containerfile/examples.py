#!/usr/bin/env python3
"""Reads the published examples of the Dockerfile parser, those of BuildKit's module, as they say that they have to be read.

    tests/conformance/containerfile/examples.py [--parser FILE]

Ends with 1 if an instruction is read otherwise and EXPLAINED does not say why. The module comes from the Go module proxy.
"""
import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODULE = "github.com/moby/buildkit@v0.34.2"
EXAMPLES = "frontend/dockerfile/parser/testfiles"

# (example, number of the instruction): why it is not read as it is written there.
EXPLAINED = {
    **{("flags", number): "a flag that the instruction does not have: BuildKit refuses it one step later" for number in (2, 3, 4, 5, 7, 8, 9)},
    **{("health", number): "no check: BuildKit refuses it one step later" for number in (3, 5, 8)},
}


def find_go():
    return next(filter(None, (shutil.which(name) for name in (ROOT / "build/tools/go/bin/go", "go", "/usr/local/go/bin/go"))), None)


def fetch_examples():
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-modcacherw", "GOPATH": str(ROOT / "build/tools/gopath")}
    done = subprocess.run([find_go(), "mod", "download", "-json", MODULE], cwd="/", env=environment, stdout=subprocess.PIPE,
                          check=True, text=True)
    return Path(json.loads(done.stdout)["Dir"]) / EXAMPLES


def expected(example):
    """The words of each instruction, flags left out, of what BuildKit's parser printed: (env "name" "value" "=")."""
    text = (example / "result").read_text()
    for instruction in re.split(r"\n(?=\()", text.strip()):
        without_flags = re.sub(r'\[(?:"(?:[^"\\]|\\.)*" ?)+\]', "", instruction)
        words = re.findall(r'"(?:[^"\\]|\\.)*"|[^\s()"]+', without_flags)
        yield [ast.literal_eval(word) if word.startswith('"') else word for word in words]


def read(parser, example):
    done = subprocess.run([parser, example / "Dockerfile"], stdout=subprocess.PIPE, check=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--parser", default=ROOT / "build/release/tests/conformance/containerfile/parse_containerfile")
    parser = options.parse_args().parser
    counts = {"alike": 0, "explained": 0, "different": 0}
    examples = sorted(path.parent for path in fetch_examples().glob("*/result"))
    for example in examples:
        wanted, ours = list(expected(example)), read(parser, example)
        for number in range(max(len(wanted), len(ours))):
            pair = [words[number] if number < len(words) else None for words in (wanted, ours)]
            why = EXPLAINED.get((example.name, number))
            verdict = "alike" if pair[0] == pair[1] else "explained" if why else "different"
            if verdict == "alike" and why:
                verdict, why = "different", "is alike now, and should not be in EXPLAINED"
            counts[verdict] += 1
            if verdict != "alike":
                print(f"{verdict}: {example.name}, instruction {number}: {why or ''}\n    {pair[0]}\n    {pair[1]}")
    print(f"{len(examples)} examples: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return 1 if counts["different"] or not counts["alike"] else 0


if __name__ == "__main__":
    sys.exit(main())
