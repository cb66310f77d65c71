"""bench/RESULTS.md: the tables, and each target of ours against the numbers of the run."""
import datetime
import os
import platform
import subprocess

import measure
import peers
import targets

TITLES = {
    "start": "Start-up: print the version",
    "W1": "W1: push a base image (121 MB, one layer) from a layout",
    "W2": "W2: small application, build and push",
    "W3": "W3: big application (1.005 GB, 21,207 files), build and push",
    "W4": "W4: 100,000 small files, build and push",
    "W5a": "W5a: promote W3 into another repository of the same registry",
    "W5b": "W5b: promote W3 into another registry, cold",
    "W5c": "W5c: promote W3 again, all there",
    "W5d": "W5d: promote W3 with one new layer of 16 MB",
    "W6": "W6: 200 tags to digests",
    "W7 W2": "W7: W2 again, nothing changed",
    "W7 W3": "W7: W3 again, nothing changed",
    "W7 W4": "W7: W4 again, nothing changed",
    "W7 W3 +1": "W7: W3 again, one file of 100 KB changed",
    **{f"{workload} {case}": f"{workload}: Containerfile of {stages}, {text}"
       for workload, stages in (("W8", "one stage"), ("W9", "three stages with RUN"))
       for case, text in (("cold", "first build"), ("unchanged", "nothing changed"), ("last COPY", "one file of the last COPY changed"),
                          ("first COPY", "one file of the first COPY changed"))},
}

# What the columns say; one that is empty for all tools is left out.
COLUMNS = [("wall s", "wall", "{:.3f}"), ("CPU s", "cpu", "{:.3f}"), ("registry CPU s", "registry", "{:.2f}"),
           ("peak MiB", "rss", "{:.1f}"), ("layer MB", "layer", "{:.1f}"), ("requests", "requests", "{:.0f}")]

NOTES = """\
Medians; the smallest and the largest wall time in brackets. **Only the ratios inside one run mean something.** CPU is the
client's, all its processes and its daemon together; the registry's, which runs on the same cores, is apart. Peak memory is
that of the largest process, a daemon's not counted. Tools take turns, each round starts with another one, and nothing is left
to be written to disk when a run starts. Each build has a fresh registry that holds the base only. Every tool has what it has
in daily use: buildah the base in its storage, umoci a layout, BuildKit a running daemon, jib-core its cache of the base,
pinnace what an earlier build on the same base left in its store ("first build" is without that). Tools compress with gzip at their own default level unless the
name says zstd; the ratios compare with `pinnace`, which is gzip.

W1 is Debian's minbase. W2 is 50 KB of configuration and 20 MB half compressible on W1. W3 is 1.005 GB in 21,207 files from
Debian packages (half of the bytes in binaries, archives and other files from 1 MB on), chosen so that gzip -6 leaves about
37.7 % of the tar. W4 is 100,000 files of 1 to 4 KB. Generators: `bench/workloads.py`. W8 and W9 are Containerfiles on W1 with
45 MB in 1,200 files, `bench/containerfiles.py`: each tool builds and pushes all four cases one after the other into one registry, and
before the first it has nothing, the base neither."""


def report(results, rounds):
    load = f"{min(results.loads):.1f} to {max(results.loads):.1f}" if results.loads else "unknown"
    parts = ["# Side by side", "",
             f"`bench/run`, {datetime.date.today()}, {rounds} rounds. {machine()} Load average during the run, our own "
             f"included: {load}{priority()}.", "", f"Versions: {'; '.join(versions())}.", "", NOTES, ""]
    parts += targets.section(results)
    parts += [table(results, workload) for workload in TITLES if workload in results.samples]
    if results.failures:
        parts += ["### Not measured", "", *not_measured(results), ""]
    return "\n".join(parts)


def priority():
    return f"; all that was measured ran with the nice value {measure.PRIORITY} among the machine's sessions" if measure.PRIORITY else ""


def table(results, workload):
    tools = results.samples[workload]
    columns = [c for c in COLUMNS if any(results.median(workload, tool, c[1]) for tool in tools)]
    header = ["tool", *(name for name, _, _ in columns), "wall / pinnace", "CPU / pinnace"]
    lines = [f"### {TITLES[workload]}", "", "| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    for tool in sorted(tools, key=lambda tool: results.median(workload, tool, "wall")):
        cells = [tool + fewer_runs(results, workload, tool), *(cell(results, workload, tool, field, form) for _, field, form in columns),
                 ratio(results, workload, tool, "wall"), ratio(results, workload, tool, "cpu")]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def fewer_runs(results, workload, tool):
    """How often it was measured, if not as often as others."""
    counts = {name: len(samples) for name, samples in results.samples[workload].items()}
    most = max(counts.values())
    return f" (measured {counts[tool]} of {most})" if counts[tool] < most else ""


def cell(results, workload, tool, field, form):
    value = results.median(workload, tool, field)
    if field == "wall":
        least, most = results.spread(workload, tool, field)
        if value < 0.05:
            form = "{:.4f}"
        return f"{form.format(value)} ({form.format(least)}-{form.format(most)})"
    return form.format(value) if value else ""


def ratio(results, workload, tool, field):
    ours, theirs = results.median(workload, "pinnace", field), results.median(workload, tool, field)
    return f"{theirs / ours:.2f}" if ours else ""


def not_measured(results):
    """One line a tool and reason."""
    grouped = {}
    for (workload, tool), message in results.failures.items():
        reason = " ".join(message.strip().splitlines()[-1].split())[:200]
        grouped.setdefault((tool, reason), []).append(workload)
    return [f"- {tool} ({', '.join(workloads)}): {reason}" for (tool, reason), workloads in grouped.items()]


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Linux {platform.release()} {platform.machine()}."


def versions():
    asked = {"pinnace": "pinnace --version", "crane": "crane version", "skopeo": "skopeo --version",
             "buildah": "buildah --version", "umoci": "umoci --version", "regctl": "regctl version --format '{{.VCSTag}}'",
             "oras": "oras version | awk '{print $2}'", "BuildKit": f"cat {peers.TOOLS}/bin/buildkit.version",
             "jib-core": f"ls {peers.TOOLS}/jib | sed -n 's/^jib-core-\\(.*\\)\\.jar$/\\1/p'",
             "docker-registry": "docker-registry --version",
             "curl": "curl --version | cut -d ' ' -f 1,2"}
    lines = [first_line(command) for command in asked.values()]
    named = [line if name in line else f"{name} {line}" for name, line in zip(asked, lines) if line]
    return [*named, f"buildah's driver {peers.Buildah.driver}"]


def first_line(command):
    """Of what a program says; nothing if it isn't there."""
    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=20, check=False)
    return next((line.strip() for line in done.stdout.splitlines() if line.strip()), "")
