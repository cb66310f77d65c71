"""One suite for three registries: docker-registry 2.8, distribution v3, and one in memory that has the referrers API."""
import json
import os
import random
import subprocess
import sys

from harness import PINNACE, Case, environment, sha256
from images import DOCKER, OCI, Layout, canonical, push_base, push_image
from registries import Registry

PLATFORMS = ("linux/amd64", "linux/arm64")
EMPTY = b"{}"


class Suite:
    """Mixed into a Case; `program` says which registry."""
    program = ""
    has_api = False

    @classmethod
    def setUpClass(cls):
        cls.registry = Registry(program=cls.program).start()
        cls.addClassCleanup(cls.registry.stop)

    def setUp(self):
        super().setUp()
        self.space = "s" + os.urandom(4).hex()

    def name(self, repository, tag="1"):
        return f"{self.registry.host}/{self.space}/{repository}:{tag}"

    def push(self, repository, **options):
        return push_base(self.registry, f"{self.space}/{repository}", **options)

    def manifest(self, repository, reference="1"):
        return self.registry.manifest(f"{self.space}/{repository}", reference)

    def refer(self, repository, subject, note):
        """Pushes a manifest that refers to `subject`, and enters it into the list where the registry does not; its digest."""
        place = f"{self.space}/{repository}"
        self.registry.put_blob(place, EMPTY)
        media_type, body = self.registry.manifest(place, subject)
        empty = {"mediaType": "application/vnd.oci.empty.v1+json", "size": len(EMPTY), "digest": sha256(EMPTY)}
        manifest = canonical({
            "schemaVersion": 2, "mediaType": OCI["manifest"], "artifactType": "application/vnd.test.note", "config": empty,
            "layers": [empty], "annotations": {"note": note},
            "subject": {"mediaType": media_type, "size": len(body), "digest": subject}})
        digest = self.registry.put_manifest(place, sha256(manifest), manifest, OCI["manifest"])
        if not self.has_api:
            index = canonical({"schemaVersion": 2, "mediaType": OCI["index"], "manifests": [
                {"mediaType": OCI["manifest"], "size": len(manifest), "digest": digest}]})
            self.registry.put_manifest(place, subject.replace(":", "-"), index, OCI["index"])
        return digest

    def referrers(self, repository, subject):
        """Digests, as a reader finds them."""
        if self.has_api:
            _, _, body = self.registry.request("GET", f"/v2/{self.space}/{repository}/referrers/{subject}")
        else:
            found = self.manifest(repository, subject.replace(":", "-"))
            body = found[1] if found else b'{"manifests": []}'
        return sorted(entry["digest"] for entry in json.loads(body)["manifests"])

    def test_copies_byte_for_byte(self):
        for types in (OCI, DOCKER):
            for platforms in (PLATFORMS, PLATFORMS[:1]):
                digest = self.push("from", types=types, platforms=platforms)
                layout = self.path("layout-" + os.urandom(4).hex())
                self.assertEqual(self.pinnace("copy", self.name("from"), f"oci:{layout}:1").digest, digest)
                self.assertEqual(self.pinnace("copy", f"oci:{layout}:1", self.name("to")).digest, digest)
                self.assertEqual(self.manifest("to"), self.manifest("from"))
                self.tool("crane", "validate", "--insecure", "--remote", self.name("to"))

    def test_large_blobs(self):
        noise = random.Random(1)
        digest = push_image(self.registry, f"{self.space}/large", "1", {f"f{i}": noise.randbytes(3_000_000) for i in range(3)})
        layout = self.path("layout")
        self.pinnace("copy", self.name("large"), f"oci:{layout}:1")
        self.assertEqual(self.pinnace("copy", f"oci:{layout}:1", self.name("again")).digest, digest)
        self.tool("crane", "validate", "--insecure", "--remote", self.name("again"))

    def test_within_the_registry_nothing_is_sent(self):
        digest = self.push("from", platforms=PLATFORMS)
        done = self.pinnace("copy", "--json", self.name("from"), self.name("to")).json()
        self.assertEqual(done["digest"], digest)
        if self.program != "referrers":  # knows no mounts: all repositories share their blobs, and HEAD finds them
            self.assertEqual((done["blobsSent"], done["bytesSent"]), (0, 0))
        self.assertEqual(self.manifest("to"), self.manifest("from"))

    def test_again_nothing_is_sent(self):
        self.push("from", platforms=PLATFORMS)
        self.pinnace("copy", self.name("from"), self.name("to"))
        done = self.pinnace("copy", "--json", self.name("from"), self.name("to")).json()
        self.assertEqual((done["bytesSent"], done["manifestsSent"]), (0, 0))

    def test_build_and_rebuild(self):
        self.push("base")
        noise = random.Random(2).randbytes(5_000_000)
        project = self.files("project", {"a": "a", "noise": noise, "pinnace.yaml": (
            f"version: 1\nbase: {self.name('base')}\nartifacts:\n  - {{from: a, to: /a}}\n  - {{from: noise, to: /noise}}\n")})
        built = self.pinnace("build", "-t", self.name("web"), cwd=project).digest
        self.assertEqual(self.pinnace("build", "-t", self.name("web", "2"), cwd=project).digest, built)
        self.assertEqual(self.pinnace("inspect", "--digest", self.name("web"), self.name("web", "2")).out.split(), [built] * 2)
        self.tool("crane", "validate", "--insecure", "--remote", self.name("web"))

    def test_pin_and_promote(self):
        digest = self.push("test/web", platforms=PLATFORMS)
        project = self.files("project", {"environments.yaml": (
            f"test: {{repository: {self.registry.host}/{self.space}/test}}\n"
            f"prod: {{repository: {self.registry.host}/{self.space}/prod, immutable: true, admits: {{from: [test]}}}}\n"),
            "pinnace.yaml": f"version: 1\nbase: {self.name('test/web')}\n"})
        self.pinnace("pin", cwd=project)
        with open(os.path.join(project, "pinnace.lock.json")) as lock:
            self.assertIn(digest, lock.read())
        self.assertEqual(self.pinnace("promote", "env:test/web:1", "--to", "prod", cwd=project).digest, digest)
        self.assertEqual(self.manifest("prod/web"), self.manifest("test/web"))

    def test_what_is_not_there(self):
        done = self.pinnace("inspect", self.name("nothing"), expect=None)
        self.assertIn(done.code, (2, 3))
        self.assertIn(f"{self.space}/nothing", done.errors[0])

    def test_referrers_go_along(self):
        digest = self.push("from")
        note = self.refer("from", digest, "looked at")
        about_note = self.refer("from", note, "the look was good")
        self.pinnace("copy", self.name("from"), self.name("without"))
        self.assertEqual(self.referrers("without", digest), [])
        self.pinnace("copy", "--referrers", self.name("from"), self.name("to"))
        self.assertEqual(self.referrers("to", digest), [note])
        self.assertEqual(self.referrers("to", note), [about_note])
        layout = self.path("layout")
        self.pinnace("copy", "--referrers", self.name("to"), f"oci:{layout}:1")
        self.assertEqual(Layout(layout).manifest(about_note)["subject"]["digest"], note)
        self.pinnace("copy", "--referrers", f"oci:{layout}:1", self.name("back"))
        self.assertEqual(self.referrers("back", digest), [note])

    def test_tags_of_cosign_go_along(self):
        digest = self.push("from")
        signature = push_image(self.registry, f"{self.space}/from", digest.replace(":", "-") + ".sig", {"signature": b"s"})
        self.pinnace("copy", "--referrers", self.name("from"), self.name("to"))
        self.assertEqual(sha256(self.manifest("to", digest.replace(":", "-") + ".sig")[1]), signature)

    def test_concurrent_referrers(self):
        writers = 4
        notes, processes = [], []
        for i in range(writers):
            digest = self.push(f"from{i}")
            notes.append(self.refer(f"from{i}", digest, f"note {i}"))
        self.pinnace("copy", self.name("from0"), self.name("to"))
        copies = [["copy", "--referrers", self.name(f"from{i}"), self.name("to")] for i in range(writers)]
        for arguments in copies:
            processes.append(subprocess.Popen([PINNACE, "--quiet", *arguments], env=environment(self.home),
                                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                              text=True))
        for process in processes:
            _, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, err)
        # All of them, but for what registry.Repository says can't be guaranteed; on a busy machine that happens.
        print(f"{self.program}: {len(self.referrers('to', digest))} of {writers} concurrent referrers", file=sys.stderr)
        for arguments in copies:
            self.pinnace(*arguments)
        self.assertEqual(self.referrers("to", digest), sorted(notes))

    def test_a_referrer_that_another_writer_took_off_the_list(self):
        if self.has_api:
            return
        digest = self.push("from")
        note = self.refer("from", digest, "looked at")
        self.pinnace("copy", "--referrers", self.name("from"), self.name("to"))
        empty = canonical({"schemaVersion": 2, "mediaType": OCI["index"], "manifests": []})
        self.registry.put_manifest(f"{self.space}/to", digest.replace(":", "-"), empty, OCI["index"])
        self.assertEqual(self.referrers("to", digest), [])
        self.pinnace("copy", "--referrers", self.name("from"), self.name("to"))
        self.assertEqual(self.referrers("to", digest), [note])


class DockerRegistry(Suite, Case):
    program = "docker-registry"


class DistributionV3(Suite, Case):
    program = "registry"


class WithReferrersApi(Suite, Case):
    program = "referrers"
    has_api = True
