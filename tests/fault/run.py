#!/usr/bin/env python3
"""Copies an image through a proxy that goes wrong in every way of scenarios.py, and checks how that ends.

  tests/fault/run.py [-k TEXT]... [--size small|large] [--peers] [--write FILE]

Tests pinnace ($PINNACE, else build/release/pinnace). --peers runs crane, skopeo, regctl and oras too, for comparison
(scripts/setup bench installs them); --write keeps the table. Exits with 1 if pinnace does not do what it should.
"""
import argparse
import datetime
import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e")]
import clients
from scenarios import TABLE
from world import PATIENCE, World

SIZES = {"small": (6_000_000, 1_500_000), "large": (55_000_000, 16_000_000)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", dest="patterns", action="append", default=[], help="only scenarios whose name contains this")
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--write", metavar="FILE")
    options = parser.parse_args()
    names = ["pinnace"] + [name for name in clients.PEERS if options.peers and clients.installed(name)]
    scenarios = [s for s in TABLE if not options.patterns or any(p in s.name for p in options.patterns)]
    if not scenarios:
        sys.exit("fault: no scenario matches")
    world = World(SIZES[options.size])
    try:
        rows, failed = run_all(world, scenarios, names)
    finally:
        world.stop()
    if options.write:
        with open(options.write, "w") as file:
            file.write(table(rows, names, options.size))
    print(f"{len(scenarios) - failed} of {len(scenarios)} faults end well")
    sys.exit(failed > 0)


def run_all(world, scenarios, names):
    rows, failed = [], 0
    for scenario in scenarios:
        cells = {}
        for name in names:
            if scenario.build and name != "pinnace":
                cells[name] = ""
                continue
            run, complaints, cells[name] = world.run(scenario, name)
            print(f"{scenario.name}: {name}: {cells[name]}", flush=True)
            if name == "pinnace" and complaints:
                failed += 1
                print("  WRONG: " + "\n         ".join(complaints))
                print("  " + "\n  ".join(run.err.splitlines()[-8:]))
            elif run.code:
                print(f"  {run.last_line[:300]}")
        rows.append((scenario, cells))
    return rows, failed


def table(rows, names, size):
    mib = " + ".join(f"{n / 1e6:.0f}" for n in SIZES[size])
    lines = ["# What faults do to a transfer", "",
             "Written by `tests/fault/run.py --peers --size large --write docs/faults.md` on "
             f"{datetime.date.today()}; `scripts/check --only fault` checks pinnace's column with a smaller image.", "",
             f"An image of {mib} MB is copied from one docker-registry 2.8.2 to another, both on loopback, through a proxy that",
             "goes wrong as the row says. Times are wall time with the retries' pauses, of one run. A tool that has not ended",
             f"after {PATIENCE} s hangs. pinnace gives a silent peer up after 60 s; in the rows of silence that is set to 2 s.",
             "\"leaves\" is what the target keeps of uploads that were not completed.", "",
             "docker-registry 2.8 neither goes on with an upload whose connection broke nor deletes it: the client starts over, and",
             "what had arrived stays until the registry purges it (after a week by default). distribution v3 does both. Where an",
             "upload is resumed from a source that is a registry, the source is read again from its beginning (\"layer read\"): only",
             "so what is sent is verified. Builds are rows of pinnace alone.", "",
             "Versions: " + ", ".join(f"{name} {clients.version(name)}" for name in names) + ".", "",
             "| fault | wanted | " + " | ".join(names) + " |", "|---" * (len(names) + 2) + "|"]
    for scenario, cells in rows:
        lines.append(f"| {scenario.name} | {scenario.target} | " + " | ".join(cells[name] for name in names) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
