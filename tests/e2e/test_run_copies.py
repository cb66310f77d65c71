"""RUN where overlayfs can't be mounted: whole copies instead, and the same layers."""
import importlib.util
import os
import re
import signal
import subprocess
import sys

import harness
from test_run import AS_USER, RunCase, layer_members

CONFORMANCE = os.path.join(harness.ROOT, "tests/conformance/containerfile")
COPY = {"PINNACE_SNAPSHOTS": "copy"}
SLOW = "each container starts with a copy of its whole image, which is slow: "

# All kinds of changes, of what a base and an earlier layer have.
CHANGES = """FROM {base} AS other
RUN mkdir -p /srv/a && echo a > /srv/a/f && chown -R 1000:1001 /srv
FROM {base}
COPY tree /tree
RUN chmod 0711 /old && chown 1000 /old/a && echo more >> /old/b && touch /old/sub/c
RUN rm -r /old/sub && mkdir /old/sub && echo new > /old/sub/new && ln /old/sub/new /hard && ln -s a /old/soft
RUN rm /tree/a && mkdir /tree/a && touch /tree/a/f; rm -r /tree/d && echo file > /tree/d; mv /tree/e /tree/moved
RUN mkfifo /pipe; mkdir -m 1777 /sticky; mkdir /empty; chmod 4755 /bin/tool
RUN echo same > /tree/same; ln /tree/l /tree/l2; echo x > /tmp/x && rm /tmp/x
WORKDIR /made/by/workdir
RUN --mount=type=bind,from=other,source=/srv,target=/srv,rw echo dropped > /srv/a/g && cp -a /srv/a /copied
RUN --mount=type=bind,target=/ctx ls -l /ctx > /dev/null; rm -rf /tree/moved /nothing; stat -c '%a %u %g %Y %n' /old /old/* /tree/*
"""
TREE = {"tree/a": "a\n", "tree/d/f": "f\n", "tree/d/g": "g\n", "tree/e/deep/f": "e\n", "tree/same": "same\n", "tree/l": "l\n"}


def conformance():
    sys.path.insert(0, CONFORMANCE)
    spec = importlib.util.spec_from_file_location("conformance_run", os.path.join(CONFORMANCE, "run.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Copies:
    def in_store(self, name, **changes):
        return {"PINNACE_STORE": self.path("home", name), **changes}

    def test_they_give_the_same_layers(self):
        text = CHANGES.format(base=self.base)
        overlay = self.build(text, files=TREE, env=self.in_store("overlay", PINNACE_SNAPSHOTS="overlay"))
        copies = self.build(text, files=TREE, tag="2", env=self.in_store("copy", **COPY))
        self.assertEqual(overlay.digest, copies.digest, (overlay.err, copies.err))
        self.assertEqual(copies.err.count(SLOW + "PINNACE_SNAPSHOTS=copy"), 1, copies.err)
        self.assertNotIn(SLOW, overlay.err)
        printed = [[line for line in result.err.splitlines() if "| " in line] for result in (overlay, copies)]
        self.assertEqual(*printed)

    def test_steps_that_are_cached_are_stood_on(self):
        text = f"FROM {self.base}\nRUN echo one > /one; rm /old/a\nRUN echo two > /two; ls /old\n"
        env = self.in_store("copy", **COPY)
        self.build(text, env=env)
        more = text + "RUN cat /one /two; ls /old\n"
        continued = self.build(more, tag="2", env=env)
        self.assertEqual([line[2:] for line in continued.err.splitlines() if line.startswith("| ")], ["one", "two", "b", "sub"])
        anew = self.build(more, "--no-cache", tag="3", env=self.in_store("other", PINNACE_SNAPSHOTS="overlay"))
        self.assertEqual(continued.digest, anew.digest)

    def test_names_of_one_file_of_a_base(self):
        text = f"FROM {self.base}\nRUN mkdir /h; cd /h; echo 1 > a; ln a b; echo 2 > c; ln c d; echo 3 > e; ln e f\n"
        self.build(text, tag="base", env=self.in_store("overlay"))
        text = f"FROM oci:{self.out}:base\nRUN cd /h; echo more >> a; rm c; mv e g; cat b\nRUN cat /h/*; ln /h/a /h/z\n"
        overlay = self.build(text, env=self.in_store("overlay", PINNACE_SNAPSHOTS="overlay"))
        copies = self.build(text, tag="2", env=self.in_store("copy", **COPY))
        self.assertEqual(sorted(layer_members(self.out, "2", 2)), ["h", "h/.wh.c", "h/.wh.e", "h/a", "h/g"])
        self.assertEqual(overlay.digest, copies.digest, (overlay.err, copies.err))

    def test_little_of_them_stays(self):
        env = self.in_store("copy", **COPY)
        text = f"FROM {self.base}\n" + "".join(f"RUN echo {number} > /{number}\n" for number in range(7))
        digest = self.build(text, env=env).digest
        self.assertEqual(self.build(text, "--no-cache", tag="2", env=env).digest, digest)
        self.pinnace("run", f"oci:{self.out}:2", "--network", "none", "--", "true", env=env, prefix=self.prefix)
        self.assertEqual(len(self.left("copy", "copy-")), 4)
        self.assertEqual(len(self.left("copy", "")), 4)
        self.assertEqual(self.left("copy", "tmp-"), [])

    def test_what_is_written_to_a_mount_stays_nowhere(self):
        """A secret that a build puts beside its sources, where it may write."""
        secret = "a token that nobody may find"
        self.files("secrets", {"token": secret + "\n"})
        os.chmod(self.path("secrets"), 0o755)
        text = (f"FROM {self.base}\nRUN --mount=type=bind,target=/w,rw --mount=type=secret,id=s,target=/run/s"
                " cp /run/s /w/.npmrc; grep -c token /w/.npmrc > /made\nRUN cat /made\n")
        for kind in ("overlay", "copy"):
            env = self.in_store(kind, PINNACE_SNAPSHOTS=kind)
            built = self.build(text, "--secret", f"id=s,src={self.path('secrets/token')}", tag=kind, env=env)
            self.assertIn("| 1", built.err)
            found = subprocess.run(["grep", "-rl", secret, env["PINNACE_STORE"]], stdout=subprocess.PIPE, text=True, check=False)
            self.assertEqual((found.returncode, found.stdout), (1, ""))
            place, = (entry.path for entry in os.scandir(os.path.join(env["PINNACE_STORE"], "sandbox")) if entry.is_dir())
            self.assertEqual({tuple(sorted(os.listdir(os.path.join(place, name)))) for name in self.left(kind, "")},
                             {("fs", "mark", "times")})

    def left(self, store, prefix):
        place, = (entry.path for entry in os.scandir(self.path("home", store, "sandbox")) if entry.is_dir())
        return [name for name in os.listdir(place) if name.startswith(prefix) and name != "caches"]

    def test_killed_nothing_of_them_stays(self):
        env = self.in_store("copy", **COPY)
        project = self.files("project", {"Containerfile": f"FROM {self.base}\nRUN echo up; sleep 600\n"})
        process = subprocess.Popen([*self.prefix, harness.PINNACE, "build", "-f", f"{project}/Containerfile", "-t",
                                    f"oci:{self.out}:1"], env=harness.environment(self.home, **env), cwd=self.dir,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if line.rstrip() == "| up":
                break
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.build(f"FROM {self.base}\nRUN true\n", env=env)
        self.assertEqual(self.left("copy", "tmp-"), [])

    def test_on_a_store_that_is_itself_on_an_overlay(self):
        text = f"FROM {self.base}\nRUN rm /old/a; echo x > /old/new\n"
        expected = self.build(text).digest
        parts = {name: self.path(name) for name in ("lower", "upper", "work", "merged")}
        for path in parts.values():
            os.mkdir(path)
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                        "lowerdir={lower},upperdir={upper},workdir={work}".format(**parts), parts["merged"]], check=True)
        self.addCleanup(subprocess.run, ["umount", parts["merged"]], check=True)
        if self.prefix:
            info = os.stat(self.home)
            os.chown(parts["merged"], info.st_uid, info.st_gid)
        env = {"PINNACE_STORE": os.path.join(parts["merged"], "store")}
        built = self.build(text, tag="2", env=env)
        self.assertEqual(built.digest, expected)
        self.assertRegex(built.err, "warning: .*" + re.escape(SLOW) + ".*overlayfs is refused here; it needs a kernel from 5.11 on")
        ran = self.pinnace("run", f"oci:{self.out}:2", "--network", "none", "--", "ls", "/old", env=env, prefix=self.prefix)
        self.assertEqual(ran.out.split(), ["b", "new", "sub"])
        failed = self.build(text + "RUN true\n", env={**env, "PINNACE_SNAPSHOTS": "overlay"}, expect=2)
        self.assertIn("overlayfs is refused here", failed.errors[-1])


class AsRoot(Copies, RunCase):
    def test_the_corpus_gives_the_same_layers(self):
        corpus = conformance()
        context = self.path("corpus")
        os.mkdir(context)
        corpus.write_context(corpus.Path(context))
        os.environ["PINNACE_STORE"] = self.path("home", "overlay")
        self.addCleanup(os.environ.pop, "PINNACE_STORE")
        base = corpus.make_base(harness.PINNACE, corpus.Path(self.dir))
        tried = 0
        for name, text, _ in corpus.cases.CASES:
            if not name.startswith("run-"):
                continue
            harness.write(os.path.join(context, "Containerfile"), re.sub(r"\bBASE\b", base, text) + "\n")
            digests = {self.pinnace("build", "-f", f"{context}/Containerfile", "-t", f"oci:{self.out}:{name}",
                                    env=self.in_store(kind, PINNACE_SNAPSHOTS=kind)).digest for kind in ("overlay", "copy")}
            self.assertEqual(len(digests), 1, name)
            tried += 1
        self.assertGreater(tried, 20)

    def test_the_hosts_root_gets_the_same_layers(self):
        text = CHANGES.format(base=self.base)
        digests = {self.build(text, "--run-as-host-root", files=TREE, tag=kind, env=self.in_store(kind, PINNACE_SNAPSHOTS=kind)).digest
                   for kind in ("overlay", "copy")}
        self.assertEqual(len(digests), 1)

    def test_another_wish_is_an_error(self):
        failed = self.build(f"FROM {self.base}\nRUN true\n", env={"PINNACE_SNAPSHOTS": "zfs"}, expect=2)
        self.assertIn("PINNACE_SNAPSHOTS is zfs: expected overlay or copy", failed.errors[-1])

    def test_they_are_the_layers_that_were_expected(self):
        self.build(f"FROM {self.base}\nRUN rm -r /old && mkdir /old && touch /old/b\n", env=self.in_store("copy", **COPY))
        self.assertEqual(sorted(layer_members(self.out, "1")), ["old", "old/.wh.a", "old/.wh.sub", "old/b"])


class AsUser(Copies, RunCase):
    prefix = AS_USER
