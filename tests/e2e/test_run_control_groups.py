"""Containers stay in the control group of whoever starts them, and leave the host's mounts alone."""
import os
import pwd
import re
import shutil
import subprocess

import harness
from harness import environment
from test_run import USER, RunCase, wait_until

# As on hosts that have version 2 alone: in a mount namespace of its own, within the group GROUP.
UNIFIED = """
umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && cd /sys/fs/cgroup && mkdir -p $GROUP &&
chown -R $OWNER ${GROUP%/*} && echo $$ > $GROUP/cgroup.procs && cd - > /dev/null && exec "$@"
"""


class ControlGroups(RunCase):
    def setUp(self):
        super().setUp()
        self.group = f"{os.path.basename(self.dir)}/own"
        probe = subprocess.run([*self.prefix_of(), "true"], check=False, env=self.variables(), stderr=subprocess.DEVNULL)
        if probe.returncode != 0:
            self.skipTest("control groups of version 2 can't be mounted here")
        self.addCleanup(subprocess.run, ["unshare", "-m", "sh", "-c", "umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; "
                                         f"cd /sys/fs/cgroup; find {os.path.dirname(self.group)} -depth -type d -exec rmdir {{}} +"],
                        check=False)
        self.marks = 0

    def variables(self, user="root"):
        return environment(self.home, GROUP=self.group, OWNER=user)

    def prefix_of(self, user="root"):
        as_user = () if user == "root" else ("setpriv", "--reuid", user, "--regid", user, "--init-groups")
        return ("unshare", "-m", "sh", "-c", UNIFIED, "-", *as_user)

    def start(self, *options, user="root"):
        """A container that sleeps: pinnace's process, and the control group of the container's."""
        self.marks += 1
        mark = f"{4000 + self.marks}.{os.getpid()}"
        process = subprocess.Popen(
            [*self.prefix_of(user), harness.PINNACE, "run", "--network", "none", *options, self.base, "--", "/bin/sleep", mark],
            env=self.variables(user), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        self.assertTrue(wait_until(lambda: self.group_of(mark) or process.poll() is not None))
        if process.poll() is not None:
            self.fail(process.stdout.read())
        self.addCleanup(process.stdout.close)
        return process, self.group_of(mark)

    def group_of(self, mark):
        wanted = f"/bin/sleep\0{mark}\0".encode()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as line, open(f"/proc/{pid}/cgroup") as groups:
                    if line.read() == wanted:
                        return re.search("^0::(.*)$", groups.read(), re.M)[1]
            except OSError:
                continue
        return None

    def runtimes(self):
        return [name for name in ("crun", "runc") if shutil.which(name, path=harness.PATH)]

    def test_containers_stay_below_the_group_of_who_starts_them(self):
        owner = pwd.getpwnam(USER)
        for options, user in ((("--run-as-host-root",), "root"), ((), "root"), ((), USER)):
            if user == USER:
                shutil.rmtree(os.path.join(self.home, "store"))
                subprocess.run(["chown", "-R", f"{owner.pw_uid}:{owner.pw_gid}", self.dir], check=True)
            for runtime in self.runtimes():
                with self.subTest(runtime=runtime, options=options, user=user):
                    _, group = self.start("--runtime", runtime, *options, user=user)
                    self.assertRegex(group, f"^/{self.group}(/|$)")

    def test_the_end_of_a_container_ends_no_other(self):
        for runtime in self.runtimes():
            with self.subTest(runtime):
                options = ("--runtime", runtime, "--run-as-host-root")
                stays, group = self.start(*options)
                ends, other = self.start(*options)
                self.assertNotEqual(group, other)
                ends.terminate()
                ends.communicate(timeout=60)
                self.assertIsNone(stays.poll())

    def test_a_container_sees_no_groups_of_the_host(self):
        text = f"FROM {self.base}\nRUN --network=none grep -v :/$ /proc/self/cgroup || echo none\n"
        for options in ((), ("--run-as-host-root",)):
            self.assertEqual(self.printed(text, "--no-cache", *options), ["none"])


class SharedMounts(RunCase):
    def test_the_hosts_mounts_are_as_before(self):
        """systemd makes the host's mounts shared: what is mounted in a namespace of mounts alone appears there, too."""
        self.files("project", {"Containerfile": f"FROM {self.base}\nRUN --network=none true\n"})
        script = ('mount --make-rshared / && cat /proc/self/mountinfo > before && "$@" && cat /proc/self/mountinfo > after && '
                  "cmp before after")
        self.tool("unshare", "-m", "sh", "-c", script, "-", harness.PINNACE, "build", "--run-as-host-root",
                  "-t", f"oci:{self.out}:1", "project")
