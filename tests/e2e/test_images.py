"""Images that pinnace builds, seen by skopeo, crane, umoci, runc and other languages' gzip readers."""
import gzip
import io
import json
import os
import random
import tarfile

from harness import HERE, Case, sha256
from images import Layout, decompress, push_base, run_container, tar_members
from registries import shared_registry

APP = {
    "target/app/hello.txt": "hello\n",
    "target/app/bin/hello": "#!/bin/sh\nexec cat /opt/app/hello.txt\n",
    "target/app/deep/" + "long-name-" * 12 + "/" + "x" * 120: "a path that needs PAX\n",
    "target/app/umlaut-ü.txt": "UTF-8\n",
}
DEFINITION = """\
version: 1
base: {base}
artifacts:
  - {{from: target/app, to: /opt/app}}
  - {{from: target/app/bin/hello, to: /usr/bin/hello, mode: "0755", owner: "1000:1000"}}
config:
  workdir: /opt/app
  entrypoint: [/usr/bin/hello]
  env: {{GREETING: hello}}
  labels: {{org.example.team: anchors}}
  ports: [8080/tcp]
"""


class Images(Case):
    def setUp(self):
        super().setUp()
        self.registry = shared_registry()
        push_base(self.registry)
        self.base = f"{self.registry.host}/base/busybox:1"
        self.project = self.files("project", {**APP, "pinnace.yaml": DEFINITION.format(base=self.base)})

    def build(self, *arguments, **options):
        return self.pinnace("build", *arguments, cwd=self.project, **options).digest

    def test_every_reader_takes_a_pushed_image(self):
        self.need("skopeo", "crane")
        name = f"{self.registry.host}/images/reader"
        digest = self.build("-t", name + ":1")
        seen = json.loads(self.tool("skopeo", "inspect", "--tls-verify=false", f"docker://{name}:1").out)
        self.assertEqual(seen["Digest"], digest)
        self.assertEqual(len(seen["Layers"]), 2)
        self.tool("crane", "validate", "--insecure", "--remote", f"{name}@{digest}")
        self.assertEqual(self.tool("crane", "digest", "--insecure", f"{name}:1").out.strip(), digest)
        config = json.loads(self.tool("crane", "config", "--insecure", f"{name}:1").out)
        self.assertEqual(config["config"]["Entrypoint"], ["/usr/bin/hello"])
        self.assertIn("GREETING=hello", config["config"]["Env"])
        self.assertIn("PATH=/bin", config["config"]["Env"], "the base's environment stays")
        self.assertEqual(config["config"]["Labels"]["org.example.team"], "anchors")
        self.assertIn("8080/tcp", config["config"]["ExposedPorts"])
        self.assertEqual(len([h for h in config["history"] if not h.get("empty_layer")]), 2)

    def test_a_container_of_it_runs(self):
        self.need("umoci", "runc")
        if os.getuid() != 0:
            self.skipTest("runc needs root here")
        layout = self.path("out")
        self.build("-t", f"oci:{layout}:1")
        ran = run_container(self, layout, "1", None)
        self.assertEqual(ran.out, "hello\n")
        ran = run_container(self, layout, "1", ["/bin/ls", "-ln", "/usr/bin/hello"])
        self.assertRegex(ran.out, r"^-rwxr-xr-x +1 +1000 +1000 ")

    def test_a_layout_and_a_registry_get_the_same(self):
        layout = self.path("out")
        name = f"{self.registry.host}/images/both"
        result = self.pinnace("build", "-t", f"{name}:a", "-t", f"{name}:b", "-t", f"oci:{layout}:1", cwd=self.project)
        digest = result.digest
        self.assertEqual(Layout(layout).tag("1"), digest)
        for tag in ("a", "b"):
            self.assertEqual(sha256(self.registry.manifest("images/both", tag)[1]), digest)
        self.assertEqual(result.out.splitlines()[-1], digest)

    def test_an_index_of_several_platforms(self):
        self.need("crane", "skopeo")
        push_base(self.registry, "base/multi", platforms=("linux/amd64", "linux/arm64", "linux/arm/v7"))
        project = self.files("multi", {**APP, "pinnace.yaml": DEFINITION.format(
            base=f"{self.registry.host}/base/multi:1") + "platforms: [linux/arm64, linux/amd64]\n"})
        name = f"{self.registry.host}/images/multi:1"
        digest = self.pinnace("build", "-t", name, cwd=project).digest
        media_type, body = self.registry.manifest("images/multi", "1")
        self.assertEqual(sha256(body), digest)
        self.assertEqual(media_type, "application/vnd.oci.image.index.v1+json")
        platforms = [f"{m['platform']['os']}/{m['platform']['architecture']}" for m in json.loads(body)["manifests"]]
        self.assertEqual(sorted(platforms), ["linux/amd64", "linux/arm64"])
        self.tool("crane", "validate", "--insecure", "--remote", name)
        for architecture in ("amd64", "arm64"):
            seen = json.loads(self.tool("skopeo", "inspect", "--tls-verify=false", "--override-arch", architecture,
                                        "docker://" + name).out)
            self.assertEqual(seen["Architecture"], architecture)

    def test_the_best_variant_of_the_base_is_taken(self):
        platforms = ("linux/arm/v5", "linux/arm/v6", "linux/arm/v7", "linux/arm64/v8", "linux/amd64", "linux/amd64/v2", "linux/amd64/v3")
        push_base(self.registry, "base/variants", platforms=platforms)
        base = f"{self.registry.host}/base/variants:1"
        project = self.files("variants", {**APP, "pinnace.yaml": DEFINITION.format(base=base),
                                          "Containerfile": f"FROM {base}\nCOPY . /app\n",
                                          "From": f"FROM scratch\nCOPY --from={base} /etc/platform /etc/platform\n"})
        # What is asked for, the base that is taken, and what the image says of itself.
        cases = (("linux/arm/v7", "linux/arm/v7", "linux/arm/v7"), ("linux/arm", "linux/arm/v7", "linux/arm/v7"),
                 ("linux/arm/v6", "linux/arm/v6", "linux/arm/v6"), ("linux/arm64", "linux/arm64/v8", "linux/arm64"),
                 ("linux/amd64", "linux/amd64", "linux/amd64"), ("linux/amd64/v2", "linux/amd64/v2", "linux/amd64/v2"),
                 ("linux/amd64/v4", "linux/amd64/v3", "linux/amd64/v4"))
        for locked in ([], ["--locked"]):
            for definition in ("pinnace.yaml", "Containerfile", "From"):
                if locked:
                    self.pinnace("pin", definition, cwd=project)
                for wish, taken, says in cases:
                    layout = self.path("out-variants")
                    digest = self.pinnace("build", "-f", definition, "--platform", wish, "-t", f"oci:{layout}:1",
                                          *locked, cwd=project).digest
                    image = Layout(layout)
                    found = None
                    for descriptor, data in image.layers(digest):
                        with tarfile.open(fileobj=io.BytesIO(decompress(data, descriptor["mediaType"]))) as tar:
                            if "etc/platform" in tar.getnames():
                                found = tar.extractfile("etc/platform").read().decode()
                    self.assertEqual(found, taken, f"{definition} {wish}")
                    config = image.config(digest)
                    said = "/".join(filter(None, ("linux", config["architecture"], config.get("variant"))))
                    self.assertEqual(said.removesuffix("/v8"), says)

    def layer(self, compression):
        layout = self.path("out-" + compression.replace(":", "-"))
        digest = self.build("-t", f"oci:{layout}:1", "--compression", compression)
        image = Layout(layout)
        descriptor, data = image.layers(digest)[-1]
        return image, digest, descriptor, data

    def test_compressions(self):
        self.need("skopeo", "umoci")
        for compression, ending in (("gzip", "+gzip"), ("gzip:balanced", "+gzip"), ("zstd", "+zstd"),
                                    ("zstd:balanced", "+zstd"), ("none", ".tar")):
            with self.subTest(compression):
                image, digest, descriptor, data = self.layer(compression)
                self.assertTrue(descriptor["mediaType"].endswith(ending), descriptor)
                self.assertEqual(descriptor["digest"], sha256(data))
                self.assertEqual(descriptor["size"], len(data))
                tar = decompress(data, descriptor["mediaType"])
                self.assertEqual(image.config(digest)["rootfs"]["diff_ids"][-1], sha256(tar))
                self.tool("skopeo", "inspect", f"oci:{image.directory}:1")

    def test_tar_entries_are_normal(self):
        _, _, descriptor, data = self.layer("gzip")
        members = tar_members(decompress(data, descriptor["mediaType"]))
        self.assertIn("opt/app/umlaut-ü.txt", members)
        self.assertEqual(list(members), sorted(members, key=lambda name: name.encode()))
        hello = members["usr/bin/hello"]
        self.assertEqual((hello.mode, hello.uid, hello.gid), (0o755, 1000, 1000))
        for member in members.values():
            self.assertEqual((member.uname, member.gname), ("", ""), member.name)
            self.assertEqual(member.mtime, 0, member.name)

    def test_source_date_epoch(self):
        layout = self.path("out")
        digest = self.build("-t", f"oci:{layout}:1", env={"SOURCE_DATE_EPOCH": "1700000000"})
        image = Layout(layout)
        self.assertEqual(image.config(digest)["created"], "2023-11-14T22:13:20Z")
        descriptor, data = image.layers(digest)[-1]
        times = {member.mtime for member in tar_members(decompress(data, descriptor["mediaType"])).values()}
        self.assertEqual(times, {1700000000})

    def test_the_time_that_a_lock_has(self):
        self.pinnace("pin", cwd=self.project)
        file = self.path("project", "pinnace.lock.json")
        with open(file) as lock:
            locked = json.load(lock) | {"created": 1600000000}
        with open(file, "w") as lock:
            json.dump(locked, lock)
        layout = self.path("out")
        created = lambda **env: Layout(layout).config(self.build("-t", f"oci:{layout}:1", env=env))["created"]
        self.assertEqual(created(), "2020-09-13T12:26:40Z")
        descriptor, data = Layout(layout).layers(Layout(layout).tag("1"))[-1]
        times = {member.mtime for member in tar_members(decompress(data, descriptor["mediaType"])).values()}
        self.assertEqual(times, {1600000000})
        self.assertEqual(created(SOURCE_DATE_EPOCH="1700000000"), "2023-11-14T22:13:20Z", "what was asked for goes first")

    def test_one_gzip_member_for_java_go_and_python(self):
        self.need("java", "go")
        rng = random.Random(7)
        words = [os.urandom(1) * 3 + bytes(rng.choices(range(256), k=rng.randrange(2, 12))) for _ in range(3000)]
        self.files("project", {"target/app/big": b"".join(rng.choices(words, k=700_000)),
                               "target/app/noise": rng.randbytes(2_500_000)})
        image, digest, descriptor, data = self.layer("gzip")
        diff_id = image.config(digest)["rootfs"]["diff_ids"][-1]
        path = os.path.join(image.directory, "blobs", *descriptor["digest"].split(":"))
        self.assertEqual(sha256(gzip.GzipFile(fileobj=io.BytesIO(data)).read()), diff_id)
        java = self.tool("java", "-Xint", "-Xshare:auto", os.path.join(HERE, "readers/Gunzip.java"), path)
        self.assertEqual(java.out.strip(), diff_id)
        go = self.tool("go", "run", os.path.join(HERE, "readers/gunzip.go"), path,
                       env={"GOFLAGS": "-mod=mod", "GO111MODULE": "off", "GOTOOLCHAIN": "local"})
        self.assertEqual(go.out.strip(), diff_id)

    def test_from_scratch(self):
        self.need("umoci", "crane")
        project = self.files("scratch", {"a": "a", "pinnace.yaml": "version: 1\nbase: scratch\n"
                                         "artifacts:\n  - {from: a, to: /a}\n"})
        layout = self.path("out")
        digest = self.pinnace("build", "-t", f"oci:{layout}:1", cwd=project).digest
        self.assertEqual(len(Layout(layout).layers(digest)), 1)
        self.tool("umoci", "unpack", "--rootless", "--image", f"{layout}:1", self.path("bundle"))
        with open(self.path("bundle/rootfs/a")) as file:
            self.assertEqual(file.read(), "a")
        name = f"{self.registry.host}/images/scratch:1"
        self.pinnace("build", "-t", name, cwd=project)
        self.tool("crane", "validate", "--insecure", "--remote", name)

    def test_globs_symlinks_and_ignored_files(self):
        project = self.files("globs", {
            "lib/a.jar": "a", "lib/b.jar": "b", "lib/c.txt": "c", "lib/sub/d.jar": "d", "keep/x": "x",
            "keep/secret.key": "s", ".pinnaceignore": "**/*.key\n",
            "pinnace.yaml": "version: 1\nbase: scratch\nartifacts:\n"
                            "  - {from: 'lib/*.jar', to: /lib/}\n  - {from: keep, to: /keep}\n"})
        os.symlink("x", os.path.join(project, "keep/link"))
        layout = self.path("out")
        digest = self.pinnace("build", "-t", f"oci:{layout}:1", cwd=project).digest
        descriptor, data = Layout(layout).layers(digest)[-1]
        members = tar_members(decompress(data, descriptor["mediaType"]))
        names = {name for name, member in members.items() if not member.isdir()}
        self.assertEqual(names, {"lib/a.jar", "lib/b.jar", "keep/x", "keep/link"})
        self.assertEqual(members["keep/link"].linkname, "x")

    def test_json_result_and_metadata(self):
        layout = self.path("out")
        metadata = self.path("image.json")
        result = self.pinnace("--json", "build", "-t", f"oci:{layout}:1", cwd=self.project).json()
        again = self.build("-t", f"oci:{layout}:1", "--metadata", metadata)
        self.assertEqual(result["digest"], again)
        with open(metadata) as file:
            self.assertEqual(json.load(file)["digest"], again)
        os.remove(metadata)
        shown = self.pinnace("--json", "build", "-t", f"oci:{layout}:1", "--metadata", metadata, cwd=self.project).json()
        with open(metadata) as file:
            self.assertEqual(json.load(file), shown)
        nowhere = self.path("nowhere", "image.json")
        self.pinnace("build", "-t", f"oci:{layout}:1", "--metadata", nowhere, cwd=self.project, expect=2)

    def test_inspect(self):
        name = f"{self.registry.host}/images/inspect:1"
        digest = self.build("-t", name)
        self.assertEqual(self.pinnace("inspect", "--digest", name).out.strip(), digest)
        shown = self.pinnace("inspect", name).out
        self.assertIn(digest, shown)
        self.assertIn("linux/amd64", shown)
        self.assertEqual(self.pinnace("--json", "inspect", name).json()["images"][0]["digest"], digest)

    def test_the_job_protocol_does_the_same(self):
        name = f"{self.registry.host}/images/job:1"
        digest = self.build("-t", name)
        request = {"version": 1, "store": self.path("store"), "registries": None, "references": [name],
                   "digestOnly": True, "environments": None}
        result = self.pinnace("job", "inspect", "--request", "-", input=json.dumps(request))
        self.assertEqual(result.json()["images"][0]["digest"], digest)
