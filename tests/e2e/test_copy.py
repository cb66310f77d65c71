"""crane, skopeo and pinnace copy the same bytes, for OCI and Docker media types, between registries and layouts."""
import json
import os

from harness import Case, layout_problems, sha256, write
from images import DOCKER, OCI, Layout, push_base, push_image
from registries import Registry, shared_registry

PLATFORMS = ("linux/amd64", "linux/arm64")


class Copy(Case):
    def setUp(self):
        super().setUp()
        self.first = shared_registry("first")
        self.second = shared_registry("second")

    def sources(self):
        """(what it is, repository, digest)."""
        for kind, types in (("oci", OCI), ("docker", DOCKER)):
            for shape, platforms in (("index", PLATFORMS), ("single", PLATFORMS[:1])):
                repository = f"copy/{kind}-{shape}"
                yield f"{kind} {shape}", repository, push_base(self.first, repository, platforms=platforms, types=types)

    def test_three_tools_one_digest(self):
        self.need("crane", "skopeo")
        for kind, repository, digest in self.sources():
            source = f"{self.first.host}/{repository}:1"
            commands = {
                "crane": ["crane", "copy", "--insecure", source, f"{self.second.host}/by-crane/{repository}:1"],
                "skopeo": ["skopeo", "copy", "-q", "--all", "--preserve-digests", "--src-tls-verify=false",
                           "--dest-tls-verify=false", "docker://" + source,
                           f"docker://{self.second.host}/by-skopeo/{repository}:1"],
            }
            for tool, command in commands.items():
                with self.subTest(f"{kind} {tool}"):
                    self.tool(*command)
                    self.assertEqual(sha256(self.second.manifest(f"by-{tool}/{repository}", "1")[1]), digest)
            with self.subTest(f"{kind} pinnace"):
                copied = self.pinnace("copy", source, f"{self.second.host}/by-pinnace/{repository}:1")
                self.assertEqual(copied.digest, digest)
                self.assertEqual(self.second.manifest(f"by-pinnace/{repository}", "1"),
                                 self.first.manifest(repository, "1"))
                self.tool("crane", "validate", "--insecure", "--remote", f"{self.second.host}/by-pinnace/{repository}:1")

    def test_a_damaged_layout_is_seen_and_repaired(self):
        push_base(self.first, "copy/repair", platforms=PLATFORMS)
        source, layout = f"{self.first.host}/copy/repair:1", self.path("layout")
        self.pinnace("copy", source, f"oci:{layout}:1")
        blobs = os.path.join(layout, "blobs/sha256")
        layer = max((os.path.join(blobs, name) for name in os.listdir(blobs)), key=os.path.getsize)
        with open(layer, "r+b") as file:
            file.seek(100)
            flipped = file.read(1)[0] ^ 1
            file.seek(100)
            file.write(bytes([flipped]))
        seen = self.pinnace("gc", f"oci:{layout}", expect=1)
        self.assertIn("damaged: blob sha256:" + os.path.basename(layer), seen.out)
        self.assertIn("pinnace copy --repair REF oci:", seen.out.splitlines()[-1])
        self.pinnace("copy", "--repair", source, f"oci:{layout}:1")
        self.assertEqual(layout_problems(layout), [])
        os.remove(layer)
        self.pinnace("gc", f"oci:{layout}", expect=1)
        self.pinnace("copy", source, f"oci:{layout}:1")
        self.assertEqual(layout_problems(layout), [])
        self.pinnace("gc", f"oci:{layout}")

    @staticmethod
    def bytes_of(path):
        with open(path, "rb") as file:
            return file.read()

    def test_repair_of_a_registry_says_what_it_keeps(self):
        """distribution does not write over a blob that it has: what can't be repaired is no success."""
        with Registry() as registry:
            push_base(registry, "copy/damaged")
            source, target = f"oci:{self.path('sound')}:1", f"{registry.host}/copy/damaged:1"
            self.pinnace("copy", target, source)
            blobs = os.path.join(registry.dir, "data/docker/registry/v2/blobs/sha256")
            files = [os.path.join(parent, "data") for parent, _, names in os.walk(blobs) if "data" in names]
            layer = max(files, key=os.path.getsize)
            whole = self.bytes_of(layer)
            for damaged in (whole[:100], b"", whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]):
                write(layer, damaged)
                done = self.pinnace("copy", "--repair", source, target, expect=None)
                self.assertEqual(done.code == 0, self.bytes_of(layer) == whole, done.err)
                if done.code:
                    self.assertEqual(done.code, 3)
                    self.assertIn("keeps a damaged blob sha256:" + os.path.basename(os.path.dirname(layer)), done.errors[-1])
            write(layer, whole)
            self.pinnace("copy", "--repair", source, target)

    def test_images_that_skopeo_converted(self):
        self.need("skopeo")
        push_base(self.first, "copy/to-convert", platforms=PLATFORMS)
        self.tool("skopeo", "copy", "-q", "--all", "--format", "v2s2", "--src-tls-verify=false", "--dest-tls-verify=false",
                  f"docker://{self.first.host}/copy/to-convert:1", f"docker://{self.first.host}/copy/converted:1")
        media_type, body = self.first.manifest("copy/converted", "1")
        self.assertEqual(media_type, DOCKER["index"])
        copied = self.pinnace("copy", f"{self.first.host}/copy/converted:1", f"{self.second.host}/copy/converted:1")
        self.assertEqual(copied.digest, sha256(body))
        self.assertEqual(self.second.manifest("copy/converted", "1"), (media_type, body))

    def test_through_archives(self):
        """Registry -> our archive -> skopeo's archive -> registry: the same digest everywhere."""
        self.need("skopeo")
        for kind, repository, digest in self.sources():
            if kind.startswith("docker"):
                continue  # skopeo 1.9 finds only OCI manifests in an archive
            with self.subTest(kind):
                name = kind.replace(" ", "-")
                ours, theirs = self.path(f"ours-{name}.tar"), self.path(f"theirs-{name}.tar")
                source = f"{self.first.host}/{repository}:1"
                self.assertEqual(self.pinnace("copy", source, f"oci-archive:{ours}:1").digest, digest)
                self.tool("skopeo", "copy", "-q", "--all", "--preserve-digests", f"oci-archive:{ours}:1", f"oci-archive:{theirs}")
                again = f"{self.second.host}/archived/{name}:1"
                self.assertEqual(self.pinnace("copy", f"oci-archive:{theirs}", again).digest, digest)
                self.assertEqual([n for n in os.listdir(self.dir) if n.startswith(".pinnace")], [])

    def test_through_layouts(self):
        self.need("skopeo")
        for kind, repository, digest in self.sources():
            with self.subTest(kind):
                layout = self.path(repository.replace("/", "-"))
                self.assertEqual(self.pinnace("copy", f"{self.first.host}/{repository}:1", f"oci:{layout}:x").digest, digest)
                self.assertEqual(Layout(layout).tag("x"), digest)
                self.assertEqual(layout_problems(layout), [])
                other = layout + "-2"
                self.assertEqual(self.pinnace("copy", f"oci:{layout}:x", f"oci:{other}:y").digest, digest)
                back = f"{self.second.host}/back/{repository}:1"
                self.assertEqual(self.pinnace("copy", f"oci:{other}:y", back).digest, digest)
                self.assertEqual(self.second.manifest(f"back/{repository}", "1"), self.first.manifest(repository, "1"))
                if kind.startswith("oci"):
                    self.tool("skopeo", "inspect", "--raw", f"oci:{layout}:x")

    def test_by_digest_without_a_tag(self):
        digest = push_base(self.first, "copy/by-digest", platforms=PLATFORMS)
        target = f"{self.second.host}/copy/by-digest"
        self.pinnace("copy", f"{self.first.host}/copy/by-digest@{digest}", target)
        self.assertEqual(sha256(self.second.manifest("copy/by-digest", digest)[1]), digest)

    def test_into_another_repository_of_the_same_registry(self):
        digest = push_base(self.first, "copy/mount-from", platforms=PLATFORMS)
        copied = self.pinnace("copy", f"{self.first.host}/copy/mount-from:1", f"{self.first.host}/copy/mounted:1")
        self.assertEqual(copied.digest, digest)
        self.tool("crane", "validate", "--insecure", "--remote", f"{self.first.host}/copy/mounted:1")

    def test_again_changes_nothing(self):
        push_base(self.first, "copy/again", platforms=PLATFORMS)
        with Registry() as target:
            arguments = ("copy", f"{self.first.host}/copy/again:1", f"{target.host}/copy/again:1")
            self.pinnace(*arguments)
            before = target.state()
            self.pinnace(*arguments)
            self.assertEqual(target.state(), before)

    def test_a_damaged_blob_is_found_and_nothing_is_tagged(self):
        with Registry() as source, Registry() as target:
            push_image(source, "copy/damaged", "1", {"a": os.urandom(100_000)})
            manifest = json.loads(source.manifest("copy/damaged", "1")[1])
            layer = manifest["layers"][0]["digest"].split(":")[1]
            path = os.path.join(source.dir, "data/docker/registry/v2/blobs/sha256", layer[:2], layer, "data")
            with open(path, "r+b") as file:
                file.seek(1000)
                file.write(b"damage")
            done = self.pinnace("copy", f"{source.host}/copy/damaged:1", f"{target.host}/copy/damaged:1", expect=3)
            self.assertIn(layer, done.err)
            self.assertEqual(len(done.errors), 1, done.err)
            self.assertIsNone(target.manifest("copy/damaged", "1"))
            layout = self.path("layout")
            self.pinnace("copy", f"{source.host}/copy/damaged:1", f"oci:{layout}:1", expect=3)
            self.assertEqual(layout_problems(layout), [])
