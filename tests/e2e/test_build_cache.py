"""The build cache from the command line: on the machine, in a registry, and several builds at once."""
import os
import re
from concurrent.futures import ThreadPoolExecutor

from harness import Case
from images import push_base
from registries import shared_registry


class BuildCache(Case):
    def setUp(self):
        super().setUp()
        self.registry = shared_registry()
        push_base(self.registry, "base/cache")
        base = f"{self.registry.host}/base/cache:1"
        self.project = self.files("project", {
            "Containerfile": f"FROM {base} AS files\nCOPY site /srv/site\n"
                             f"FROM {base}\nWORKDIR /opt/app\nCOPY --from=files /srv/site /srv/www\nCOPY app .\n",
            "site/index.html": "<h1>site</h1>\n",
            "app/main": "#!/bin/sh\n",
        })
        self.image = f"{self.registry.host}/test/cache"
        self.cache = f"{self.registry.host}/test/cache/records:1"

    def build(self, *arguments, store="one", **options):
        return self.pinnace("build", *arguments, cwd=self.project,
                            env={"PINNACE_STORE": self.path(store)}, **options)

    def taken_over(self, result):
        return sum(line.endswith(": unchanged") for line in result.err.splitlines())

    def test_a_cache_in_a_registry_serves_another_machine(self):
        first = self.build("-t", f"{self.image}:1", "--cache-to", self.cache)
        self.assertEqual(self.taken_over(first), 0)
        second = self.build("-t", f"oci:{self.path('out')}:1", "--cache-from", self.cache, store="two")
        self.assertEqual(second.digest, first.digest)
        self.assertEqual(self.taken_over(second), 3)
        self.assertEqual(self.pinnace("inspect", "--digest", f"oci:{self.path('out')}:1").digest, first.digest)
        self.files("project", {"app/main": "#!/bin/sh\nchanged\n"})
        third = self.build("-t", f"oci:{self.path('out')}:2", "--cache-from", self.cache, store="three")
        self.assertEqual(self.taken_over(third), 2)
        plain = self.build("-t", f"oci:{self.path('out')}:3", "--no-cache", store="four")
        self.assertEqual(self.taken_over(plain), 0)
        self.assertEqual(third.digest, plain.digest)

    def test_a_cache_in_a_registry_serves_a_pinnace_yaml(self):
        self.project = self.files("declared", {
            "pinnace.yaml": "version: 1\nbase: scratch\nartifacts:\n  - {from: app, to: /app}\n",
            "app/main": "#!/bin/sh\n"})
        first = self.build("-t", f"{self.image}:1", "--cache-to", self.cache)
        self.project = self.files("elsewhere", {
            name: open(os.path.join(self.project, name)).read() for name in ("pinnace.yaml", "app/main")})
        second = self.build("-t", f"oci:{self.path('out')}:1", "--cache-from", self.cache, store="two")
        self.assertEqual(second.digest, first.digest)
        self.assertEqual(self.taken_over(first), 0)
        self.assertEqual(self.taken_over(second), 1)
        self.files("elsewhere", {"app/main": "#!/bin/sh\nchanged\n"})
        third = self.build("-t", f"oci:{self.path('out')}:2", "--cache-from", self.cache, store="three")
        self.assertEqual(self.taken_over(third), 0)
        self.assertEqual(third.digest, self.build("-t", f"oci:{self.path('out')}:3", store="four").digest)

    def test_a_cache_that_is_no_use_is_a_warning(self):
        plain = self.build("-t", f"{self.image}:1")
        for name in (f"{self.registry.host}/test/none:1", f"{self.image}:1", f"oci:{self.path('nowhere')}:1"):
            with self.subTest(name):
                built = self.build("-t", f"oci:{self.path('out')}:1", "--cache-from", name, store="other")
                self.assertEqual(built.digest, plain.digest)

    def test_a_cache_takes_no_tag_of_anything_else(self):
        out = f"oci:{self.path('out')}"
        for image, cache in ((f"{out}:1", f"{out}:1"), (f"{self.image}:same", f"{self.image}:same"), (out, f"{out}:latest"),
                             (f"oci-archive:{self.path('a.tar')}", f"oci-archive:{self.path('a.tar')}:latest")):
            with self.subTest(image):
                done = self.build("-t", image, "--cache-to", cache, expect=2)
                self.assertIn("the build cache can't have the tag of the image", done.errors[-1])
                self.pinnace("inspect", image, expect=2)
        os.symlink("out", self.path("link"))
        done = self.build("-t", f"{out}:1", "--cache-to", f"oci:{self.path('link')}:1", expect=1)
        self.assertIn("is no build cache, and stays", done.errors[-1])
        built = self.pinnace("inspect", "--digest", f"{out}:1").digest
        self.build("-t", f"{self.image}:1")
        for name in (f"{out}:1", f"{self.image}:1"):
            with self.subTest(name):
                done = self.build("-t", f"{out}:2", "--cache-to", name, expect=1)
                self.assertIn("is no build cache, and stays", done.errors[-1])
                self.assertEqual(self.pinnace("inspect", "--digest", name).digest, built)
        self.pinnace("inspect", f"{out}:2", expect=2)
        for _ in range(2):
            self.build("-t", f"{out}:2", "--cache-to", f"{out}:cache")

    def test_several_builds_share_a_store(self):
        with ThreadPoolExecutor(4) as pool:
            built = list(pool.map(lambda i: self.build("-t", f"oci:{self.path(f'out{i}')}:1", "--cache-size", "1"),
                                  range(4)))
        self.assertEqual(len({result.digest for result in built}), 1)
        self.assertEqual(self.build("--no-cache", "-t", f"oci:{self.path('last')}:1").digest, built[0].digest)

    def test_gc_accounts_for_the_store_and_empties_it(self):
        self.build()
        self.build("-t", f"oci:{self.path('out')}:1")
        store = {"PINNACE_STORE": self.path("one")}

        def content():
            """Files with something in them that no empty store has."""
            return {os.path.relpath(os.path.join(place, name), self.path("one"))
                    for place, _, names in os.walk(self.path("one")) for name in names
                    if os.path.getsize(os.path.join(place, name)) and name not in ("oci-layout", "index.json", "key", ".pinnace-store")}

        before = content()
        for top in ("images/blobs", "cache/build/records", "cache/build/layers/blobs", "cache/base-trees"):
            self.assertTrue(any(name.startswith(top) for name in before), (top, before))
        kept = self.pinnace("gc", "--older-than", "1d", "--json", env=store).json()
        self.assertEqual((kept["removedBytes"], content()), (0, before))
        self.assertEqual(sum(part["keptBytes"] for part in kept["parts"]), kept["keptBytes"])
        self.assertEqual(self.pinnace("gc", "--cache-size", "0", "--json", env=store).json()["cache"]["keptBytes"], 0)
        self.assertEqual({name for name in content() if not name.startswith("images")}, set())
        emptied = self.pinnace("gc", "--all", env=store)
        self.assertRegex(emptied.out, r"images +[1-9][0-9.]* [kM]?B +0 B\n")
        self.assertEqual(content(), set())
        self.pinnace("gc", "--all", "oci:" + self.path("out"), expect=2)
        self.pinnace("gc", "--all", env={"PINNACE_STORE": self.path("none")})
        self.build()

    def test_gc_keeps_the_cache_at_its_size(self):
        self.build("-t", f"oci:{self.path('out')}:1")
        store = {"PINNACE_STORE": self.path("one")}
        kept = self.pinnace("gc", "--json", env=store).json()["cache"]
        self.assertGreater(kept["keptBytes"], 0)
        removed = self.pinnace("gc", "--cache-size", "1", "--json", env=store).json()["cache"]
        self.assertEqual(removed["keptBytes"], 0)
        self.assertEqual(removed["removedRecords"], 3)
        self.assertEqual(removed["removedLayers"], 1)
        self.assertEqual(self.taken_over(self.build("-t", f"oci:{self.path('other')}:1")), 0)

    def test_what_is_reproducible_is_put_where_it_should_be(self):
        plain = self.build("-t", f"oci:{self.path('plain')}:1")
        verified = self.build("--verify-reproducible", "-t", f"{self.image}:verified", "-t", f"oci:{self.path('out')}:1")
        self.assertEqual(verified.digest, plain.digest)
        for name in (f"{self.image}:verified", f"oci:{self.path('out')}:1"):
            self.assertEqual(self.pinnace("inspect", "--digest", name).digest, plain.digest)


class ChunkCache(Case):
    """Chunks of a big layer that earlier builds on the machine have compressed."""

    def setUp(self):
        super().setUp()
        noise = os.urandom(1 << 20)
        self.project = self.files("project", {
            "pinnace.yaml": "version: 1\nbase: scratch\nartifacts:\n  - {from: app, to: /opt/app}\n",
            **{f"app/{i:02}.jar": bytes([i]) + noise + bytes(1 << 19) for i in range(48)},
        })

    def build(self, tag, *arguments, store="one"):
        return self.pinnace("build", *arguments, "-t", f"oci:{self.path('out')}:{tag}", cwd=self.project,
                            env={"PINNACE_STORE": self.path(store)})

    def chunks(self, store="one"):
        directory = os.path.join(self.path(store), "cache/chunks")
        return [name for name in os.listdir(directory) if name != "key"] if os.path.isdir(directory) else []

    def taken(self, result):
        found = re.search(r"compressed (\d+) chunks, took (\d+) from earlier builds", result.err)
        return tuple(map(int, found.groups())) if found else None

    def test_only_changed_chunks_are_compressed_again(self):
        self.assertIsNone(self.taken(self.build(1)))
        known = len(self.chunks())
        self.assertGreater(known, 48)
        # As a fresh check-out has it: all times are new.
        for name in os.listdir(os.path.join(self.project, "app")):
            os.utime(os.path.join(self.project, "app", name))
        with open(os.path.join(self.project, "app/20.jar"), "r+b") as file:
            file.seek(1000)
            file.write(b"changed")
        changed = self.build(2)
        made, took = self.taken(changed)
        self.assertLessEqual(made, 3)
        self.assertEqual(made + took, known)
        # Not a byte is another than where nothing is remembered.
        self.assertEqual(self.build(3, store="two").digest, changed.digest)

    def test_they_have_their_size(self):
        self.build(1, "--cache-size", "40MB")
        files = [os.path.join(self.path("one"), "cache/chunks", name) for name in self.chunks()]
        self.assertLessEqual(sum(map(os.path.getsize, files)), 10 << 20)
        self.assertGreater(len(files), 2)
        self.pinnace("gc", "--cache-size", "1", env={"PINNACE_STORE": self.path("one")})
        self.assertEqual(self.chunks(), [])
        self.build(2, "--no-cache")
        self.assertIsNone(self.taken(self.build(3, "--no-cache")))

    def test_small_layers_leave_none(self):
        for i in range(20, 48):
            os.remove(os.path.join(self.project, f"app/{i:02}.jar"))
        self.build(1)
        self.assertEqual(self.chunks(), [])
