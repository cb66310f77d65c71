"""RUN and the build cache: what runs again and what doesn't, and whether a build is reproducible."""
import glob
import os
import random
import shutil
from concurrent.futures import ThreadPoolExecutor

from test_run import RunCase

STAGES = ("FROM {base} AS made\nCOPY input /in/\nRUN cat /in/* > /made && cat /proc/sys/kernel/random/uuid > /unique\n"
          "FROM {base} AS other\nRUN echo other > /other\n"
          "FROM {base}\nCOPY --from=made /made /unique /srv/\nCOPY --from=other /other /srv/\nRUN ls /srv > /list\n")


class RunCache(RunCase):
    def ran(self, result):
        return [line.split(": ")[1] for line in result.err.splitlines()
                if ": RUN " in line and not line.endswith(": unchanged")]

    def stages(self, tag, *arguments, text="one\n", **options):
        return self.build(STAGES.format(base=self.base), *arguments, tag=tag, files={"input/a": text}, **options)

    def test_only_what_depends_on_a_change_runs_again(self):
        first = self.stages("1")
        self.assertEqual(len(self.ran(first)), 3)
        again = self.stages("2")
        self.assertEqual((self.ran(again), again.digest), ([], first.digest), "a random number shows that nothing ran")
        changed = self.stages("3", text="two\n")
        self.assertEqual(len(self.ran(changed)), 2, "the other stage did not run")
        self.assertNotEqual(changed.digest, first.digest)
        back = self.stages("4", text="one\n")
        self.assertEqual((self.ran(back), back.digest), ([], first.digest))
        self.assertEqual(len(self.ran(self.stages("5", "--no-cache"))), 3)

    def test_what_a_build_gives_a_run_is_a_part_of_its_key(self):
        text = f"FROM {self.base}\nRUN --network=none true\nRUN ip addr | grep -c tap0 > /networks; cat /proc/self/uid_map > /ids\n"
        offline = self.build(text, "--network", "none", tag="1")
        online = self.build(text, tag="2")
        self.assertEqual(len(self.ran(online)), 1, "what has the same network was taken over")
        self.assertNotEqual(online.digest, offline.digest)
        again = self.build(text, "--network", "none", tag="3")
        self.assertEqual((self.ran(again), again.digest), ([], offline.digest))
        if os.geteuid() == 0:
            self.assertEqual(len(self.ran(self.build(text, "--run-as-host-root", tag="4"))), 2)

    def test_what_is_cached_needs_no_runtime(self):
        first = self.stages("1")
        without = ("--runtime", "no-such-runtime")
        again = self.stages("2", *without)
        self.assertEqual((self.ran(again), again.digest), ([], first.digest))
        self.assertRegex(again.err, "warning: .*the runtime no-such-runtime is not there, .*; only what the cache knows can be built")
        failed = self.stages("3", *without, text="two\n", expect=2)
        self.assertRegex(failed.errors[-1], r"Containerfile:3:1: .*the runtime no-such-runtime is not there")
        self.assertRegex(self.stages("4", *without, "--no-cache", expect=2).errors[-1], "no-such-runtime is not there")

    def test_a_cache_in_a_registry_serves_another_machine(self):
        cache = f"{self.registry.host}/run/records:1"
        first = self.stages("1", "--cache-to", cache)
        other = {"PINNACE_STORE": self.path("other")}
        second = self.stages("2", "--cache-from", cache, env=other)
        self.assertEqual((self.ran(second), second.digest), ([], first.digest))
        kept = os.path.join(self.path("other"), "cache/build/layers/blobs/sha256")
        self.assertEqual(os.listdir(kept) if os.path.isdir(kept) else [], [], "a layer was fetched that nobody needed")
        shutil.rmtree(self.out)
        third = self.build(STAGES.format(base=self.base) + "RUN cat /srv/made > /end\n", "--cache-from", cache, env=other,
                           files={"input/a": "one\n"})
        self.assertEqual(len(self.ran(third)), 1, "only what is new runs, on layers of the cache")

    def test_a_damaged_layer_in_the_cache_is_made_again(self):
        store = self.path("store")
        env = {"PINNACE_STORE": store}

        def damage():
            shutil.rmtree(self.out)
            for path in glob.glob(f"{store}/cache/build/layers/blobs/sha256/*"):
                with open(path, "r+b") as file:
                    file.seek(30)
                    byte = file.read(1)[0]
                    file.seek(30)
                    file.write(bytes([byte ^ 1]))

        text = f"FROM {self.base}\nRUN echo one > /one\nCOPY input /in\n"
        first = self.build(text, files={"input/a": "a\n"}, env=env)
        damage()
        again = self.build(text, files={"input/a": "a\n"}, env=env)
        self.assertEqual((again.digest, len(self.ran(again))), (first.digest, 1))
        self.assertRegex(again.err, "warning: the build cache's layer sha256:[0-9a-f]{64} in .* is damaged: it is made again")
        damage()
        for directory in glob.glob(f"{store}/sandbox/*/*-*") + glob.glob(f"{store}/sandbox/*/" + "?" * 64):
            shutil.rmtree(directory)
        more = self.build(text + "RUN cat /in/a /one > /two\n", files={"input/a": "a\n"}, env=env)
        self.assertEqual(len(self.ran(more)), 2, "what stands on the damaged layer is made on a sound one")
        damage()
        gc = self.pinnace("gc", env=env)
        self.assertRegex(gc.err, "warning: the build cache's layer sha256:[0-9a-f]{64} was damaged and is removed")
        self.assertEqual(os.listdir(f"{store}/cache/build/layers/blobs/sha256"), [])

    def test_several_builds_at_once(self):
        """On one store, with a cache too small for anything, and a collector beside them."""
        text = (f"FROM {self.base}\nRUN --mount=type=cache,target=/c,sharing=locked date > /c/d; echo one > /one\n"
                "COPY input /in\nRUN cat /in/a /one > /two; rm /old/a\n")
        file = self.files("project", {"Containerfile": text, "input/a": "a\n"}) + "/Containerfile"

        def build(number):
            if number % 3 == 2:
                self.pinnace("gc", "--cache-size", "1", expect=None)  # refuses where a build is at work
            return self.pinnace("build", "-f", file, "-t", f"oci:{self.path(f'out-{number}')}:1", "--cache-size", "1").digest

        with ThreadPoolExecutor(4) as pool:
            digests = set(pool.map(build, range(8)))
        alone = self.pinnace("build", "-f", file, "-t", f"oci:{self.out}:1", "--no-cache", env={"PINNACE_STORE": self.path("other")})
        self.assertEqual(digests, {alone.digest})

    def test_after_random_edits_the_digest_is_that_of_a_build_without_cache(self):
        seed = int(os.environ.get("PINNACE_TEST_SEED") or random.randrange(1 << 30))
        pick = random.Random(seed).choice
        lines = {"arg": ["1"], "copy": ["COPY input /in"], "first": ["RUN cat /in/* > /made; echo $V > /v"], "end": ["RUN ls -R /in > /list"]}
        files = {"input/a": "1\n", "input/b": "2\n"}
        edits = [
            lambda: files.update({"input/" + pick("abc"): pick(["1\n", "2\n", "3\n"])}),
            lambda: lines.update(arg=[pick("123")]),
            lambda: lines.update(copy=[pick(["COPY input /in", "COPY input/a /in/", "COPY --chown=7 input /in", "COPY --chmod=700 input /in"])]),
            lambda: lines.update(first=[pick(["RUN cat /in/* > /made; echo $V > /v", "RUN rm -r /old; cp -r /in /copied",
                                              "RUN --mount=type=bind,target=/c cat /c/input/* > /bound"])]),
            lambda: lines.update(end=[pick(["RUN ls -R /in > /list", "USER 7\nRUN id -u; test ! -w /", "WORKDIR /w\nRUN pwd > here"])]),
        ]
        hits = 0
        for number in range(8):
            pick(edits)()
            text = "\n".join([f"FROM {self.base}", "ARG V=0", *lines["copy"], *lines["first"], *lines["end"], ""])
            with self.subTest(seed=seed, round=number, text=text):
                arguments = ("--build-arg", f"V={lines['arg'][0]}")
                cached = self.build(text, *arguments, files=files, tag="cached")
                hits += cached.err.count(": unchanged")
                plain = self.build(text, *arguments, "--no-cache", files=files, tag="plain", env={"PINNACE_STORE": self.path("other")})
                self.assertEqual(cached.digest, plain.digest)
        self.assertGreater(hits, 3, "the cache was hardly ever used")

    def test_the_first_difference_is_named(self):
        text = f"FROM {self.base}\nRUN echo same > /a\nRUN echo x > /b; cat /proc/sys/kernel/random/uuid > /c\n"
        failed = self.build(text, "--verify-reproducible", expect=1)
        self.assertEqual(len(failed.errors), 1)
        self.assertRegex(failed.errors[0], r"not reproducible: two builds differ in layer 3 of linux/amd64, /c: byte \d+ of its content")
        self.assertFalse(os.path.exists(self.out), "it was put somewhere")
        self.build(f"FROM {self.base}\nRUN echo same > /a\n", "--verify-reproducible")
