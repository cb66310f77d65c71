"""Runs commands and says what they took; keeps the samples of all tools."""
import dataclasses
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time


PRIORITY = 0  # of what is measured and of daemons, as a nice value among the sessions of the machine (man 7 sched, autogroup)


def prefer(process):
    """Gives a process that leads a session PRIORITY: on a machine that does other things meanwhile, a share of its own."""
    if PRIORITY:
        with open(f"/proc/{process.pid}/autogroup", "w") as file:
            file.write(str(PRIORITY))


@dataclasses.dataclass
class Sample:
    wall: float         # seconds
    cpu: float          # seconds, of the client and all its processes, and of its daemon if it has one
    rss: float          # MiB, of the largest process
    registry: float     # CPU seconds of the registries
    layer: float = 0    # MB of the layer that was made
    requests: int = 0   # to the target


def scratch():
    return tempfile.TemporaryDirectory(prefix="run-", ignore_cleanup_errors=True)


class Failed(RuntimeError):
    """A tool did not do what it was asked."""


def run(script, directory, timeout=600):
    """Runs a shell script in `directory` for what it does. Raises Failed with the end of its output."""
    log = os.path.join(directory, "log")
    with open(log, "wb") as output:
        process = subprocess.Popen(["/bin/sh", "-euc", script], cwd=directory, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=output, start_new_session=True)
        prefer(process)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            end(process)
            raise Failed(f"{script}\ntook longer than {timeout} s") from None
        except BaseException:
            end(process)
            raise
    check(status, script, log)


def measure(script, directory, registries, daemons=()):
    """Runs a shell script in `directory` and measures it. The CPU time of `registries` (things with cpu()) is kept apart,
    that of `daemons` belongs to the client."""
    os.sync()  # what came before must not be written to disk in this one's time
    of_registries, of_daemons = total_cpu(registries), total_cpu(daemons)
    log, peak = os.path.join(directory, "log"), os.path.join(directory, "peak")
    with open(log, "wb") as output:
        started = time.monotonic()
        # A child's peak memory includes what its parent had when it forked: `time` is small, Python is not.
        process = subprocess.Popen(["/usr/bin/time", "-q", "-f", "%M", "-o", peak, "/bin/sh", "-euc", script], cwd=directory,
                                   stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        prefer(process)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            end(process)
            raise
        wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    check(process.returncode, script, log)
    with open(peak) as text:
        rss = int(text.read().split()[-1]) / 1024
    cpu = usage.ru_utime + usage.ru_stime + total_cpu(daemons) - of_daemons
    return Sample(wall, cpu, rss, total_cpu(registries) - of_registries)


def total_cpu(processes):
    return sum(process.cpu() for process in processes)


def end(process):
    """Ends a script with everything that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def check(status, script, log):
    if status != 0:
        with open(log, errors="replace") as text:
            raise Failed(f"{script}\nended with {status}: {text.read()[-2000:].strip()}")


class Results:
    """Samples by workload and tool, and why a tool has none."""

    def __init__(self):
        self.samples = {}   # workload -> tool -> [Sample]
        self.failures = {}  # (workload, tool) -> message
        self.loads = []     # of the machine, before each sample

    def take(self, workload, tool, make):
        """Adds what make() returns, a Sample. A tool that failed once is not asked again."""
        if (workload, tool) in self.failures:
            return
        self.loads.append(os.getloadavg()[0])
        try:
            sample = make()
        except (Failed, subprocess.CalledProcessError) as error:
            self.failures[workload, tool] = str(error)
            print(f"{workload} {tool}: failed: {error}", file=sys.stderr)
            return
        self.samples.setdefault(workload, {}).setdefault(tool, []).append(sample)
        print(f"{workload:5} {tool:20} {sample.wall:8.3f} s  cpu {sample.cpu:7.3f}  registry {sample.registry:6.2f}  "
              f"{sample.rss:6.1f} MiB  {sample.layer:6.1f} MB", file=sys.stderr, flush=True)

    def median(self, workload, tool, field):
        """None if there is no sample."""
        samples = self.samples.get(workload, {}).get(tool)
        return statistics.median(getattr(sample, field) for sample in samples) if samples else None

    def spread(self, workload, tool, field):
        values = [getattr(sample, field) for sample in self.samples[workload][tool]]
        return min(values), max(values)

    def best_peer(self, workload, field="wall"):
        """(tool, median) of the best that is not ours; (None, None) if there is none."""
        medians = {tool: self.median(workload, tool, field) for tool in self.samples.get(workload, {})
                   if not tool.startswith("pinnace")}
        return min(medians.items(), key=lambda item: item[1], default=(None, None))
