"""RUN: what it does to an image, what it can't reach, and that nothing is left of it. As root and as an ordinary user."""
import os
import pathlib
import pwd
import re
import signal
import socket
import subprocess
import threading
import time

import harness
from harness import Case, environment
from images import Layout, busybox_files, decompress, push_image, tar_members
from registries import shared_registry

USER = "pinnace-test"  # scripts/setup test makes it, with ranges of ids
AS_USER = ("setpriv", "--reuid", USER, "--regid", USER, "--init-groups")


# Mounts at and below /sys that are not read-only, also where another one hides them.
WRITABLE_SYS = "grep '^[^ ]* [^ ]* [^ ]* [^ ]* /sys[/ ]' /proc/self/mountinfo | grep -v ' /sys[^ ]* ro[, ]' || true"


def layer_members(layout, tag, index=-1):
    descriptor, data = Layout(layout).layers(Layout(layout).tag(tag))[index]
    return tar_members(decompress(data, descriptor["mediaType"]))


def processes_with(text):
    """Processes of the whole machine whose command line has the text."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in line and int(pid) != os.getpid():
            found.append(line)
    return found


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class RunCase(Case):
    """`prefix` makes the commands those of another user."""
    prefix = ()

    def setUp(self):
        super().setUp()
        self.need("runc", "slirp4netns", "newuidmap")
        self.registry = shared_registry()
        files = busybox_files()
        for name in ("mkdir", "rm", "mv", "touch", "chmod", "chown", "ln", "sleep", "env", "wget", "nc", "grep", "stat",
                     "ps", "mount", "find", "ip", "tr", "test", "sync", "true", "false", "mknod", "hostname", "kill"):
            files[f"bin/{name}"] = "-> busybox"
        files.update({"etc/passwd": b"root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home:/bin/sh\n",
                      "etc/group": b"root:x:0:\napp:x:1000:\ntools:x:1001:app\n",
                      "old/": b"", "old/a": b"a\n", "old/b": b"b\n", "old/sub/": b"", "old/sub/c": b"c\n",
                      "bin/tool": (b"#!/bin/sh\necho tool\n", 0o755)})
        push_image(self.registry, "run/base", "1", files)
        self.base = f"{self.registry.host}/run/base:1"
        self.out = self.path("out")
        if self.prefix:
            owner = pwd.getpwnam(USER)
            for directory in (self.dir, self.home):
                os.chown(directory, owner.pw_uid, owner.pw_gid)

    def remove(self):
        # What containers made belongs to ids that only root can remove.
        subprocess.run(["rm", "-rf", self.dir], check=False)

    def build(self, text, *arguments, expect=0, files=None, tag="1", **options):
        project = self.files("project", {"Containerfile": text, **(files or {})})
        for parent, _, _ in os.walk(project):
            os.chmod(parent, 0o755)
        return self.pinnace("build", "-f", f"{project}/Containerfile", "-t", f"oci:{self.out}:{tag}", *arguments,
                            expect=expect, **{"prefix": self.prefix, **options})

    def printed(self, text, *arguments, **options):
        """What the RUNs print."""
        err = self.build(text, *arguments, **options).err
        return [found[1] for found in (re.match(r"(?:\S+ )?\| (.*)", line) for line in err.splitlines()) if found]


class Effects:
    def test_changes_become_a_layer(self):
        self.build(f"FROM {self.base}\n"
                   "RUN mkdir -p /new/dir && echo hello > /new/dir/file && chmod 0750 /new/dir && chown 1000:1001 /new/dir/file"
                   " && ln -s dir/file /new/link && ln /new/dir/file /new/hard && rm /old/a\n")
        members = layer_members(self.out, "1")
        self.assertEqual(sorted(members), ["new", "new/dir", "new/dir/file", "new/hard", "new/link", "old", "old/.wh.a"])
        self.assertEqual((members["new/dir"].mode, members["new/dir/file"].uid, members["new/dir/file"].gid),
                         (0o750, 1000, 1001))
        self.assertTrue(members["new/hard"].islnk())
        self.assertEqual({member.mtime for member in members.values()}, {0})

    def test_a_directory_that_is_replaced(self):
        self.build(f"FROM {self.base}\nRUN rm -r /old && mkdir /old && touch /old/b\n")
        self.assertEqual(sorted(layer_members(self.out, "1")), ["old", "old/.wh.a", "old/.wh.sub", "old/b"])

    def test_a_run_that_changes_nothing_makes_no_layer(self):
        self.build(f"FROM {self.base}\nRUN ls / > /dev/null\nRUN echo x > /tmp/x && rm /tmp/x\n")
        self.assertEqual(len(Layout(self.out).layers(Layout(self.out).tag("1"))), 1)
        history = Layout(self.out).config(Layout(self.out).tag("1"))["history"]
        self.assertEqual([line.get("empty_layer", False) for line in history], [False, True, True])

    def test_no_stubs_of_mounts_are_left(self):
        files = {"sh": self.busybox()}
        self.build("FROM scratch\nCOPY --chmod=755 sh /bin/sh\n"
                   "RUN --mount=type=tmpfs,target=/a/b/c --mount=type=cache,target=/var/cache/x echo x > /made\n", files=files)
        self.assertEqual(sorted(layer_members(self.out, "1")), ["made"])

    def busybox(self):
        return busybox_files()["bin/busybox"][0]

    def test_steps_see_what_went_before(self):
        lines = self.printed(f"FROM {self.base}\nRUN echo one > /f\nCOPY two /\nRUN rm /old/b; cat /f /two; ls /old\n"
                             "RUN ls /old; stat -c %Y /f\n", files={"two": "two\n"})
        # The base is of the clock's first second, the first RUN of the second one.
        self.assertEqual(lines, ["one", "two", "a", "sub", "a", "sub", "946684802"])

    def test_stages_and_copies_from_them(self):
        self.build(f"FROM {self.base} AS made\nRUN echo made > /made && chmod 0700 /made && rm -r /old/sub\n"
                   f"FROM {self.base}\nCOPY --from=made /made /old /copied/\n")
        members = layer_members(self.out, "1")
        self.assertEqual(sorted(members), ["copied", "copied/a", "copied/b", "copied/made"])
        self.assertEqual(members["copied/made"].mode, 0o700)

    def test_forms_user_directory_and_variables(self):
        lines = self.printed(f"FROM {self.base}\nARG A=arg\nENV E=env A2=$A\nWORKDIR /work\nUSER app\n"
                             'RUN id; pwd; echo $A $E $A2 $HOME\n'
                             'RUN ["/bin/sh", "-c", "echo exec $0", "$A"]\n'
                             'SHELL ["/bin/sh", "-e", "-c"]\nRUN false; echo unreached || true\n', expect=None)
        self.assertEqual(lines[:4], ["uid=1000(app) gid=1000(app) groups=1000(app),1001(tools)", "/work",
                                     "arg env arg /home", "exec $A"])
        self.assertNotIn("unreached", lines)

    def test_here_documents(self):
        lines = self.printed(f"FROM {self.base}\nRUN <<EOF\necho one\necho two\nEOF\n"
                             "RUN cat <<A && cat <<-B\na $HOSTNAME_X\nA\n\tb\nB\n"
                             "RUN <<SCRIPT\n#!/bin/sh -x\necho from $0\nSCRIPT\n")
        self.assertEqual(lines[:4], ["one", "two", "a ", "b"])
        self.assertEqual(sorted(lines[4:]), ["+ echo from /dev/pipes/SCRIPT", "from /dev/pipes/SCRIPT"])

    def test_a_failing_run_says_where(self):
        failed = self.build(f"FROM {self.base}\nRUN echo before; exit 7\n", expect=2)
        self.assertEqual(failed.errors[-1].split("Containerfile", 1)[1], ":2:1: RUN ended with exit code 7")
        self.assertFalse(os.path.exists(os.path.join(self.out, "index.json")) and Layout(self.out).index()["manifests"])
        lines = "".join(f"echo line {number}; " for number in range(30))
        failed = self.build(f"FROM {self.base}\nRUN {lines}exit 7\n", "-q", expect=2)
        self.assertEqual(failed.err.splitlines()[:-1], [f"| line {number}" for number in range(10, 30)])
        self.assertEqual(self.build(f"FROM {self.base}\nRUN echo said\n", "-q").err, "")
        failed = self.build(f"FROM {self.base}\nUSER nobody-here\nRUN true\n", expect=2)
        self.assertIn('Containerfile:3:1: user "nobody-here" is not in the image\'s /etc/passwd', failed.errors[-1])
        failed = self.build(f'FROM {self.base}\nRUN ["/no/such"]\n', expect=2)
        self.assertIn("Containerfile:2:1:", failed.errors[-1])
        self.assertEqual(sum("exec" in line for line in failed.err.splitlines()), 1, failed.err)
        failed = self.build("FROM scratch\nRUN true\n", expect=2)
        self.assertRegex(failed.errors[-1], "Containerfile:2:1: .*/bin/sh")

    def test_what_no_layer_can_say(self):
        failed = self.build(f"FROM {self.base}\nRUN touch /etc/.wh.passwd\n", expect=2)
        self.assertIn("Containerfile:2:1: /etc/.wh.passwd: in a layer, names that start with .wh. say what is deleted",
                      failed.errors[-1])
        # The root directory has no entry.
        lines = self.printed(f"FROM {self.base}\nRUN chmod 0700 /; chown 1000:7 /; echo > /x\nRUN stat -c '%a %u %g' /\n")
        self.assertEqual(lines, ["755 0 0"])

    def test_the_images_own_hostname(self):
        lines = self.printed(f"FROM {self.base}\nRUN echo shop > /etc/hostname\nRUN cat /etc/hostname\n")
        self.assertEqual(lines, ["shop"])
        self.assertIn("etc/hostname", layer_members(self.out, "1"))

    def test_an_environment_that_others_wrote(self):
        push_image(self.registry, "run/variables", "1", busybox_files(), Env=["A=1", "FOO", "A=2"])
        image = f"{self.registry.host}/run/variables:1"
        script = 'echo "$A,${FOO-unset},$PATH"; env | grep -c ^A='
        lines = self.printed(f"FROM {image}\nRUN {script.replace('env', 'busybox env').replace('grep', 'busybox grep')}\n")
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        self.assertEqual(lines, [f"2,,{path}", "1"])
        done = self.pinnace("run", image, "--", "sh", "-c", 'echo "$A,${FOO-unset},$PATH"', prefix=self.prefix)
        self.assertEqual(done.out, f"2,,{path}\n")
        done = self.pinnace("run", image, "-e", "A=3", "--", "sh", "-c", "echo $A", prefix=self.prefix)
        self.assertEqual(done.out, "3\n")

    def test_the_same_digest_again(self):
        text = f"FROM {self.base}\nRUN echo x > /x; sleep 1; mkdir -p /d/e; touch /d/e/f\n"
        first = self.build(text).digest
        again = self.build(text, tag="2", env={"PINNACE_STORE": self.path("home/other-store")}).digest
        self.assertEqual(first, again)


    def test_unpacked_layers_that_nothing_used_are_collected(self):
        text = f"FROM {self.base}\nRUN --mount=type=cache,target=/c echo kept > /c/kept; echo x > /x\n"
        digest = self.build(text).digest
        place, = (entry.path for entry in os.scandir(os.path.join(self.home, "store", "sandbox")) if entry.is_dir())
        layers = set(os.listdir(place)) - {"caches"}
        self.assertEqual(len(layers), 2)
        self.pinnace("gc", prefix=self.prefix)
        self.assertEqual(set(os.listdir(place)) - {"caches"}, layers, "what is new stays")
        for name in layers:
            os.utime(os.path.join(place, name), (0, 0))
        done = self.pinnace("gc", prefix=self.prefix)
        self.assertIn("removed 2 unpacked layers", done.err)
        self.assertEqual(os.listdir(place), ["caches"])
        parts = {part["name"]: part for part in self.pinnace("gc", "--json", prefix=self.prefix).json()["parts"]}
        self.assertEqual(parts["unpacked layers"], {"name": "unpacked layers", "removedBytes": 0, "keptBytes": 0})
        self.assertGreater(parts["caches of mounts"]["keptBytes"], 0)
        self.pinnace("gc", "--all", prefix=self.prefix)
        self.assertEqual(os.listdir(place), [])
        self.assertEqual(self.build(text, "--no-cache", tag="2").digest, digest)


class Isolation:
    def test_resource_limits_are_not_those_of_who_calls(self):
        """A core dump would have a secret of the environment in it."""
        self.files("", {"secret": "TOPSECRET"})
        text = (f"FROM {self.base}\nRUN --network=none --mount=type=secret,id=s,env=TOKEN cd /; sh -c 'kill -SEGV $$'; "
                "cat /proc/self/limits\n")
        said = []
        for limits in ("-S -c 0", "-S -c unlimited", "-S -n 100", "-S -s unlimited", "-S -f 1000000", "-S -v 90000000", "-S -l 0"):
            prefix = (*self.prefix, "sh", "-c", f'ulimit {limits} && exec "$@"', "-")
            done = self.build(text, "--secret", f"id=s,src={self.path('secret')}", "--no-cache", prefix=prefix)
            said.append([line for line in done.err.splitlines() if "Max " in line])
            self.assertEqual(len(Layout(self.out).layers(Layout(self.out).tag("1"))), 1, limits)
        for other in said[1:]:
            self.assertEqual(said[0], other)
        self.assertRegex("\n".join(said[0]), r"Max core file size +0 +0 ")

    def test_nothing_of_the_host_is_seen(self):
        canary = "canary-" + os.urandom(8).hex()
        self.files("", {"host-file": canary})
        lines = self.printed(
            f"FROM {self.base}\nRUN env; cat {self.path('host-file')} || echo no host file; ls /proc | grep -c '^[0-9]*$'; "
            "cat /proc/1/environ | tr '\\0' '\\n'; hostname; cat /proc/self/uid_map; ls /dev; "
            "cat /proc/kcore 2>&1 | grep -c . ; echo c > /proc/sysrq-trigger\n", env={"CANARY": canary}, expect=None)
        text = "\n".join(lines)
        self.assertNotIn(canary, text)
        self.assertIn("no host file", text)
        self.assertIn("buildkitsandbox", text)
        self.assertLess(int(next(line for line in lines if line.isdigit())), 8)
        self.assertNotIn("vda", text)
        # Root inside is nobody of importance outside.
        mapped = next(line.split() for line in lines if line.split()[:1] == ["0"] and len(line.split()) == 3)
        self.assertNotEqual(mapped[1], "0")

    def test_nothing_of_other_builds_and_no_credentials_are_seen(self):
        canary = "canary-" + os.urandom(8).hex()
        mark = "5" + str(int.from_bytes(os.urandom(3), "big"))
        harness.write(os.path.join(self.home, ".docker/config.json"), '{"auths": {"other.example": {"auth": "%s"}}}' % canary)
        os.chmod(os.path.join(self.home, ".docker"), 0o755)
        other = self.start_asleep(mark, f"FROM {self.base}\nRUN echo {canary} > /{canary}; echo up; sleep {mark}\n")
        secret = self.path("home", "secret")
        harness.write(secret, canary)
        os.chmod(secret, 0o644)
        text = (f"FROM {self.base}\nRUN find / -name 'canary-*' 2> /dev/null; ps -o comm; cat /proc/*/environ | tr '\\0' '\\n'; "
                f"ls -d {self.home} /proc/*/root/{canary} /proc/*/cwd/{canary}; cat {self.home}/.docker/config.json; "
                "cat /run/secrets/*; grep -c . /proc/self/mountinfo; echo done\n")
        lines = self.printed(text, "--secret", f"id=t,src={secret}", env={"PASSWORD": canary})
        self.assertIn("done", lines)
        seen = [line for line in lines if not line.startswith(("ls: ", "cat: "))]
        self.assertFalse([line for line in seen if canary in line or self.home in line or line == "sleep"], seen)
        other.kill()
        other.communicate(timeout=60)

    def test_services_on_the_hosts_loopback_are_not_reached(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            server.settimeout(0.2)
            lines = self.printed(
                f"FROM {self.base}\n"
                f"RUN for a in 127.0.0.1 10.0.2.2 localhost; do nc -w 2 $a {port} < /dev/null && echo reached $a; done; "
                "ip addr | grep -q tap0 && echo tap\nRUN --network=none ip addr | grep -q tap0 || echo alone\n")
            self.assertEqual([line for line in lines if line.startswith("reached")], [])
            self.assertEqual([line for line in lines if not line.startswith("nc: ")], ["tap", "alone"])
            with self.assertRaises(TimeoutError):
                server.accept()
            # The host's network is there for who asks for it.
            failed = self.build(f"FROM {self.base}\nRUN --network=host true\n", expect=2)
            self.assertIn("needs the build to allow it", failed.errors[-1])
            accepted = []
            thread = threading.Thread(target=lambda: accepted.append(accept(server)))
            thread.start()
            self.build(f"FROM {self.base}\nRUN --network=host echo hi | nc -w 2 127.0.0.1 {port}\n", "--network", "host")
            thread.join(30)
            self.assertEqual(accepted, [b"hi\n"])

    def test_a_hostile_base_leads_nowhere(self):
        canary = self.path("canary")
        harness.write(canary, "untouched")
        os.chmod(canary, 0o666)
        files = {**busybox_files(), "etc/passwd": f"-> {canary}", "etc/resolv.conf": f"-> {canary}",
                 "etc/hosts": "-> ../../../../../../.." + canary, "proc": "-> /", "esc": f"-> {self.dir}"}
        del files["proc/"]
        push_image(self.registry, "run/hostile", "1", files)
        self.build(f"FROM {self.registry.host}/run/hostile:1\nRUN --mount=type=tmpfs,target=/esc/mounted echo x > /esc/written;"
                   " echo pwned > /etc/passwd; true\n", expect=None)
        self.assertEqual(open(canary).read(), "untouched")
        self.assertFalse(os.path.exists(self.path("written")) or os.path.exists(self.path("mounted")))

    def test_forbidden_calls(self):
        lines = self.printed(f"FROM {self.base}\nRUN mount -t tmpfs x /mnt 2>&1 || echo no mount; "
                             "mknod /tmp/sda b 8 0 || echo no device; cat /proc/self/status | grep -E 'Seccomp:|CapEff'\n")
        self.assertIn("no mount", lines)
        self.assertIn("no device", lines)
        self.assertIn("Seccomp:\t2", lines)
        self.assertIn("CapEff:\t00000000a00405fb", lines)

    def test_sockets_that_lead_around_namespaces(self):
        """AF_VSOCK, AF_ALG and AF_PACKET are refused, whatever the upper half of the argument says.

        32-bit programs have the call whose family nobody sees only where a person asks for their platform."""
        self.need("cc")
        source = self.path("sockets.c")
        harness.write(source, """
            #include <stdio.h>
            #include <sys/mman.h>
            #include <sys/socket.h>
            #include <sys/syscall.h>
            #include <unistd.h>
            static int old(long number, long a, long b) {
              int result;
              __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b) : "memory", "r8", "r9", "r10", "r11");
              return result;
            }
            int main(void) {
              long families[] = {AF_VSOCK, AF_ALG, AF_PACKET, AF_UNIX}, high = 1L << 32;
              for (int i = 0; i < 4; ++i)
                printf("%ld %d %d\\n", families[i], syscall(SYS_socket, families[i], SOCK_STREAM, 0) >= 0,
                       syscall(SYS_socket, families[i] | high, SOCK_STREAM | high, 0) >= 0);
              int* words = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
              words[0] = AF_UNIX; words[1] = SOCK_STREAM; words[2] = 0;
              printf("32-bit %d %d\\n", old(359, AF_VSOCK, SOCK_STREAM) >= 0, old(102, 1, (long)words) >= 0);
            }
        """)
        self.tool("cc", "-static", "-o", self.path("sockets"), source)
        with open(self.path("sockets"), "rb") as file:
            program = file.read()
        lines = self.printed(f"FROM {self.base}\nCOPY --chmod=755 sockets /sockets\nRUN /sockets\n", files={"sockets": program})
        self.assertEqual(lines, ["40 0 0", "38 0 0", "17 0 0", "1 1 0", "32-bit 0 0"])
        asked = self.printed("FROM scratch\nCOPY --chmod=755 sockets /sockets\nRUN [\"/sockets\"]\n", "--platform", "linux/386", files={"sockets": program})
        self.assertEqual(asked[-1:], ["32-bit 0 1"])
        said = self.printed("FROM --platform=linux/386 scratch\nCOPY --chmod=755 sockets /sockets\nRUN [\"/sockets\"]\n", files={"sockets": program})
        self.assertEqual(said[-1:], ["32-bit 0 0"])

    def test_control_groups_are_not_reached_by_the_hosts_network(self):
        text = f"FROM {self.base}\nRUN --network=host ls -A /sys/fs/cgroup; mkdir /sys/fs/cgroup/x 2> /dev/null || echo refused; " + WRITABLE_SYS + "\n"
        self.assertEqual(self.printed(text, "--network", "host"), ["refused"])

    def test_other_users_see_nothing_of_what_is_unpacked(self):
        self.build(f"FROM {self.base}\nRUN --mount=type=cache,target=/c echo x > /c/x; chmod 4755 /bin/busybox\n")
        place = os.path.join(self.home, "store", "sandbox")
        for directory in (self.home, os.path.dirname(place), place):
            os.chmod(directory, 0o755)
        seen = subprocess.run(["setpriv", "--reuid", "4242", "--regid", "4242", "--clear-groups", "find", place],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.split()
        self.assertEqual([path for path in seen if path.count("/") > place.count("/") + 1], [])
        inside, = (entry.path for entry in os.scandir(place) if entry.is_dir())
        self.assertEqual(os.stat(inside).st_mode & 0o7777, 0o700)
        # One that belongs to somebody else is not used.
        os.chown(inside, 4242, 4242)
        failed = self.build(f"FROM {self.base}\nRUN true\n", "--no-cache", expect=2)
        self.assertIn("belongs to the user 4242, who could change what containers run", failed.errors[-1])

    def test_the_network_stack_is_confined(self):
        mark = "4" + str(int.from_bytes(os.urandom(3), "big"))
        process = self.start_asleep(mark, f"FROM {self.base}\nRUN echo up; sleep {mark}\n")
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/status") as file:
                    status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
                if status["Name"] == "slirp4netns" and os.readlink(f"/proc/{status['PPid']}/cwd").startswith(self.home):
                    found.append((status["Seccomp"], int(status["CapEff"], 16) & ~(1 << 10), os.listdir(f"/proc/{pid}/root")))
            except OSError:
                continue
        self.assertEqual([(seccomp, more, sorted(root)) for seccomp, more, root in found], [("2", 0, ["etc", "run"])])
        process.kill()
        process.communicate(timeout=60)

    def start(self, text):
        project = self.files("project", {"Containerfile": text})
        return subprocess.Popen([*self.prefix, harness.PINNACE, "build", "-f", f"{project}/Containerfile", "-t",
                                 f"oci:{self.out}:1"], env=environment(self.home), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.dir)

    def start_asleep(self, mark, text):
        """A build whose RUN has said "up" and is in `sleep MARK`."""
        process = self.start(text)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if line.rstrip().endswith("| up"):
                break
        self.assertTrue(processes_with(f"sleep {mark}"))
        return process

    def interrupted(self, number):
        mark = "8" + str(int.from_bytes(os.urandom(3), "big"))
        process = self.start_asleep(
            mark, f"FROM {self.base}\nRUN sleep {mark} & sleep {mark} & trap '' TERM INT; echo up; sleep {mark}\n")
        os.kill(self.pid_of(process), number)
        process.communicate(timeout=60)
        self.assertTrue(wait_until(lambda: not processes_with(f"sleep {mark}")), processes_with(mark))
        self.assertTrue(wait_until(lambda: not processes_with(self.home)), processes_with(self.home))
        return process.returncode

    def pid_of(self, process):
        """pinnace itself, also behind a prefix that forks."""
        return process.pid

    def test_cancelled_it_ends_all_that_it_started(self):
        self.assertEqual(self.interrupted(signal.SIGINT), 130)

    def test_killed_it_leaves_nothing_that_runs(self):
        self.interrupted(signal.SIGKILL)
        # The next one removes what the killed one left on disk.
        self.build(f"FROM {self.base}\nRUN echo x > /x\n")
        left = [name for parent, directories, _ in os.walk(os.path.join(self.home, "store", "sandbox"))
                for name in directories if name.startswith("tmp-")]
        self.assertEqual(left, [])


def accept(server):
    server.settimeout(20)
    connection, _ = server.accept()
    with connection:
        connection.settimeout(20)
        return connection.recv(100)


class AsRoot(Effects, Isolation, RunCase):
    def test_control_groups_are_not_reached_by_the_hosts_root(self):
        text = f"FROM {self.base}\nRUN --network=host ls -A /sys/fs/cgroup; mkdir /sys/fs/cgroup/x 2> /dev/null || echo refused; " + WRITABLE_SYS + "\n"
        self.assertEqual(self.printed(text, "--network", "host", "--run-as-host-root"), ["refused"])


class AsUser(Effects, Isolation, RunCase):
    prefix = AS_USER

    def test_without_ranges_of_ids_it_says_how_to_get_them(self):
        prefix = ("setpriv", "--reuid", "4242", "--regid", "4242", "--clear-groups")
        os.chown(self.home, 4242, 4242)
        os.chmod(self.dir, 0o777)
        project = self.files("project", {"Containerfile": f"FROM {self.base}\nRUN true\n"})
        failed = self.pinnace("build", "-f", f"{project}/Containerfile", expect=2, prefix=prefix)
        # usermod does not know a user without a name.
        offered = re.search(r"echo 4242:(\d+):65536 \| tee -a /etc/subuid /etc/subgid", failed.errors[-1])
        self.assertIsNotNone(offered, failed.errors[-1])
        first = int(offered[1])
        last = first + 65535
        for file in ("/etc/subuid", "/etc/subgid"):
            for line in filter(None, pathlib.Path(file).read_text().splitlines()):
                start, count = map(int, line.split(":")[1:])
                self.assertFalse(start <= last and first < start + count, f"{line} of {file} has {first}-{last}")
        self.assertIn("Containerfile:2:1: user 4242 has no range of ids in /etc/subuid", failed.errors[-1])


class What(RunCase):
    def test_is_missing_is_said_before_anything_is_done(self):
        tools = self.path("tools")
        os.mkdir(tools)
        # Paths of administrators are looked at, too: only a name that is nowhere is missing everywhere.
        failed = self.build(f"FROM {self.base}\nRUN true\n", "--runtime", "no-such-runtime", expect=2)
        self.assertIn("the runtime no-such-runtime is not there", failed.errors[-1])
        self.assertFalse(os.path.exists(self.out))

    def test_another_architecture_needs_an_emulator(self):
        # Nobody has one for this.
        push_image(self.registry, "run/foreign", "1", busybox_files(), platforms=("linux/amd64", "linux/vax"))
        text = f"FROM {self.registry.host}/run/foreign:1\nCOPY f /f\nRUN true\n"
        failed = self.build(text, "--platform", "linux/vax", files={"f": "f"}, expect=2)
        self.assertRegex(failed.errors[-1], r"Containerfile:3:1: programs of linux/vax need an emulator on linux/\w+; as root: apt-get")
        self.assertFalse(os.path.exists(self.out))
        # Without RUN, nothing runs.
        self.build(text.replace("RUN true\n", ""), "--platform", "linux/vax", files={"f": "f"})

