"""RUN: a mount inside of another one, of which another container has the other end at the same time."""
import os
import threading

import harness
from test_run import AS_USER, RunCase

# swap CACHE TARGET: makes CACHE/d, and as soon as the first mount is made in it, changes it into a link to TARGET and back until CACHE/go is there.
PROGRAM = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int count, char** words) {
  if (count != 3 || chdir(words[1]) != 0 || mkdir("d", 0755) != 0 || symlink(words[2], "l") != 0) return 1;
  if (creat("ready", 0644) < 0) return 1;
  for (int i = 0; access("d/0", F_OK) != 0; ++i) {
    if (i > 60000) usleep(1000);
    if (i > 120000) return 1;
  }
  long swaps = 0;
  for (; access("go", F_OK) != 0 && swaps < 100000000; ++swaps) renameat2(AT_FDCWD, "d", AT_FDCWD, "l", RENAME_EXCHANGE);
  return 0;
}
"""
CACHE = "RUN --network=none --mount=type=cache,target=/c "


class MountsInside(RunCase):
    snapshots = None

    def step(self, step, tag, expect=0, files=None, *arguments):
        project = self.files(tag, {"Containerfile": f"FROM {self.base}\n{step}\n", **(files or {})})
        return self.pinnace("build", "--no-cache", "-f", f"{project}/Containerfile", "-t", f"oci:{self.path('out-' + tag)}:1", *arguments,
                            expect=expect, prefix=self.prefix, env={"PINNACE_SNAPSHOTS": self.snapshots})

    def test_links_that_are_swapped_lead_to_nothing_of_the_host(self):
        self.need("cc")
        victim = self.path("victim")
        os.mkdir(victim)
        os.chmod(victim, 0o777)
        project = self.files("swap", {"swap.c": PROGRAM})
        self.tool("cc", "-static", "-O1", "-o", f"{project}/swap", f"{project}/swap.c")
        for attempt in range(4):
            self.swap_while_mounting(f"{CACHE.strip()},id={attempt} ", victim)
        self.assertEqual(os.listdir(victim), [])

    def swap_while_mounting(self, cache, victim):
        ended = []
        swaps = threading.Thread(target=lambda: ended.append(
            self.step(f"{cache} --mount=type=bind,source=swap,target=/swap /swap /c {victim}", "swap", None)))
        swaps.start()
        try:
            self.step(cache + "for i in $(seq 600); do test -e /c/ready && exit 0; sleep 0.1; done; exit 1", "ready")
            inside = " ".join(f"--mount=type=tmpfs,target=/c/d/{number}" for number in range(40))
            used = self.step(f"{cache}{inside} true", "inside", None)
            self.assertNotRegex(used.err, "(runc|crun): ", "it was left to the runtime to find these places")
        finally:
            self.step(cache + "touch /c/go", "go")
            swaps.join()
        self.assertEqual(ended[0].code, 0, ended[0].err)

    def test_each_has_its_own_options(self):
        harness.write(self.path("secret"), "hidden\n")
        step = (CACHE + "--mount=type=secret,id=s,target=/c/d/s --mount=type=tmpfs,target=/c/t,size=1m --mount=type=cache,id=in,target=/c/t/in"
                " --mount=type=bind,target=/c/b grep -o ' /c.*' /proc/self/mountinfo; cat /c/d/s; touch /c/f /c/t/f /c/t/in/f; touch /c/b/f 2>/dev/null || echo refused")
        result = self.step(step, "options", 0, {"x": ""}, "--secret", f"id=s,src={self.path('secret')}")
        lines = [line[2:] for line in result.err.splitlines() if line.startswith("| ")]
        options = {line.split()[0]: set(line.split()[1].split(",")) for line in lines if line.startswith(" /c")}
        self.assertEqual(sorted(options), ["/c", "/c/b", "/c/d/s", "/c/t", "/c/t/in"])
        for place, has in options.items():
            self.assertEqual(has >= {"nosuid", "nodev"}, place != "/c/b", place)  # files of layers keep their rights
            self.assertEqual("ro" in has, place in ("/c/b", "/c/d/s"), place)
        self.assertEqual([line for line in lines if not line.startswith(" /c")],
                         ["hidden", "refused"])

    def test_nothing_is_made_inside_of_a_mount_that_is_read_only(self):
        """What a named snapshot has, every later build would see."""
        harness.write(self.path("secret"), "hidden\n")
        os.chmod(self.path("secret"), 0o644)
        for way in ("copy", "overlay"):
            self.snapshots = way
            for outer in (f"type=bind,from={self.base},target=/m", "type=bind,target=/m", "type=cache,target=/m,ro"):
                before = self.step(f"RUN --mount={outer} ls -R /m | sha256sum; ls -R /old /etc | sha256sum", "see").err
                for inner in ("type=tmpfs,target=/m/old/made", "type=cache,target=/m/old/made", "type=secret,id=s,target=/m/made",
                              f"type=bind,from={self.base},target=/m/made"):
                    failed = self.step(f"RUN --mount={outer} --mount={inner} true", "made", None, None, "--secret", f"id=s,src={self.path('secret')}")
                    after = self.step(f"RUN --mount={outer} ls -R /m | sha256sum; ls -R /old /etc | sha256sum", "see").err
                    self.assertEqual(*([line for line in err.splitlines() if line.startswith("| ")] for err in (before, after)), (outer, inner))
                    self.assertRegex(failed.errors[-1], r"Containerfile:2:\d+: .*mount at \S*/made: create \S+: Read-only file system")
            # A place that is there is taken.
            self.step(f"RUN --mount=type=bind,from={self.base},target=/m --mount=type=tmpfs,target=/m/old/sub touch /m/old/sub/f", "taken")


class MountsInsideAsUser(MountsInside):
    prefix = AS_USER
