"""Names of images: archives of docker save, transports of other tools, and images that have a digest only."""
import gzip
import io
import json
import os
import tarfile
import threading

import harness
from harness import Case, sha256
from images import Layout

DEFINITION = "version: 1\nbase: scratch\nplatforms: [linux/amd64]\nartifacts: [{from: a, to: /a}]\n"


def old_docker_save(path, layers, tags):
    """As Docker before 25 wrote it: a directory a layer, a link where a layer is there already."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {
        "type": "layers", "diff_ids": [sha256(layer) for layer in layers]}}).encode()
    names, places = [], {}
    with tarfile.open(path, "w") as archive:
        def add(name, data):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for number, layer in enumerate(layers):
            names.append(f"{number:064}/layer.tar")
            if layer in places:
                member = tarfile.TarInfo(names[-1])
                member.type, member.linkname = tarfile.SYMTYPE, "../" + places[layer]
                archive.addfile(member)
            else:
                places[layer] = names[-1]
                add(names[-1], layer)
        name = sha256(config)[7:] + ".json"
        add(name, config)
        add("manifest.json", json.dumps([{"Config": name, "RepoTags": tags, "Layers": names}]).encode())


def layer_of(name, content):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


class DockerArchive(Case):
    def setUp(self):
        super().setUp()
        self.project = self.files("project", {"pinnace.yaml": DEFINITION, "a": "a\n"})

    def test_what_is_written_is_for_others_and_keeps_its_digest(self):
        self.need("skopeo")
        digest = self.pinnace("build", "-t", "oci:out:1", "-t", "docker-archive:web.tar:shop/web:1", self.project).digest
        again = self.pinnace("copy", "oci:out:1", "docker-archive:again.tar:shop/web:1").digest
        self.assertEqual(digest, again)
        with open(self.path("web.tar"), "rb") as one, open(self.path("again.tar"), "rb") as other:
            self.assertEqual(one.read(), other.read())
        for name in ("docker-archive:web.tar", "docker-archive:web.tar:shop/web:1", f"docker-archive:web.tar@{digest}",
                     "oci-archive:web.tar:1"):
            self.assertEqual(self.pinnace("inspect", "--digest", name).digest, digest, name)
        config = json.loads(self.tool("skopeo", "inspect", "--config", "docker-archive:web.tar:shop/web:1").out)
        self.assertEqual(config["architecture"], "amd64")
        self.tool("skopeo", "copy", "-q", "docker-archive:web.tar:shop/web:1", "oci:by-skopeo:1")
        theirs = Layout(self.path("by-skopeo"))
        ours = Layout(self.path("out"))
        self.assertEqual(theirs.config(theirs.tag("1")), ours.config(ours.tag("1")))

    def test_what_skopeo_wrote_is_read(self):
        self.need("skopeo")
        self.pinnace("build", "-t", "oci:out:1", self.project)
        self.tool("skopeo", "copy", "-q", "oci:out:1", "docker-archive:sk.tar:shop/web:1")
        digest = self.pinnace("copy", "docker-archive:sk.tar:shop/web:1", "oci:back:1").digest
        self.assertEqual(self.pinnace("copy", "docker-archive:sk.tar", "oci:back:2").digest, digest)
        self.assertEqual(harness.layout_problems(self.path("back")), [])
        ours, back = Layout(self.path("out")), Layout(self.path("back"))
        self.assertEqual(back.config(back.tag("1"))["rootfs"], ours.config(ours.tag("1"))["rootfs"])

    def test_the_old_form_is_a_base_that_pin_records(self):
        first, second = layer_of("b", b"b"), layer_of("c", b"c")
        old_docker_save(self.path("base.tar"), [first, second, first], ["shop/base:1"])
        project = self.files("project", {"Containerfile": "FROM docker-archive:../base.tar:shop/base:1\nCOPY a /a\n"})
        pinned = self.pinnace("pin", f"{project}/Containerfile")
        self.assertIn("an archive of docker save has no manifest", pinned.err)
        self.pinnace("build", "--locked", "-f", f"{project}/Containerfile", "-t", "oci:out:1")
        out = Layout(self.path("out"))
        layers = out.layers(out.tag("1"))
        self.assertEqual([data for _, data in layers[:3]], [first, second, first])
        self.assertEqual(layers[0][0]["mediaType"], "application/vnd.oci.image.layer.v1.tar")
        digest = self.pinnace("inspect", "--digest", "docker-archive:base.tar").digest
        with open(f"{project}/pinnace.lock.json") as lock:
            self.assertEqual(json.load(lock)["images"][0]["digest"], digest)

    def test_an_archive_that_is_compressed_says_so(self):
        with gzip.open(self.path("x.tar.gz"), "wb") as out:
            out.write(b"any")
        for kind in ("oci-archive", "docker-archive"):
            failed = self.pinnace("inspect", f"{kind}:x.tar.gz", expect=2)
            self.assertIn("x.tar.gz is compressed", failed.errors[-1])
            self.assertIn("gunzip", failed.errors[-1])


class Transports(Case):
    def test_transports_are_no_repositories_of_docker_hub(self):
        project = self.files("project", {"a": "a\n"})
        for name in ("docker-daemon:web:1", "containers-storage:web", "dir:out", "oci-dir:out"):
            definitions = {"pinnace.yaml": f"version: 1\nbase: {name}\n", "Containerfile": f"FROM {name}\n",
                           "From.Containerfile": f"FROM scratch\nCOPY --from={name} /a /a\n"}
            self.files("project", definitions)
            commands = [("build", "-f", f"{project}/{file}") for file in definitions]
            commands += [("pin", f"{project}/{file}") for file in definitions]
            commands += [("copy", name, "oci:out:1"), ("copy", "oci:out:1", name), ("inspect", name), ("run", name),
                         ("build", "-t", name, project), ("build", "--cache-from", name, project),
                         ("build", "--cache-to", name, project)]
            for command in commands:
                failed = self.pinnace(*command, expect=2)
                self.assertIn("is not supported; ", failed.errors[-1], command)
                self.assertNotIn("docker.io", failed.err, command)


class Pins(Case):
    def test_pins_of_one_lock_at_the_same_time_keep_what_the_others_add(self):
        names = [f"{number}.Containerfile" for number in range(6)]
        self.files("base", {"Containerfile": "FROM scratch\nCOPY Containerfile /\n"})
        for number in range(6):
            self.pinnace("build", "-t", f"oci:{self.path(f'p/b{number}')}:1", "-f", self.path("base/Containerfile"))
        project = self.files("p", {name: f"FROM oci:b{number}:1\n" for number, name in enumerate(names)})
        for _ in range(3):
            pins = [threading.Thread(target=self.pinnace, args=("pin", f"{project}/{name}")) for name in names]
            for pin in pins:
                pin.start()
            for pin in pins:
                pin.join()
            with open(f"{project}/pinnace.lock.json") as lock:
                found = json.load(lock)
            self.assertEqual([image["name"] for image in found["images"]], [f"oci:b{number}:1" for number in range(6)])
            self.assertEqual(found["definitions"], names)
            os.unlink(f"{project}/pinnace.lock.json")


class Stored(Case):
    def test_what_an_untagged_build_made_is_named_by_its_digest(self):
        project = self.files("project", {"pinnace.yaml": DEFINITION, "a": "a\n", "environments.yaml":
                                         "prod: {repository: 'oci:prod', immutable: true}\n"})
        digest = self.pinnace("build", project).digest
        for name in (digest, digest[:19], f"web@{digest}", f"shop/web:1@{digest}"):
            self.assertEqual(self.pinnace("inspect", "--digest", name).digest, digest, name)
            self.assertEqual(self.pinnace("copy", name, f"oci:{self.path('out')}:1").digest, digest, name)
        self.assertEqual(self.pinnace("promote", f"shop/web@{digest}", "--to", "prod", "--tag", "1", cwd=project).digest, digest)
        self.assertEqual(self.pinnace("inspect", "--digest", f"oci:{project}/prod/shop/web:1").digest, digest)
        failed = self.pinnace("promote", digest, "--to", "prod", cwd=project, expect=2)
        self.assertIn(f"has no name by which it could be in an environment, expected NAME@{digest} or --as NAME", failed.errors[-1])
        self.assertEqual(self.pinnace("promote", digest, "--to", "prod", "--as", "shop/bare", "--tag", "1", cwd=project).digest, digest)
        self.assertEqual(self.pinnace("inspect", "--digest", f"oci:{project}/prod/shop/bare:1").digest, digest)
        failed = self.pinnace("run", digest, expect=2)
        self.assertIn("has no command", failed.errors[-1])
        self.pinnace("gc")
        self.assertEqual(self.pinnace("inspect", "--digest", digest).digest, digest)

    def test_what_is_not_there_says_so(self):
        unknown = "sha256:" + "0" * 64
        failed = self.pinnace("inspect", unknown, expect=2)
        self.assertIn(f"no image {unknown} in the local store", failed.errors[-1])
        for target in (("copy", "oci:x:1", unknown), ("build", "-t", unknown)):
            self.files(".", {"pinnace.yaml": DEFINITION, "a": "a\n"})
            self.pinnace(*target, expect=2)
        self.files(".", {"Containerfile": f"FROM {unknown}\n"})
        self.assertIn("local store of one machine only",
                      self.pinnace("build", "-f", "Containerfile", expect=2).errors[-1])


class Layouts(Case):
    def test_without_a_tag_the_only_image_is_meant_and_several_are_listed(self):
        project = self.files("project", {"pinnace.yaml": DEFINITION, "a": "a\n"})
        digest = self.pinnace("build", "-t", "oci:out:localhost/web:1.2", "-t", "oci-archive:out.tar:localhost/web:1.2",
                              project).digest
        for place in ("oci:out", "oci-archive:out.tar"):
            for name in (place, f"{place}:localhost/web:1.2", f"{place}:1.2"):
                self.assertEqual(self.pinnace("inspect", "--digest", name).digest, digest, name)
        self.files("project", {"a": "b\n"})
        self.pinnace("build", "-t", "oci:out:2", project)
        failed = self.pinnace("inspect", "oci:out", expect=2)
        self.assertIn("lists several images", failed.errors[-1])
        self.assertIn("localhost/web:1.2", failed.errors[-1])


class CommandLine(Case):
    def test_a_word_after_a_tag_is_the_context(self):
        self.files("web", {"Containerfile": "FROM scratch\nCOPY secret /\n", "secret": "s"})
        self.pinnace("build", "-t", "oci:out:1", "web")
        self.assertEqual(self.pinnace("inspect", "--digest", "oci:out:1").code, 0)
        failed = self.pinnace("build", "-t", "oci:out:1", "nowhere", expect=2)
        self.assertIn('"nowhere" is no directory', failed.errors[-1])
        self.assertFalse(os.path.exists(self.path("nowhere")))

    def test_a_mistyped_word_is_answered_with_what_was_meant(self):
        self.assertIn('did you mean "build"?', self.pinnace("biuld", expect=2).errors[-1])
        self.assertIn('did you mean "--tag"?', self.pinnace("build", "--tga", "x", expect=2).errors[-1])
        self.assertIn("no pinnace.yaml, Containerfile or Dockerfile in", self.pinnace("build", expect=2).errors[-1])
