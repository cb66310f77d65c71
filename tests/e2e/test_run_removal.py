"""What containers made is removed so that a stop request is obeyed; what is left then goes later."""
import glob
import os
import signal
import subprocess
import time

import harness
from test_run import AS_USER, RunCase

MANY = "mkdir -p /c/0; cd /c/0; i=0; while [ $i -lt 200 ]; do mkdir $i; i=$((i+1)); done; cd ..; i=1; while [ $i -lt 300 ]; do busybox cp -r 0 $i; i=$((i+1)); done"


class Removal:
    def start(self, *arguments):
        process = subprocess.Popen([*self.prefix, harness.PINNACE, *arguments], env=harness.environment(self.home), cwd=self.dir,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def left(self):
        return glob.glob(os.path.join(self.home, "store", "sandbox", "*", "tmp-*"))

    def caches(self):
        return glob.glob(os.path.join(self.home, "store", "sandbox", "*", "caches"))

    def stop_during_removal(self, process):
        """Stops it as soon as it removes something."""
        while not self.left() and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGTERM)
        process.communicate()
        return process.returncode

    def test_a_stop_is_obeyed_and_the_rest_goes_later(self):
        self.build(f"FROM {self.base}\nRUN --network=none --mount=type=cache,target=/c {MANY}\n")
        self.assertEqual(self.stop_during_removal(self.start("gc", "--all")), 130)
        self.assertTrue(self.left())
        self.assertEqual(self.caches(), [], "what is half removed is no cache any more")
        # The next build says what it does, and obeys, too.
        project = self.files("project", {"Containerfile": f"FROM {self.base}\nRUN --network=none echo x > /x\n"})
        build = ("build", "-f", f"{project}/Containerfile", "-t", f"oci:{self.out}:2")
        process = self.start(*build)
        for line in process.stderr:
            if line.startswith("removing what earlier containers have left"):
                break
        process.send_signal(signal.SIGTERM)
        process.communicate()
        self.assertEqual(process.returncode, 130)
        self.assertTrue(self.left())
        self.pinnace(*build, prefix=self.prefix)
        self.assertEqual(self.left(), [])

    def test_what_gc_counts_is_what_the_disk_has(self):
        self.build(f"FROM {self.base}\nRUN --network=none --mount=type=cache,target=/c "
                   "mkdir -p /c/0; cd /c/0; i=0; while [ $i -lt 300 ]; do mkdir d; cd d; i=$((i+1)); done; echo x > f; ln f g\n")
        place, = self.caches()
        used = int(subprocess.run(["du", "-s", "-B1", place], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0])
        used -= os.stat(place).st_blocks * 512
        self.assertGreater(used, 300 * 1024)
        parts = {part["name"]: part for part in self.pinnace("gc", "--all", "--json", prefix=self.prefix).json()["parts"]}
        self.assertEqual(parts["caches of mounts"]["removedBytes"], used)


class RemovalAsRoot(Removal, RunCase):
    pass


class RemovalAsUser(Removal, RunCase):
    prefix = AS_USER
