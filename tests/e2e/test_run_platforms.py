"""RUN for several platforms: side by side, and for an architecture that the machine doesn't have."""
import os
import shutil
import subprocess
import tarfile
import threading
import unittest

import harness
from images import Layout, busybox_files, push_image
from test_run import AS_USER, RunCase, layer_members, wait_until

# One for all runs on a machine.
ARM_ROOTFS = os.path.join(harness.ROOT, "build/tools/debian-arm64-busybox.tar")


def why_no_emulation():
    if shutil.which("qemu-aarch64-static") is None:
        return "qemu-user-static is not installed"
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "binfmt_misc", "none", "/mnt"],
                          capture_output=True, text=True, check=False)
    return f"binfmt_misc in a user namespace: {done.stderr.strip()}" if done.returncode else None


def arm_busybox():
    """busybox of arm64, from Debian's package."""
    if not os.path.exists(ARM_ROOTFS):
        os.makedirs(os.path.dirname(ARM_ROOTFS), exist_ok=True)
        unfinished = f"{ARM_ROOTFS}.{os.getpid()}.tar"
        harness.run([os.path.join(harness.ROOT, "scripts/debian-rootfs"), "--quiet", "--variant=extract", "--architectures=arm64",
                     "--skip=check/qemu", "--include=busybox-static", unfinished], env={**os.environ}, timeout=900)
        os.rename(unfinished, ARM_ROOTFS)
    with tarfile.open(ARM_ROOTFS) as tar:
        return tar.extractfile(next(one for one in tar if one.name.endswith("bin/busybox"))).read()


class SideBySide(RunCase):
    prefix = AS_USER

    def test_platforms_are_built_at_the_same_time(self):
        # Each waits for the other: one after the other, both would wait in vain.
        push_image(self.registry, "run/variants", "1", {**busybox_files(), "bin/sleep": "-> busybox", "bin/seq": "-> busybox",
                                                        "bin/touch": "-> busybox", "bin/test": "-> busybox"},
                   platforms=("linux/amd64/v2", "linux/amd64/v3"))
        text = (f"FROM {self.registry.host}/run/variants:1\nARG TARGETVARIANT\n"
                "RUN --mount=type=cache,target=/c touch /c/$TARGETVARIANT; for i in $(seq 300); do"
                " test -e /c/v2 -a -e /c/v3 && echo met > /met && exit; sleep 0.1; done; exit 1\nRUN echo done\n")
        built = self.build(text, "--platform", "linux/amd64/v2", "--platform", "linux/amd64/v3", "--threads", "2")
        for variant in ("v2", "v3"):
            self.assertIn(f"linux/amd64/{variant} | done", built.err)
        # The same, one step at a time: the cache has both marks now.
        again = self.build(text, "--platform", "linux/amd64/v2", "--platform", "linux/amd64/v3", "--threads", "1", "--no-cache",
                           tag="2")
        self.assertEqual(again.digest, built.digest)

    def test_an_error_says_which_platform(self):
        push_image(self.registry, "run/variants", "1", busybox_files(), platforms=("linux/amd64/v2", "linux/amd64/v3"))
        failed = self.build(f"FROM {self.registry.host}/run/variants:1\nARG TARGETVARIANT\nRUN test $TARGETVARIANT = v2\n",
                            "--platform", "linux/amd64/v2", "--platform", "linux/amd64/v3", expect=2)
        self.assertRegex(failed.errors[-1], "linux/amd64/v3: .*Containerfile:3:1: RUN ended with exit code")


class Foreign:
    def setUp(self):
        super().setUp()
        reason = why_no_emulation()
        if reason:
            self.skipTest(reason)
        files = busybox_files()
        files["bin/busybox"] = (arm_busybox(), 0o755)
        for name in ("uname", "rm", "tr", "grep", "su", "stat", "chown"):
            files[f"bin/{name}"] = "-> busybox"
        files["old/a"] = b"a\n"
        push_image(self.registry, "run/arm", "1", files, platforms=("linux/arm64",))
        self.image = f"{self.registry.host}/run/arm:1"

    def test_what_runs_is_not_the_hosts_file(self):
        """A container may keep /proc/PID/exe, and write there when the emulator runs no more."""
        mark = "4" + str(int.from_bytes(os.urandom(3), "big"))
        build = threading.Thread(target=lambda: self.build(f"FROM {self.image}\nRUN /bin/busybox sleep {mark}\n", expect=2))
        build.start()

        def emulated():
            found = [int(line.split()[0]) for line in self.tool("ps", "-eo", "pid,args").out.splitlines()
                     if f"/bin/busybox sleep {mark}" in line and "pinnace" not in line]
            return [pid for pid in found if "emulator" in os.readlink(f"/proc/{pid}/exe") or "qemu" in os.readlink(f"/proc/{pid}/exe")]
        try:
            self.assertTrue(wait_until(emulated))
            (pid,) = emulated()
            host = os.stat(shutil.which("qemu-aarch64-static"))
            running = os.stat(f"/proc/{pid}/exe")
            self.assertNotEqual((running.st_dev, running.st_ino), (host.st_dev, host.st_ino))
        finally:
            for pid in emulated():
                os.kill(pid, 9)
            build.join()

    def test_programs_run_and_their_changes_become_a_layer(self):
        lines = self.printed(f"FROM {self.image}\nRUN uname -m > /machine; cat /machine; rm /old/a; chown 7:8 /machine\n"
                             'RUN ["/bin/busybox", "sh", "-c", "echo $0; id -u", "argument"]\nUSER 12:13\nRUN id\n')
        self.assertEqual(lines, ["aarch64", "argument", "0", "uid=12 gid=13 groups=13"])
        members = layer_members(self.out, "1", 1)
        self.assertEqual(sorted(members), ["machine", "old", "old/.wh.a"])
        self.assertEqual((members["machine"].uid, members["machine"].gid), (7, 8))
        self.assertEqual(Layout(self.out).config(Layout(self.out).tag("1"))["architecture"], "arm64")
        # Nothing of it is left on the host.
        self.assertEqual([name for name in os.listdir("/proc/sys/fs/binfmt_misc") if "pinnace" in name], [])

    def test_a_container_of_it_runs(self):
        self.build(f"FROM {self.image}\nCMD [\"uname\", \"-m\"]\n")
        ran = self.pinnace("run", f"oci:{self.out}:1", "--platform", "linux/arm64", "--network", "none", prefix=self.prefix)
        self.assertEqual(ran.out, "aarch64\n")


class ForeignAsRoot(Foreign, RunCase):
    @unittest.skipIf(os.path.exists("/proc/sys/fs/binfmt_misc/qemu-aarch64"), "this machine has an emulator")
    def test_the_hosts_root_needs_the_hosts_registration(self):
        failed = self.build(f"FROM {self.image}\nRUN true\n", "--run-as-host-root", expect=2)
        self.assertRegex(failed.errors[-1], r"Containerfile:2:1: programs of linux/arm64 need an emulator on linux/\w+; as root: apt-get")


class ForeignAsUser(Foreign, RunCase):
    prefix = AS_USER
