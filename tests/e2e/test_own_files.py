"""What Pinnace writes for itself below a build's context is no part of the context."""
import os

import harness
from harness import Case

LEFT = harness.TEMPORARY + "left"


class OwnFiles(Case):
    def setUp(self):
        super().setUp()
        self.files("app", {"Containerfile": "FROM scratch\nCOPY . /app/\n", "f": "content\n"})
        self.elsewhere = self.build("-f", "Containerfile", "-t", "oci:../out:1").digest

    def build(self, *arguments, **options):
        return self.pinnace("build", *arguments, ".", cwd=self.path("app"), **options)

    def test_targets_in_the_context_are_not_in_the_image(self):
        for target in ("docker-archive:web.tar:x/y:1", "oci-archive:web-oci.tar:1", "oci:layout:1"):
            for turn in ("first", "second"):
                with self.subTest(f"{target}, {turn}"):
                    self.assertEqual(self.build("-t", target).digest, self.elsewhere)
            self.tool("rm", "-r", self.path("app", target.split(":")[1]))

    def test_a_linked_target_is_not_in_the_image(self):
        os.symlink("there.tar", self.path("app", "web.tar"))
        digests = {self.build("-t", "oci-archive:web.tar:1").digest for _ in range(2)}
        self.assertEqual(len(digests), 1)

    def test_caches_and_the_store_in_the_context_are_not_in_the_image(self):
        for name, option in (("cache", "--cache-to"), ("cache", "--cache-from"), ("store", "--store")):
            value = name if option == "--store" else f"oci:{name}:1"
            for turn in ("first", "second"):
                with self.subTest(f"{option}, {turn}"):
                    self.assertEqual(self.build("-t", "oci:../out:1", option, value).digest, self.elsewhere)
            if option != "--cache-to":
                self.tool("rm", "-r", self.path("app", name))

    def test_the_result_in_the_context_is_not_in_the_image(self):
        digests = {self.build("-t", "oci:../out:1", "--metadata", "image.json").digest for _ in range(2)}
        self.assertEqual(digests, {self.elsewhere})

    def test_leftovers_are_not_in_the_image(self):
        yaml = "version: 1\nbase: scratch\nartifacts:\n  - {from: '%s', to: /app}\n"
        definitions = {"Containerfile": "FROM scratch\nCOPY . /app/\n",
                       "Star": "FROM scratch\nCOPY * /app/\n",
                       "Deep": "FROM scratch\nCOPY **/f /app/\n",
                       "all.yaml": yaml % ".", "glob.yaml": yaml % "*"}
        self.files("app", {"sub/f": "f\n", **definitions})
        build = lambda name: self.build("-f", name, "-t", "oci:../out:1", "--no-cache").digest
        before = {name: build(name) for name in definitions}
        self.files("app", {LEFT: "half\n", f"{LEFT}.d/f": "half\n", f"sub/{LEFT}": "half\n",
                           "sub/.pinnace-lock": "", "sub/.pinnace-gc-lock": ""})
        for name, digest in before.items():
            with self.subTest(name):
                self.assertEqual(build(name), digest)

    def test_a_layout_that_is_the_context_is_refused(self):
        done = self.pinnace("build", "-f", self.path("app", "Containerfile"), "-t", "oci:.:2", ".",
                            cwd=self.path("out"), expect=2)
        self.assertIn("oci:.:2 is the context itself", done.errors[-1])

    def test_pin_removes_what_a_killed_one_left(self):
        self.files("app", {"Containerfile": "FROM oci:../out:1\n", LEFT: "half\n"})
        self.pinnace("pin", "app/Containerfile")
        self.assertNotIn(LEFT, os.listdir(self.path("app")))
        self.assertIn("pinnace.lock.json", os.listdir(self.path("app")))
