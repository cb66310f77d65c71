"""Indexes that list an image for another platform than its configuration says, or for none."""
import json
import os

from harness import Case
from images import OCI, Layout, busybox_files, canonical, image_parts
from registries import shared_registry


class ListedPlatforms(Case):
    def setUp(self):
        super().setUp()
        self.registry = shared_registry()
        self.repository = "listed" + os.urandom(4).hex()
        self.name = f"{self.registry.host}/{self.repository}"

    def push(self, tag, *entries):
        """An index of (listed, said by the configuration); returns the digests of the images."""
        manifests = []
        for listed, said in entries:
            layer, configuration, manifest = image_parts({**busybox_files(), "etc/platform": said.encode()}, said)
            for blob in (layer, configuration):
                self.registry.put_blob(self.repository, blob)
            digest = self.registry.put_manifest(self.repository, tag + "-image", manifest, OCI["manifest"])
            entry = {"mediaType": OCI["manifest"], "size": len(manifest), "digest": digest}
            if listed:
                entry["platform"] = dict(zip(("os", "architecture", "variant"), listed.split("/")))
            manifests.append(entry)
        self.registry.put_manifest(self.repository, tag, canonical(
            {"schemaVersion": 2, "mediaType": OCI["index"], "manifests": manifests}), OCI["index"])
        return [entry["digest"] for entry in manifests]

    def uses(self, tag):
        """Commands that need the image for linux/amd64."""
        self.files("yaml", {"pinnace.yaml": f"version: 1\nbase: {self.name}:{tag}\nconfig: {{env: {{A: b}}}}\n"})
        self.files("from", {"Containerfile": f"FROM {self.name}:{tag}\nENV A=b\n"})
        self.files("copy", {"Containerfile": f"FROM scratch\nCOPY --from={self.name}:{tag} /etc/platform /p\n"})
        out = f"oci:{self.path('out')}:1"
        for directory, definition in (("yaml", "pinnace.yaml"), ("from", "Containerfile"), ("copy", "Containerfile")):
            yield ["build", "-f", os.path.join(self.path(directory), definition), "--platform", "linux/amd64", "-t", out]
        yield ["run", "--platform", "linux/amd64", f"{self.name}:{tag}", "--", "/bin/true"]
        yield ["inspect", f"{self.name}:{tag}"]

    def test_a_false_entry_is_refused(self):
        image, _ = self.push("false", ("linux/amd64", "linux/arm64"), ("linux/arm64", "linux/arm64"))
        for command in self.uses("false"):
            with self.subTest(command[0] + command[-1]):
                refused = self.pinnace(*command, expect=3)
                for part in (self.name, image, "listed for linux/amd64", "configuration says linux/arm64"):
                    self.assertIn(part, refused.errors[-1])

    def test_a_lock_is_of_use_when_its_index_is_gone(self):
        image, = self.push("gone", ("linux/amd64", "linux/amd64"))
        self.files("locked", {"Containerfile": f"FROM {self.name}:gone\nENV A=b\n"})
        self.pinnace("pin", self.path("locked", "Containerfile"))
        with open(self.path("locked", "pinnace.lock.json")) as file:
            index = json.load(file)["images"][0]["digest"]
        self.assertEqual(self.registry.request("DELETE", f"/v2/{self.repository}/manifests/{index}")[0], 202)
        build = ["build", "--locked", "-f", self.path("locked", "Containerfile"), "-t", f"oci:{self.path('out')}:1"]
        done = self.pinnace(*build, env={"PINNACE_STORE": self.path("another-store")})
        self.assertIn(f"the index {index} of {self.name}:gone is no longer there", done.err)
        self.assertEqual(Layout(self.path("out")).manifest(done.digest)["annotations"]["org.opencontainers.image.base.digest"], image)

    def test_an_index_of_no_images_is_refused(self):
        self.push("empty")
        for command in list(self.uses("empty"))[:4]:
            with self.subTest(command[0] + command[-1]):
                self.assertIn("lists no image", self.pinnace(*command, expect=2).errors[-1])

    def test_an_entry_without_a_platform_is_for_what_its_configuration_says(self):
        arm, amd = self.push("none", (None, "linux/arm64"), (None, "linux/amd64"))
        for command in list(self.uses("none"))[:3]:
            digest = self.pinnace(*command).digest
            config = Layout(self.path("out")).config(digest)
            self.assertEqual(config["architecture"], "amd64")
        self.files("pinned", {"Containerfile": f"FROM {self.name}:none\n"})
        self.pinnace("pin", self.path("pinned", "Containerfile"))
        with open(self.path("pinned", "pinnace.lock.json")) as file:
            platforms = json.load(file)["images"][0]["platforms"]
        self.assertEqual({name: entry["digest"] for name, entry in platforms.items()}, {"linux/amd64": amd, "linux/arm64": arm})
