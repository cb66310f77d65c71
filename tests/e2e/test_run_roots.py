"""Roots that containers changed: nothing of the host is read, named or removed through them. And roots of many layers, and
deep ones. As root and as an ordinary user."""
import errno
import glob
import gzip
import os
import pwd
import struct
import subprocess
import tarfile

import harness
from images import OCI, Layout, busybox_files, canonical, make_tar, sha256
from test_hostile import raw_tar
from test_run import AS_USER, USER, RunCase, layer_members


class Roots:
    def base_of(self, *layers, tag="1"):
        """An image in a layout: busybox below layers given as tars."""
        layers = [make_tar(busybox_files() | {"old/": b"", "old/a": b"a", "bin/mkdir": "-> busybox", "bin/rm": "-> busybox",
                                              "bin/mv": "-> busybox", "bin/ln": "-> busybox", "bin/touch": "-> busybox",
                                              "bin/rmdir": "-> busybox", "bin/test": "-> busybox"}), *layers]
        blobs = [gzip.compress(layer, 1, mtime=0) for layer in layers]
        config = canonical({"os": "linux", "architecture": "amd64", "config": {"Env": ["PATH=/bin"], "Cmd": ["/bin/sh"]},
                            "rootfs": {"type": "layers", "diff_ids": [sha256(layer) for layer in layers]}})
        manifest = canonical({
            "schemaVersion": 2, "mediaType": OCI["manifest"],
            "config": {"mediaType": OCI["config"], "size": len(config), "digest": sha256(config)},
            "layers": [{"mediaType": OCI["layer"], "size": len(blob), "digest": sha256(blob)} for blob in blobs]})
        directory = self.path(f"made-{tag}")
        for blob in (*blobs, config, manifest):
            harness.write(os.path.join(directory, "blobs", *sha256(blob).split(":")), blob)
        harness.write(os.path.join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}')
        harness.write(os.path.join(directory, "index.json"), canonical({
            "schemaVersion": 2, "manifests": [{"mediaType": OCI["manifest"], "size": len(manifest), "digest": sha256(manifest),
                                               "annotations": {"org.opencontainers.image.ref.name": tag}}]}))
        subprocess.run(["chmod", "-R", "a+rX", directory], check=True)
        return f"oci:{directory}:{tag}"

    def victims(self):
        """A directory of the host with what clean-ups of mounts remove: empty directories and files."""
        host = self.path("host")
        for name in ("directory", "c"):
            os.makedirs(os.path.join(host, name), exist_ok=True)
        for name in ("file", "s", "hosts", "resolv.conf"):
            harness.write(os.path.join(host, name), "")
        for path in (host, os.path.join(host, "directory"), os.path.join(host, "c")):
            os.chmod(path, 0o777)
        return host

    def test_unpacked_layers_that_somebody_has_changed_are_unpacked_again(self):
        """As a restored store is, or one whose owner or modes were mended by hand."""
        text = (f"FROM {self.base}\nRUN mkdir -m 700 /p && touch /p/f && rm -r /old/sub && mkdir /old/sub\n"
                "RUN stat -c '%a' /p /p/f /bin; ls /old/sub; chmod o-w /p/f\n")
        before = self.build(text)
        again = self.build(text, "--no-cache", tag="again")
        self.assertEqual(before.digest, again.digest)
        self.assertNotIn("unpacking again", again.err)
        for change in (["chmod", "-R", "a+rwX"], ["sh", "-c", 'cp -a "$1" "$1.copy" && rm -r "$1" && mv "$1.copy" "$1"', "sh"]):
            subprocess.run([*change, os.path.join(self.home, "store", "sandbox")], check=True)
            after = self.build(text, "--no-cache", tag=f"after-{change[0]}")
            self.assertIn("unpacking again what was changed", after.err)
            self.assertEqual(after.digest, before.digest)

    def test_access_control_lists_of_the_store_are_not_those_of_files(self):
        """As `setfacl -d` on an agent's directory makes them: for the owner, a user, the group, the mask and all others."""
        entries = ((1, 7, -1), (2, 7, 1000), (4, 7, -1), (16, 7, -1), (32, 7, -1))
        store = os.path.join(self.home, "listed")
        os.mkdir(store)
        if self.prefix:
            os.chown(store, pwd.getpwnam(USER).pw_uid, -1)
        try:
            os.setxattr(store, "system.posix_acl_default", struct.pack("<I", 2) + b"".join(
                struct.pack("<HHi", *entry) for entry in entries))
        except OSError as error:
            self.assertEqual(error.errno, errno.ENOTSUP)
            self.skipTest("this file system has no access control lists")
        lines = self.printed(f"FROM {self.base}\nCOPY f /d/\nRUN --mount=type=cache,target=/c mkdir /new /d/new /c/new; touch /new/f /c/f;"
                             " stat -c '%a' /new /d/new /c/new /new/f /c/f\n", "--store", store, files={"f": ""})
        self.assertEqual(lines, ["755", "755", "755", "644", "644"])

    def test_links_in_place_of_the_parents_of_mounts_lead_nowhere(self):
        host = self.victims()
        before = sorted(os.listdir(host))
        secret = self.path("secret")
        harness.write(secret, "x")
        os.chmod(secret, 0o644)
        up = "../" * 12
        for mounts, command in (
                ("--mount=type=secret,id=s,target=/q/file --mount=type=tmpfs,target=/q/directory", f"mv /q /q2 && ln -s {host} /q"),
                ("--mount=type=secret,id=s,target=/q/file --mount=type=cache,target=/q/c", f"mv /q /q2 && ln -s {up}{host[1:]} /q"),
                ("--mount=type=tmpfs,target=/a/b/directory --mount=type=secret,id=s,target=/a/b/file",
                 f"mv /a/b /b2 && ln -s {host} /a/b"),
                ("--mount=type=tmpfs,target=/a/b/directory", f"mv /a /a2 && mkdir /a && ln -s {host} /a/b"),
                ("--mount=type=bind,from=0,source=/old/a,target=/q/file", f"mv /q /q2 && ln -s /proc/self/root{host} /q"),
                ("--mount=type=tmpfs,target=/q/directory", f"mv /q /q2 && touch /q && rm /q && ln -s {host} /q")):
            with self.subTest(mounts=mounts, command=command):
                self.victims()
                text = f"FROM {self.base}\nFROM {self.base}\nRUN {mounts} {command}\nRUN test -L /q -o -L /a/b\n"
                self.build(text, "--secret", f"id=s,src={secret}", "--no-cache")
                self.assertEqual(sorted(os.listdir(host)), before)
                self.assertFalse([name for name in layer_members(self.out, "1", -1) if name.endswith(("/file", "/directory"))])

    def test_etc_in_place_of_which_a_link_stands(self):
        host = self.victims()
        before = sorted(os.listdir(host))
        # Without an /etc: the file system of the RUN can't rename one of a layer below.
        base = self.base_of(raw_tar((".wh.etc", tarfile.REGTYPE, b"")))
        self.build(f"FROM {base}\nRUN mv /etc /etc2 && ln -s {host} /etc\n", "--no-cache")
        self.assertEqual(sorted(os.listdir(host)), before)
        self.assertTrue(layer_members(self.out, "1")["etc"].issym())

    def test_links_in_place_of_the_systems_directories(self):
        """Runtimes follow them as the host does, and would remove and make files there."""
        host = self.victims()
        for name in ("ptmx", "null"):
            harness.write(os.path.join(host, name), "kept")
            os.chmod(os.path.join(host, name), 0o666)
        before = harness.tree_state(host)
        roots = ((),) if self.prefix else ((), ("--run-as-host-root",))
        for name in ("dev", "proc", "sys"):
            refused = f"a mount at /{name} needs a directory, and the image has a link there"
            for target in (host, "../" * 12 + host[1:]):
                base = self.base_of(raw_tar((name, tarfile.SYMTYPE, target)), tag="s")
                for root in roots:
                    with self.subTest(name=name, target=target, root=root):
                        failed = self.build(f"FROM {base}\nRUN true\n", "--no-cache", *root, expect=None)
                        self.assertEqual(harness.tree_state(host), before)
                        self.assertRegex(failed.errors[-1], f"Containerfile:2:1: .*{refused}")
                        failed = self.pinnace("run", *root, base, "--", "/bin/true", prefix=self.prefix, expect=None)
                        self.assertEqual(harness.tree_state(host), before)
                        self.assertIn(refused, failed.errors[-1])
            tree = self.files(f"project/{name}-tree", {"file": ""})
            os.symlink(host, os.path.join(tree, name))
            failed = self.build(f'FROM scratch\nCOPY {name}-tree /\nRUN ["/file"]\n', expect=None)
            self.assertEqual(harness.tree_state(host), before)
            self.assertRegex(failed.errors[-1], f"Containerfile:3:1: .*{refused}")

    def test_files_of_the_network_that_lead_to_the_systems_own(self):
        for name, target in (("hosts", "/dev/null"), ("resolv.conf", "/proc/net/pnp"), ("hosts", "/dev/fd/3")):
            base = self.base_of(raw_tar((f"etc/{name}", tarfile.SYMTYPE, target)), tag="n")
            failed = self.build(f"FROM {base}\nRUN true\n", "--no-cache", expect=2)
            self.assertRegex(failed.errors[-1], rf"Containerfile:2:1: .*/etc/{name} of the image: it is at {target}, where the system's own ")
        base = self.base_of(raw_tar(("etc/hosts", tarfile.SYMTYPE, "../dev/shm/hosts"), ("etc/resolv.conf", tarfile.SYMTYPE, "/run/resolv.conf")))
        self.assertEqual(self.printed(f"FROM {base}\nRUN ls -l /etc | busybox grep -o '[^ ]* -> .*'; cat /etc/hosts /run/resolv.conf > /dev/null && echo read\n",
                                      "--no-cache"), ["hosts -> ../dev/shm/hosts", "resolv.conf -> /run/resolv.conf", "read"])

    def test_no_names_of_the_host_get_into_a_layer(self):
        host = self.victims()
        os.makedirs(os.path.join(host, "directory", "deeper"))
        harness.write(os.path.join(host, "directory", "deeper", "secret"), "")
        base = self.base_of(raw_tar(("link", tarfile.SYMTYPE, host), ("up", tarfile.SYMTYPE, "../" * 12 + host[1:]),
                                    ("magic", tarfile.SYMTYPE, "/proc/self/root" + host)))
        text = "".join(f"RUN rm /{link} && mkdir -p /{link}/directory/deeper && rmdir /{link}/directory/deeper && "
                       f"mkdir -p /{link}/c\n" for link in ("link", "up", "magic"))
        self.build(f"FROM {base}\n{text}", "--no-cache")
        for number, link in enumerate(("link", "up", "magic")):
            self.assertEqual(sorted(layer_members(self.out, "1", 2 + number)), [link, f"{link}/c", f"{link}/directory"])
        # What can't be looked at doesn't matter either.
        os.chmod(os.path.join(host, "directory"), 0)
        first = Layout(self.out).tag("1")
        self.build(f"FROM {base}\n{text}", "--no-cache", tag="2")
        self.assertEqual(Layout(self.out).tag("2"), first)

    def test_accounts_that_are_no_files(self):
        for name, layers in {
                "FIFO": [raw_tar(("etc/passwd", tarfile.FIFOTYPE, None))],
                "group": [raw_tar(("etc/group", tarfile.FIFOTYPE, None))],
                "directory": [raw_tar(("etc/passwd", tarfile.DIRTYPE, None))],
                "link to a FIFO": [raw_tar(("pipe", tarfile.FIFOTYPE, None)), raw_tar(("etc/passwd", tarfile.SYMTYPE, "../pipe"))],
                "link to a device": [raw_tar(("etc/passwd", tarfile.SYMTYPE, "/dev/zero"))],
                "link to itself": [raw_tar(("etc/passwd", tarfile.SYMTYPE, "passwd"))]}.items():
            with self.subTest(name):
                failed = self.build(f"FROM {self.base_of(*layers, tag='a')}\nRUN true\n", "--no-cache", expect=2, timeout=60)
                self.assertRegex(failed.errors[-1], "Containerfile:2:1: .*(no regular file|more than 40 links)")
        # A link to a file is what it leads to.
        base = self.base_of(raw_tar(("real", tarfile.REGTYPE, b"evil:x:7:7::/:/bin/sh\n"), ("etc/passwd", tarfile.SYMTYPE, "/real")))
        self.assertEqual(self.printed(f"FROM {base}\nUSER evil\nRUN id -u\n", "--no-cache"), ["7"])

    def test_a_whiteout_of_no_file(self):
        for name in (".wh.", ".wh..", ".wh...", "old/.wh...", "old/.wh."):
            with self.subTest(name):
                failed = self.build(f"FROM {self.base_of(raw_tar((name, tarfile.REGTYPE, b'')), tag='w')}\nRUN true\n",
                                    "--no-cache", expect=2)
                self.assertRegex(failed.errors[-1], rf'layer.*: the entry "{name}" is a whiteout that names no file')

    def left(self):
        """Snapshots that ought to have ended with the builds."""
        return glob.glob(os.path.join(self.home, "store", "sandbox", "*", "tmp-*"))

    def test_directories_however_deep_are_removed(self):
        def deep(name):
            return f"mkdir /{name}; cd /{name}; i=0; while [ $i -lt 1499 ]; do mkdir d && cd d || exit 1; i=$((i+1)); done"

        # Longer than a path can be, step by step.
        deeper = "; ".join((deep("a"), deep("b"), deep("c"), "mv /b b", "cd /c", "mv /a a"))
        self.prefix = (*self.prefix, "prlimit", "--nofile=200:200")
        self.build(f"FROM {self.base}\nRUN {deeper}; false\n", "--no-cache", expect=2)
        self.assertEqual(self.left(), [])
        failed = self.build(f"FROM {self.base}\nRUN {deeper}\n", "--no-cache", expect=2)
        self.assertIn("a path in a layer has at most 4,095 bytes", failed.errors[-1])
        self.assertEqual(self.left(), [])
        self.build(f"FROM {self.base}\nRUN {deep('a')}\nRUN rm /old/a\n", "--no-cache")
        self.assertEqual(self.left(), [])
        self.assertEqual(len(layer_members(self.out, "1", 1)), 1500)

    def test_more_layers_than_an_overlay_has(self):
        layers = [raw_tar((f"l{number}", tarfile.REGTYPE, b"%d" % number)) for number in range(200)]
        layers.append(raw_tar((".wh.l0", tarfile.REGTYPE, b"")))
        base = self.base_of(*layers)
        self.assertEqual(self.printed(f"FROM {base}\nRUN ls /l* | wc -l && rm /l1\nRUN ls /l* | wc -l; cat /l199\n".replace(
            "wc -l", "busybox wc -l"), "--no-cache"), ["199", "198", "199"])


class AsRoot(Roots, RunCase):
    def test_more_layers_than_the_kernel_takes(self):
        layers = [raw_tar((f"l{number}", tarfile.REGTYPE, b"%d" % number)) for number in range(460)]
        layers.append(raw_tar((".wh.l0", tarfile.REGTYPE, b"")))
        base = self.base_of(*layers)
        copies = "".join(f"COPY f /c{number}\n" for number in range(60))
        text = f"FROM {base}\n{copies}RUN ls /l* /c* | busybox wc -l && rm /l1 /c1\nRUN ls /l* /c* | busybox wc -l; cat /l2\n"
        self.assertEqual(self.printed(text, "--no-cache", files={"f": "f"}, timeout=600), ["519", "517", "2"])
        self.assertEqual(sorted(layer_members(self.out, "1", -1)), [".wh.c1", ".wh.l1"])
        self.assertEqual(self.left(), [])


class AsUser(Roots, RunCase):
    prefix = AS_USER
