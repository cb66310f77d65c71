"""The targets of the project, judged by the numbers of a run."""

MET, SHORT = "met", "short"


class Faster:
    """Our wall time is at most that of the best peer (or of `peer`) divided by `times`."""

    def __init__(self, text, workload, times, tool="pinnace", peer=None, aim=None, field="wall"):
        self.text, self.workload, self.times, self.tool, self.peer, self.aim, self.field = text, workload, times, tool, peer, aim, field

    def judge(self, results):
        """(what was measured, met or short), or None if it was not."""
        ours = results.median(self.workload, self.tool, self.field)
        peer, theirs = (self.peer, results.median(self.workload, self.peer, self.field)) if self.peer else \
            results.best_peer(self.workload, self.field)
        if ours is None or theirs is None:
            return None
        times = theirs / ours
        verdict = MET if times >= self.times else SHORT
        if self.aim and verdict == MET:
            verdict = f"met, the aim of {self.aim} too" if times >= self.aim else f"met, short of the aim of {self.aim}"
        return f"{times:.2f} times {'as good' if self.field != 'wall' else 'as fast'} as {peer} ({ours:.3g} and {theirs:.3g} s)", verdict


class AtMost:
    """A number of ours stays under a limit."""

    def __init__(self, text, workload, field, limit, unit, tool="pinnace"):
        self.text, self.workload, self.field, self.limit, self.unit, self.tool = text, workload, field, limit, unit, tool

    def judge(self, results):
        ours = results.median(self.workload, self.tool, self.field)
        if not ours:
            return None
        return f"{ours:.1f} {self.unit}", MET if ours <= self.limit else SHORT


TARGETS = [
    Faster("Start-up: under crane's", "start", 1, peer="crane"),
    Faster("W2: at most half of the fastest peer's time", "W2", 2),
    Faster("W3 gzip: at least 2 times faster than the fastest peer", "W3", 2, aim=3),
    AtMost("W3 gzip: layer of at most 430 MB", "W3", "layer", 430, "MB"),
    AtMost("W3 gzip: under 64 MiB", "W3", "rss", 64, "MiB"),
    Faster("W3 zstd: at least 2.5 times faster than BuildKit", "W3", 2.5, tool="pinnace zstd", peer="buildkit zstd", aim=3.5),
    AtMost("W3 zstd: layer of at most 360 MB", "W3", "layer", 360, "MB", tool="pinnace zstd"),
    AtMost("W3 zstd: under 64 MiB", "W3", "rss", 64, "MiB", tool="pinnace zstd"),
    Faster("W4: at least 2 times faster than the fastest peer", "W4", 2, aim=3),
    Faster("W5a: half of the best", "W5a", 2),
    Faster("W5b: the best", "W5b", 1),
    Faster("W5b: client CPU under crane's", "W5b", 1, peer="crane", field="cpu"),
    AtMost("W5b: fewer than 11 requests to the target", "W5b", "requests", 10, "requests"),
    Faster("W5c: half of the best", "W5c", 2),
    Faster("W5d: the best", "W5d", 1),
    Faster("W6: as curl with 8 connections", "W6", 1, peer="curl, 8 connections"),
    Faster("W7, W2: a quarter of BuildKit's time", "W7 W2", 4, peer="buildkit zstd"),
    Faster("W7, W3: an eighth of BuildKit's time", "W7 W3", 8, peer="buildkit zstd"),
    *(Faster(f"{workload}, {case}: faster than both", f"{workload} {case}", 1)
      for workload in ("W8", "W9") for case in ("cold", "unchanged", "last COPY", "first COPY")),
]


def section(results):
    """Markdown lines: what is short of its target first, then all."""
    judged = [(target, target.judge(results)) for target in TARGETS]
    rows = [(target.text, *verdict) for target, verdict in judged if verdict]
    if not rows:
        return []
    short = [f"- {text}: {measured}" for text, measured, verdict in rows if verdict.startswith(SHORT)]
    lines = ["## Short of target", "", *(short or ["Nothing of what was measured."]), ""]
    missing = [target.text for target, verdict in judged if not verdict and target.workload in results.samples]
    if missing:
        lines += ["Not judged, as one side was not measured: " + "; ".join(missing) + ".", ""]
    lines += ["## Targets", "", "| target | measured | |", "|---|---|---|"]
    lines += [f"| {text} | {measured} | {verdict} |" for text, measured, verdict in rows]
    return [*lines, "", "## Measurements", ""]
