#!/usr/bin/env python3
"""Fails calls of libc in turn, in pinnace and in its helper process, and checks how each job ends.

  tests/fault/syscalls/run.py [--only TEXT] [--all] [--write FILE]

A job that ends with 0 must have made what it makes without a fault; any other must say why in a line "error:" and leave
nothing that lies: what is there is whole, no tag is lost, and the job run again makes the right thing. Fails a few
calls of each function; --all: each call, up to 200 of a function. --write: keeps the table. Tests $PINNACE, else
build/release/pinnace. Exits with 1 if anything was wrong.
"""
import argparse
import collections
import concurrent.futures
import datetime
import errno
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
E2E = os.path.join(os.path.dirname(os.path.dirname(HERE)), "e2e")
sys.path[:0] = [HERE, E2E]
import jobs
from harness import PINNACE, Result, environment, run, write
from images import push_base
from registries import Registry

PATIENCE = 60  # seconds until a job hangs
FEW, MANY = 4, 200
ERRORS = collections.defaultdict(lambda: errno.EIO, {
    "write": errno.ENOSPC, "writev": errno.ENOSPC, "pwrite": errno.ENOSPC, "ftruncate": errno.ENOSPC, "fallocate": errno.ENOSPC,
    "open to create": errno.ENOSPC, "openat to create": errno.ENOSPC, "mkdir": errno.ENOSPC, "mkdirat": errno.ENOSPC,
    "socket": errno.EMFILE, "pipe2": errno.EMFILE, "memfd_create": errno.EMFILE, "connect": errno.ECONNREFUSED,
    "fork": errno.EAGAIN, "recv": errno.ECONNRESET, "send": errno.ECONNRESET})


# What older kernels don't have, and the product does without.
ABSENT = ("openat2", "sync_file_range", "copy_file_range")


class Tally:
    """How the tries of one job ended."""

    def __init__(self):
        self.tried = self.right = self.refused = 0
        self.wrong = []  # (process, function, number of the call, what was wrong)

    def add(self, bench, process, function, number, error):
        """One more try; number 0: an old kernel, which has no such call, and where the job is done all the same."""
        tried = bench.attempt(process, function, number, error)
        if tried is None:
            return
        code, complaint = tried
        if number == 0 and code != 0 and not complaint:
            complaint = "wrong: fails where the kernel does not have it"
        self.tried += 1
        self.right += code == 0
        self.refused += code != 0
        if complaint:
            self.wrong.append((process, function, number, complaint))
            print(f"  WRONG: {bench.job.name}, {process}: {function}() number {number}: {complaint}", flush=True)

    def row(self, name):
        kinds = [sum(text.startswith(kind) for *_, text in self.wrong) for kind in ("wrong", "hangs", "crashes")]
        return f"| {name} | {self.tried} | {self.refused} | {self.right} | " + " | ".join(map(str, kinds)) + " |"


class Bench:
    """Runs one job in copies of its directory."""

    def __init__(self, job, scratch, library):
        self.job, self.library = job, library
        self.prepared = os.path.join(scratch, "prepared")
        self.directory = os.path.join(scratch, "try")
        os.makedirs(self.prepared)
        job.prepare(self.prepared)
        os.rename(self.prepared, self.directory)  # a job may remember where it ran
        self.copy(self.directory, self.prepared)

    def start(self):
        subprocess.run(["chmod", "-R", "u+rwX", self.directory], check=False)
        shutil.rmtree(self.directory)
        self.copy(self.prepared, self.directory)
        self.job.begin()

    @staticmethod
    def copy(source, target):
        """Devices, owners and attributes, too: what overlayfs keeps in a store."""
        subprocess.run(["cp", "-a", source, target], check=True)

    def run(self, **faults):
        env = environment(os.path.join(self.directory, "home"))
        if faults:
            env |= {"LD_PRELOAD": self.library} | {f"FAIL_{name}": str(value) for name, value in faults.items()}
        try:
            return run([PINNACE, *self.job.arguments], cwd=self.directory, env=env, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired as late:
            return Result(None, "", (late.stderr or b"").decode(errors="replace"))

    def expected(self):
        self.start()
        done = self.run()
        if done.code != 0:
            sys.exit(f"{self.job.name} fails without any fault:\n{done.err}")
        self.right = self.job.result(self.directory, done)
        self.tags = {layout: self.tags_before(layout) for layout in self.job.layouts}

    def tags_before(self, layout):
        path = os.path.join(self.prepared, layout)
        return jobs.tags_of(path) if os.path.exists(os.path.join(path, "index.json")) else {}

    def counts(self, process):
        """{function: how often one process called it, at the most}"""
        self.start()
        file = self.file_for_everybody("counts")
        self.run(IN=process, COUNTS=file)
        found = collections.Counter()
        with open(file) as lines:
            for line in lines:
                name, count = line.rsplit(" ", 1)
                found[name] = max(found[name], int(count))
        return found

    def file_for_everybody(self, name):
        """The helper may be another user."""
        path = os.path.join(self.directory, name)
        write(path, "", 0o666)
        return path

    def attempt(self, process, function, number, error):
        """None if the call was not met; else (code, what is wrong or nothing)."""
        self.start()
        hit = self.file_for_everybody("hit")
        done = self.run(IN=process, CALL=function, AT=number, ERRNO=error, HIT=hit)
        if os.path.getsize(hit) == 0:
            return None
        return done.code, self.complaint(done)

    def complaint(self, done):
        if done.code is None:
            return "hangs"
        if done.code < 0 or done.code > 3:
            return f"crashes: exit code {done.code}: {done.err[-200:]}"
        try:
            return self.untrue(done) or self.untrue_again()
        except (OSError, ValueError, KeyError, AssertionError) as error:
            return f"wrong: {type(error).__name__}: {error}"

    def untrue(self, done):
        if done.code == 0 and (made := self.job.result(self.directory, done)) != self.right:
            return f"wrong: ended with 0 and made {made} instead of {self.right}"
        if done.code != 0 and not done.errors:
            return f"wrong: no word of the error: {done.err[-200:]}"
        for layout in self.job.layouts:
            path = os.path.join(self.directory, layout)
            if self.tags[layout] and not self.tags[layout].items() <= jobs.tags_of(path).items():
                return f"wrong: tags are lost: {jobs.tags_of(path)}"
            if os.path.exists(os.path.join(path, "index.json")) and (problems := jobs.problems_of(path)):
                return f"wrong: {problems[0]}"
        lie = self.job.lies()
        return lie and f"wrong: {lie}"

    def untrue_again(self):
        again = self.run()
        if again.code != 0:
            return f"wrong: the same again ends with {again.code}: {again.err[-300:]}"
        complaint = self.untrue(again)
        return complaint and f"{complaint} (when it was run again)"


def chosen(count, everything):
    """Which calls of a function to fail: the first ones, and some spread over the others."""
    if everything:
        return range(1, min(count, MANY) + 1)
    return sorted({1, 2, count, *(1 + count * part // FEW for part in range(FEW))} & set(range(1, count + 1)))


def try_job(job, scratch, library, everything):
    place = os.path.join(scratch, job.name.replace(" ", "-").replace(",", ""))
    os.makedirs(place)
    bench, tally = Bench(job, place, library), Tally()
    bench.expected()
    for process in ("main", "helper") if bench.job.helper else ("main",):
        for function, count in sorted(bench.counts(process).items()):
            for number in chosen(count, everything):
                tally.add(bench, process, function, number, ERRORS[function])
            if function in ABSENT:
                tally.add(bench, process, function, 0, errno.ENOSYS)
    return tally


def build_library(directory):
    library = os.path.join(directory, "inject.so")
    run(["cc", "-std=c11", "-O1", "-shared", "-fPIC", "-fno-builtin", os.path.join(HERE, "inject.c"), "-o", library, "-ldl"])
    return library


def all_jobs(registry):
    push_base(registry, "fault/base", "1")
    image = f"{registry.host}/fault/base:1"
    return [jobs.Build(), jobs.BuildAgain(), jobs.BuildStages(), jobs.BuildWithAttestations(), jobs.BuildIntoRegistry(registry),
            jobs.Run(), jobs.Pin(), jobs.Copy(), jobs.CopyFromRegistry(image), jobs.Promote(), jobs.Gc()]


def table(rows, everything):
    what = "Every call, up to 200 of a function" if everything else "Some calls of each function"
    return "\n".join([
        f"{what}, {datetime.date.today()}:", "",
        "| job | calls failed | ended with an error | right all the same | silently wrong | hangs | crashes |",
        "|---|---|---|---|---|---|---|", *rows, ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="TEXT", default="", help="only jobs whose name contains this")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--write", metavar="FILE", help="replaces the table between its two marks")
    options = parser.parse_args()
    rows, tried, wrong = [], 0, 0
    with tempfile.TemporaryDirectory(prefix="pinnace-syscalls-") as scratch, Registry() as registry:
        os.chmod(scratch, 0o755)
        library = build_library(scratch)
        chosen_jobs = [job for job in all_jobs(registry) if options.only in job.name]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            tallies = pool.map(lambda job: try_job(job, scratch, library, options.all), chosen_jobs)
            for job, tally in zip(chosen_jobs, tallies):
                rows.append(tally.row(job.name))
                print(rows[-1], flush=True)
                tried, wrong = tried + tally.tried, wrong + len(tally.wrong)
    if options.write:
        replace_table(options.write, table(rows, options.all))
    print(f"{tried - wrong} of {tried} failed calls end well")
    sys.exit(wrong > 0 or not tried)


def replace_table(path, text):
    begin, end = "<!-- begin: tests/fault/syscalls/run.py -->\n", "<!-- end -->"
    with open(path) as file:
        before, rest = file.read().split(begin)
    with open(path, "w") as file:
        file.write(before + begin + text + end + rest.split(end, 1)[1])


if __name__ == "__main__":
    main()
