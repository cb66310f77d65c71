"""RUN: mounts of caches, binds, secrets and agents, as root and as an ordinary user."""
import fcntl
import os
import pathlib
import pwd
import re
import socket
import subprocess
import threading

import harness
from harness import environment
from test_run import AS_USER, USER, RunCase, layer_members


class Mounts:
    def test_mounts(self):
        lines = self.printed(
            f"FROM {self.base} AS other\nRUN echo other > /other\n"
            f"FROM {self.base}\n"
            "RUN --mount=type=bind,target=/ctx,source=sub --mount=type=bind,from=other,source=/other,target=/other"
            " cat /ctx/f /other; touch /ctx/x 2>&1 || echo read-only\n"
            "RUN --mount=type=bind,target=/ctx,rw touch /ctx/x && ls /ctx\n"
            "RUN --mount=type=cache,target=/c,id=k,mode=0700,uid=1000 stat -c '%a %u' /c; echo kept >> /c/f\n"
            "RUN --mount=type=cache,target=/d,id=k,mode=0700,uid=1000 cat /d/f; ls / | grep -c '^[cd]$' || true\n"
            "RUN --mount=type=tmpfs,target=/t,size=1m mount | grep -c ' /t type tmpfs.*size=1024k'\n",
            files={"sub/f": "context\n", "top": "x"})
        self.assertEqual(lines[:3], ["context", "other", "touch: /ctx/x: Read-only file system"])
        self.assertEqual(lines[3:], ["read-only", "Containerfile", "sub", "top", "x", "700 1000", "kept", "1", "1"])
        # A cache outlives the build, and is in no layer.
        cache = "type=cache,target=/c,id=k"
        lines = self.printed(f"FROM {self.base}\nRUN --mount={cache},mode=0700,uid=1000 echo again >> /c/f; cat /c/f\n"
                             f"RUN --mount={cache} stat -c '%a %u %g' /c; ls /c\n"
                             f"RUN --mount={cache},gid=7 stat -c '%a %u %g' /c; ls /c\n")
        self.assertEqual(lines, ["kept", "again", "755 0 0", "755 0 7"], "for another owner it is another one")

    def test_the_source_of_a_mount_is_no_pattern(self):
        files = {"a[1]": "brackets\n", "a1": "one\n", "b*/f": "star\n", "bb/f": "other\n"}
        lines = self.printed(f"FROM {self.base}\nRUN --mount=type=bind,source=a[1],target=/a --mount=type=bind,source=b*,target=/b"
                             " cat /a /b/f\n", files=files)
        self.assertEqual(lines, ["brackets", "star"])
        for path, content in (("bb/f", "same\n"), ("a1", "same\n")):
            files[path] = content
        again = self.build(f"FROM {self.base}\nRUN --mount=type=bind,source=b*,target=/b cat /b/f\n", files=files)
        self.assertIn("| star", again.err)
        failed = self.build(f"FROM {self.base}\nRUN --mount=type=bind,source=c*,target=/b cat /b/f\n", files={"cc/f": ""}, expect=2)
        self.assertIn("c*", failed.errors[-1])

    def test_a_mount_is_not_hidden_by_one_of_its_parents(self):
        harness.write(self.path("secret"), "hidden\n")
        lines = self.printed(f"FROM {self.base}\n"
                             "RUN --mount=type=secret,id=s,target=/c/d/s --mount=type=cache,target=/c cat /c/d/s\n"
                             "RUN --mount=type=bind,source=f,target=w/in/f --mount=type=tmpfs,target=/w cat /w/in/f\n",
                             "--secret", f"id=s,src={self.path('secret')}", files={"f": "bound\n"})
        self.assertEqual(lines, ["hidden", "bound"])

    def test_waiting_for_a_locked_cache_is_told(self):
        self.build(f"FROM {self.base}\nRUN --network=none --mount=type=cache,target=/c,sharing=locked echo in\n")
        directories = pathlib.Path(self.home, "store", "sandbox").glob("*/caches/*")
        lock, = (path for path in directories if path.suffix == ".lock" and path.name != "seen.lock")
        with open(lock) as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            release = threading.Timer(60, fcntl.flock, (held, fcntl.LOCK_UN))
            release.start()
            waits = subprocess.Popen([*self.prefix, harness.PINNACE, "build", "--no-cache", "-f", self.path("project/Containerfile"),
                                      "-t", f"oci:{self.out}:2"], env=environment(self.home), stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            said = []
            for line in waits.stderr:
                said.append(line.strip())
                if line.startswith("waiting for "):
                    fcntl.flock(held, fcntl.LOCK_UN)
            release.cancel()
            release.join()
            waits.stderr.close()
        self.assertEqual(waits.wait(), 0, said)
        told = [line for line in said if line.startswith("waiting for ")]
        self.assertEqual(told, ["waiting for the cache at /c, which another RUN has locked"])

    def test_locked_caches(self):
        """Twice in one RUN, and several by several stages in any order: nobody waits for ever."""
        twice = "--mount=type=cache,id=twice,target=/a,sharing={} --mount=type=cache,id=twice,target=/b,sharing={}"
        lines = self.printed(f"FROM {self.base}\n" + "".join(
            f"RUN {twice.format(*kinds)} rm -f /b/x; echo {kinds[1]} > /a/x; cat /b/x\n"
            for kinds in (("locked", "locked"), ("private", "private"), ("shared", "locked"))), timeout=60)
        self.assertEqual(lines, ["locked", "private", "locked"])
        mounts = [f"--mount=type=cache,id={name},target=/{name},sharing=locked" for name in "nm"]
        text = "".join(f"FROM {self.base} AS s{number}\nRUN {' '.join(mounts[::1 - 2 * (number % 2)])} sleep 0.2; echo > /{number}\n"
                       for number in range(8))
        self.build(text + "FROM scratch\n" + "".join(f"COPY --from=s{number} /{number} /\n" for number in range(8)), timeout=120)

    def test_a_cache_that_starts_with_files(self):
        stage = f"FROM {self.base} AS start\nRUN mkdir -p /srv/c/d && echo {{}} > /srv/c/f && chown 1000:1001 /srv/c/f && ln -s f /srv/c/l\n"
        use = (f"FROM {self.base}\nRUN --mount=type=cache,target=/c,id=start,from=start,source=/srv/c,mode=0750,uid=5"
               " cat /c/f; stat -c '%a %u %g %n' /c /c/*; echo more >> /c/f\n")
        first = ["one", "750 5 0 /c", "755 0 0 /c/d", "644 1000 1001 /c/f", "777 0 0 /c/l"]
        self.assertEqual(self.printed(stage.format("one") + use), first)
        # It is a cache: it goes on with what it has, and is another one for another start.
        again = use.replace("echo more", "echo again")
        self.assertEqual(self.printed(stage.format("one") + again)[:2], ["one", "more"])
        self.assertEqual(self.printed(stage.format("two") + use)[:2], ["two", "750 5 0 /c"], "the step ran, with the other files")
        self.assertEqual(self.printed(f"FROM {self.base}\nRUN --mount=type=cache,target=/c,id=start ls -A /c; echo empty\n"), ["empty"])
        lines = self.printed(f"FROM {self.base}\nRUN --mount=type=cache,target=/c,from={self.base},source=/old ls /c\n")
        self.assertEqual(lines, ["a", "b", "sub"])

    def test_a_cache_cant_start_with_what_is_not_there(self):
        for options, message in ((f"from={self.base},source=/nowhere", "mount at /c: there is no /nowhere to mount"),
                                 (f"from={self.base},source=/old/a", "mount at /c: /old/a is no directory, as a cache is"),
                                 ("from=3", "--from=3: there is no such stage above this one"),
                                 ("source=/old", "source=... is a directory of a stage or image, and needs from=...")):
            failed = self.build(f"FROM {self.base}\nRUN --mount=type=cache,target=/c,{options} true\n", expect=None)
            self.assertRegex(failed.errors[-1], r"Containerfile:2:\d+: .*" + re.escape(message))

    def test_builds_with_another_network_have_other_caches(self):
        """Through one that they share, containers could pass each other sockets."""
        text = f"FROM {self.base}\nRUN --mount=type=cache,target=/c ls /c; touch /c/{{}}\n"
        self.assertEqual(self.printed(text.format("default")), [])
        for network in ("none", "host"):
            self.assertEqual(self.printed(text.format(network), "--network", network), [], network)
            self.assertEqual(self.printed(text.format("again"), "--network", network), [network])
        self.assertEqual(self.printed(text.format("again")), ["default"])
        # Steps of one build are one party: one fetches what another one builds without a network.
        self.assertEqual(self.printed(text.format("more").replace("RUN", "RUN --network=none")), ["again", "default"])

    def test_the_socket_of_an_agent_stays_as_it_is(self):
        place = self.path("agent")
        with socket.socket(socket.AF_UNIX) as agent:
            agent.bind(place)
            if self.prefix:
                os.chown(place, pwd.getpwnam(USER).pw_uid, -1)
            before = os.stat(place)
            lines = self.printed(
                f"FROM {self.base}\nRUN --mount=type=ssh for i in 'chmod 0' 'chown 1234' 'touch -d @0'; do $i $SSH_AUTH_SOCK; done;"
                " test -S $SSH_AUTH_SOCK\n", "--ssh", f"default={place}")
            after = os.stat(place)
        self.assertEqual((after.st_mode, after.st_uid, after.st_mtime), (before.st_mode, before.st_uid, before.st_mtime))
        self.assertEqual(len([line for line in lines if "Read-only file system" in line]), 3, lines)

    def test_nothing_is_mounted_at_the_root_directory(self):
        for mount in ("type=cache,target=/", "type=tmpfs,target=/a/..", "target=.", "type=secret,id=s,target=/."):
            failed = self.build(f"FROM {self.base}\nRUN echo ran > /ran\nRUN --mount={mount} true\n", expect=2)
            self.assertRegex(failed.errors[-1], r"Containerfile:3:\d+: .*target=\S+: expected a .* below the root directory")
            self.assertNotIn("RUN echo ran", failed.err, "nothing has run")
        failed = self.build(f"FROM {self.base}\nRUN ln -s / /link\nRUN --mount=type=tmpfs,target=/link true\n", expect=2)
        self.assertRegex(failed.errors[-1], r"Containerfile:3:\d+: .*mount at /link: .* root directory")

    def test_nothing_is_mounted_below_proc(self):
        """A runtime follows its links to the image, and leaves there what it makes."""
        for target, link in (("/lnk", "/proc/self/cwd"), ("/lnk/x", "/proc/1/root"), ("/proc/1/root/x", "/none"), ("/proc", "/none")):
            failed = self.build(f"FROM {self.base}\nRUN ln -s {link} /lnk\nRUN --mount=type=cache,target={target} true\n", expect=2)
            self.assertRegex(failed.errors[-1], rf"Containerfile:3:\d+: .*mount at {target}: it is at /proc\S*, where the system's own /proc will be")

    def test_nothing_is_mounted_where_the_runtime_makes_devices(self):
        """It would empty the files that are mounted there."""
        for target, place in (("/dev/null", "/dev/null"), ("/lnk", "/dev/zero"), ("/dev/pts/0", "/dev/pts"), ("/lnk", "/dev"), ("/dev/fd", "/dev/fd")):
            failed = self.build(f"FROM {self.base}\nRUN ln -s {place} /lnk\nRUN --mount=type=cache,target={target} true\n", expect=None)
            self.assertRegex(failed.errors[-1], rf"Containerfile:3:\d+: .*mount at {target}: it is at {place}\S*, where the system's own {place} will be")
        self.assertEqual(self.printed(f"FROM {self.base}\nRUN --mount=type=tmpfs,target=/dev/shm,size=1m --mount=type=cache,target=/dev/log "
                                      "touch /dev/shm/f /dev/log/f; ls /dev/shm /dev/log; mount | grep -c ' /dev/shm .*size=1024k'\n"),
                         ["/dev/log:", "f", "", "/dev/shm:", "f", "1"])

    def test_a_target_through_a_link_of_another_mount_is_refused(self):
        cache = "--mount=type=cache,target=/c,id=links"
        self.build(f"FROM {self.base}\nRUN {cache} mkdir /c/d; ln -s /there /c/l; ln -s d /c/d2\n")
        for target, link in (("/c/l/x", "/c/l"), ("/c/l", "/c/l"), ("/c/d2/x/y", "/c/d2")):
            failed = self.build(f"FROM {self.base}\nRUN {cache} --mount=type=tmpfs,target={target} echo x > /made\n", expect=2)
            self.assertRegex(failed.errors[-1], rf"Containerfile:2:\d+: .*mount at {target}: it goes through the link {link}, which is in another mount")
        self.build(f"FROM {self.base}\nRUN {cache} --mount=type=tmpfs,target=/c/d/x echo x > /made\n")
        self.assertEqual(sorted(layer_members(self.out, "1")), ["made"])

    def test_secrets(self):
        secret = "s3cret-" + os.urandom(8).hex()
        self.files("", {"token": secret})
        os.chmod(self.path("token"), 0o644)
        result = self.build(
            f"FROM {self.base}\nRUN --mount=type=secret,id=t stat -c '%a %s' /run/secrets/t && echo done > /made\n"
            "RUN --mount=type=secret,id=t,env=TOKEN,target=/x test -n \"$TOKEN\" && test \"$TOKEN\" = \"$(cat /x)\"\n"
            "RUN --mount=type=secret,id=e,env=E test -n \"$E\"\n"
            "RUN --mount=type=secret,id=absent test ! -e /run/secrets/absent\n",
            "--secret", f"id=t,src={self.path('token')}", "--secret", "id=e,env=PASSWORD", env={"PASSWORD": secret})
        self.assertIn(f"400 {len(secret)}", result.err)
        self.assertNotIn(secret, result.err)
        found = subprocess.run(["grep", "-rlF", secret, self.dir], stdout=subprocess.PIPE, text=True).stdout.split()
        self.assertEqual(found, [self.path("token")])
        failed = self.build(f"FROM {self.base}\nRUN --mount=type=secret,id=need,required=true true\n", expect=2)
        self.assertIn('the secret "need" is required and was not given', failed.errors[-1])


class AsRoot(Mounts, RunCase):
    pass


class AsUser(Mounts, RunCase):
    prefix = AS_USER
