"""Everything that is written into the local store is in a part that docs/formats/local-store.md lists, and gc knows."""
import functools
import http.server
import os
import re
import threading
import time

import harness
from test_run import RunCase


def listed_parts():
    """The paths in the table of the document, which a unit test compares with the code."""
    with open(os.path.join(harness.ROOT, "docs/formats/local-store.md")) as file:
        return re.findall(r"^\| `([^`]+)` \|", file.read(), re.MULTILINE)


class Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class LocalStore(RunCase):
    def setUp(self):
        super().setUp()
        self.store = self.path("home", "store")
        handler = functools.partial(Files, directory=self.files("served", {"tool": "x"}))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_port}/tool"

    def use_everything(self):
        big = self.files("big", {"pinnace.yaml": f"version: 1\nbase: {self.base}\nartifacts:\n  - from: big\n    to: /big\n"})
        with open(os.path.join(big, "big"), "wb") as file:
            file.truncate(65 << 20)
        self.files("project", {"site/page": "page\n"})
        time.sleep(2.1)  # files that changed within two seconds may change again unseen: nothing is remembered of them
        self.build(f"FROM {self.base} AS one\nRUN --mount=type=cache,target=/c echo a > /c/a; echo b > /b\n"
                   f"FROM {self.base}\nADD {self.url} /tool\nCOPY --from=one /b /b\nCOPY site /site\n")
        self.pinnace("build", cwd=big)
        self.pinnace("packages", self.base)
        return self.pinnace("run", "--detach", self.base, "--", "/bin/true").out.split()[-1]

    def files_left(self):
        return {os.path.relpath(os.path.join(place, name), self.store)
                for place, _, names in os.walk(self.store) for name in names}

    def test_all_that_is_kept_is_in_a_part(self):
        self.use_everything()
        parts = listed_parts()
        self.assertEqual(len(set(parts)), len(parts))
        left = self.files_left()
        strays = [name for name in left if not any(name.startswith(part + "/") for part in parts)]
        self.assertEqual(strays, [".pinnace-store"])
        for part in parts:
            with self.subTest(part):
                if part != "tmp":  # each build removes its own
                    self.assertTrue(any(name.startswith(part + "/") for name in left), sorted(left))

    def test_gc_empties_every_part(self):
        self.pinnace("stop", self.use_everything())
        self.pinnace("gc", "--all")
        frame = re.compile(r"(.*/(oci-layout|index\.json|key)|sandbox/[^/]+|\.pinnace-store)$")  # what an empty store has, too
        content = [name for name in self.files_left()
                   if not frame.match(name) and os.path.getsize(os.path.join(self.store, name))]
        self.assertEqual(content, [])


class OthersFiles(RunCase):
    """A directory that is named as the store and is somebody's own."""

    def setUp(self):
        super().setUp()
        self.own = self.files("own", {"containers/web/main.c": "c", "containers/db/schema.sql": "s", "cache/images/a.png": "p",
                                      "cache/downloads/x.tar.gz": "x", "pinnace.yaml": "version: 1\nbase: scratch\n"})
        for parent, directories, names in os.walk(self.own):
            for name in directories + names:
                os.utime(os.path.join(parent, name), (1, 1))
        self.before = harness.tree_state(self.own)

    def test_nothing_is_written_or_removed_there(self):
        for verb in (["gc"], ["gc", "--older-than", "7d"], ["gc", "--all"], ["run", "--detach", self.base, "--", "/bin/true"],
                     ["run", self.base, "--", "/bin/true"], ["build"]):
            with self.subTest(verb):
                failed = self.pinnace("--store", ".", *verb, cwd=self.own, expect=2)
                self.assertRegex(failed.errors[-1], r'\. is no local store of Pinnace, and not empty \(it has "[^"]*"\)')
                self.assertEqual(harness.tree_state(self.own), self.before)

    def test_ps_and_stop_see_no_container(self):
        self.assertEqual(self.pinnace("--store", ".", "ps", cwd=self.own).out, "")
        self.pinnace("--store", ".", "stop", "db", cwd=self.own, expect=2)
        self.assertEqual(harness.tree_state(self.own), self.before)

    def test_a_collector_takes_only_what_has_a_name_of_its_kind(self):
        self.files("own", {".pinnace-store": ""})
        self.before = harness.tree_state(self.own)
        self.pinnace("--store", ".", "gc", "--all", cwd=self.own)
        after = harness.tree_state(self.own)
        self.assertEqual({name: after.get(name) for name in self.before}, self.before)


class UsedImages(RunCase):
    """`gc --older-than` takes what was not used, and not what was made long ago."""

    def setUp(self):
        super().setUp()
        self.project = self.files("app", {"pinnace.yaml": "version: 1\nbase: scratch\nplatforms: [linux/amd64, linux/arm64]\n"
                                                          "artifacts: [{from: a, to: /}]\n", "a": "a"})
        self.digest = self.pinnace("build", "--json", cwd=self.project).json()

    def age(self):
        for parent, _, names in os.walk(self.path("home", "store", "images", "blobs")):
            for name in names:
                os.utime(os.path.join(parent, name), (1, 1))

    def is_kept(self):
        self.pinnace("gc", "--older-than", "7d")
        return os.path.exists(self.path("home", "store", "images", "blobs", *self.digest["digest"].split(":")))

    def test_an_image_that_was_built_again_or_used_stays(self):
        image = self.digest["digest"]
        platform = self.digest["images"][0]["digest"]
        for use in (["build"], ["build", "--no-cache"], ["inspect", image], ["inspect", image[:19]], ["inspect", platform],
                    ["copy", image, "oci:../out:1"]):
            with self.subTest(use):
                self.age()
                self.pinnace(*use, cwd=self.project)
                self.assertTrue(self.is_kept())
        self.age()
        self.assertFalse(self.is_kept())
