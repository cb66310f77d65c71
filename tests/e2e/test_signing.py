"""`pinnace sign`, `attest` and `verify`: keys of all kinds, places of all kinds, policies."""
import json
import os
import random
import shutil

import harness
from harness import PINNACE, ROOT, Case
from images import push_image
from registries import Registry, shared_registry

DATA = os.path.join(ROOT, "tests/data/signing")
TESTS = "https://shop.test/tests/v1"


def data(name):
    return os.path.join(DATA, name)


class Signing(Case):
    def setUp(self):
        super().setUp()
        self.registry = shared_registry()
        self.repository = f"sign{random.randrange(1 << 40):x}/web"

    def image(self, registry=None, **options):
        """An image in a registry: its name with the tag 1, and its digest."""
        registry = registry or self.registry
        digest = push_image(registry, self.repository, "1", {"f": b"content"}, **options)
        return f"{registry.host}/{self.repository}:1", digest

    def sign(self, image, *options, key="p256.key", **more):
        return self.pinnace("sign", image, "--key", data(key), *options, **more)

    def verify(self, image, *keys, options=(), expect=0):
        return self.pinnace("verify", image, *[word for key in keys for word in ("--key", data(key))], *options, expect=expect)


class Verbs(Signing):
    def test_registries_layouts_and_archives(self):
        image, digest = self.image()
        self.pinnace("copy", image, "oci:out:1")
        self.pinnace("copy", image, "oci-archive:out.tar:1")
        with Registry(program="referrers") as referrers:
            modern, _ = self.image(referrers)
            for place in (image, modern, "oci:out:1", "oci-archive:out.tar:1"):
                self.assertIn(f"{digest} has no signature of the key", self.verify(place, "p256.pub", expect=1).out, place)
                self.assertEqual(self.sign(place).digest, digest)
                self.assertEqual(self.verify(place, "p256.pub").digest, digest, place)
                refused = self.verify(place, "ed25519.pub", expect=1)
                self.assertIn("is not signed by", refused.out, place)
                self.assertNotIn(digest, refused.digest.split()[-1])
                if place != "oci-archive:out.tar:1":
                    before = self.verify(place, "p256.pub").out
                    self.assertIn("which was there", self.sign(place).out, place)
                    self.assertEqual(self.verify(place, "p256.pub").out, before, place)

    def test_the_tag_scheme(self):
        image, digest = self.image()
        self.sign(image, "--format", "tag")
        self.sign(image, "--format", "tag", key="ed25519.key")
        self.assertEqual(self.pinnace("tags", image.rsplit(":", 1)[0]).out.splitlines(),
                         ["1", digest.replace(":", "-") + ".sig"])
        self.verify(image, "p256.pub", "ed25519.pub")

    def test_several_keys(self):
        image, digest = self.image()
        self.sign(image)
        refused = self.verify(image, "p256.pub", "ed25519.pub", expect=1)
        self.assertIn("has no signature of 2 of 2 keys: has 1, not of", refused.out)
        self.assertEqual(self.verify(image, "p256.pub", "ed25519.pub", options=["--need", "any"]).digest, digest)
        self.sign(image, key="ed25519.key")
        self.verify(image, "p256.pub", "ed25519.pub")
        self.assertIn("the same key", self.verify(image, "p256.pub", "p256.pub", expect=2).errors[-1])
        self.assertIn("from 1 to 1", self.verify(image, "p256.pub", options=["--need", "2"], expect=2).errors[-1])

    def test_an_index_and_its_images(self):
        image, digest = self.image(platforms=("linux/amd64", "linux/arm64"))
        result = self.pinnace("--json", "sign", image, "--key", data("p256.key"), "--recursive").json()
        self.assertEqual([result["digest"], len(result["signatures"])], [digest, 3])
        for one in result["signatures"]:
            self.verify(f"{image.rsplit(':', 1)[0]}@{one['digest']}", "p256.pub")
        # What was signed of an index is nothing that its images have, nor the other way round.
        self.repository += "x"
        image, digest = self.image(platforms=("linux/amd64", "linux/arm64"))
        self.sign(image)
        child = self.pinnace("--json", "inspect", image).json()["images"][0]["images"][0]["digest"]
        self.verify(f"{image.rsplit(':', 1)[0]}@{child}", "p256.pub", expect=1)

    def test_keys(self):
        image, _ = self.image()
        encrypted = ["--key", data("p256.encrypted.key")]
        self.assertIn("expected a password", self.pinnace("sign", image, *encrypted, expect=2).errors[-1])
        wrong = self.pinnace("sign", image, *encrypted, "--key-password", "env:WORD", env={"WORD": "wrong-word"}, expect=2)
        self.assertIn("can't be decrypted", wrong.errors[-1])
        self.assertNotIn("wrong-word", wrong.err + wrong.out)
        self.pinnace("sign", image, *encrypted, "--key-password", "env:WORD", env={"WORD": "correct"})
        self.verify(image, "p256.pub")
        shutil.copy(data("ed25519.key"), self.path("open.key"))
        os.chmod(self.path("open.key"), 0o644)
        self.assertIn("mode 0644", self.pinnace("sign", image, "--key", "open.key").err)
        self.assertIn("cosign's own format", self.sign(image, key="cosign.key", expect=2).errors[-1])
        self.assertIn("P-256", self.sign(image, key="p384.key", expect=2).errors[-1])
        self.assertIn("a private one", self.verify(image, "p256.key", expect=2).errors[-1])

    def test_a_command_that_signs(self):
        image, _ = self.image()
        wrong = f"cat > message; openssl pkeyutl -sign -rawin -inkey {data('ed25519.key')} -in message"
        other = self.sign(image, "--key-command", wrong, key="p256.pub", expect=2)
        self.assertIn("no signature of the public key", other.errors[-1])
        self.verify(image, "p256.pub", expect=1)
        self.sign(image, "--key-command", f"openssl pkeyutl -sign -inkey {data('p256.key')}", key="p256.pub")
        self.verify(image, "p256.pub")

    def test_what_is_being_signed_is_not_collected(self):
        image, digest = self.image()
        self.pinnace("copy", image, "oci:out:1")
        signs = f"{PINNACE} gc oci:out > gc.txt 2>&1; echo $? >> gc.txt; openssl pkeyutl -sign -inkey {data('p256.key')}"
        self.sign("oci:out:1", "--key-command", signs, key="p256.pub")
        with open(self.path("gc.txt")) as file:
            self.assertRegex(file.read(), r"oci:out is being written to by another process.*\n3\n$")
        self.assertEqual(self.verify("oci:out:1", "p256.pub").digest, digest)

    def test_attestations(self):
        image, digest = self.image()
        self.files("", {"tests.json": '{"passed": true}', "list.json": "[]",
                        "policy.yaml": f"version: 1\nattestations: [{{type: '{TESTS}', keys: [team.pub]}}]\n"})
        shutil.copy(data("p256.pub"), self.path("team.pub"))
        policy = ["--policy", "policy.yaml"]
        self.assertIn(f"has no attestation {TESTS} of the key team.pub", self.verify(image, options=policy, expect=1).out)
        attest = ["attest", image, "--key", data("p256.key"), "--type", TESTS, "--predicate"]
        self.assertIn("list.json", self.pinnace(*attest, "list.json", expect=2).errors[-1])
        self.assertEqual(self.pinnace(*attest, "tests.json").digest, digest)
        self.assertIn("which was there", self.pinnace(*attest, "tests.json").out)
        self.verify(image, options=policy)
        self.verify(image, "p256.pub", expect=1)  # it is no signature
        self.pinnace("attest", image, "--key", data("p256.key"), "--type", "nonsense", "--predicate", "tests.json", expect=2)
        said = self.pinnace("attest", image, "--key", data("p256.key"), "--type", "https://sigstore.dev/cosign/sign/v1",
                            "--predicate", "tests.json", expect=2)
        self.assertIn("use sign", said.errors[-1])


class Policies(Signing):
    def test_a_policy_gives_all_the_reasons(self):
        labels = {"Labels": {"org.opencontainers.image.source": "https://evil.test/x"}}
        image, digest = self.image(**labels)
        shutil.copy(data("p256.pub"), self.path("team.pub"))
        self.files("", {"policy.yaml": f"""version: 1
signatures: {{keys: [team.pub]}}
attestations: [{{type: slsaprovenance1}}]
sources: ["https://git.test/shop/*"]
bases: [debian]
"""})
        refused = self.verify(image, options=["--policy", "policy.yaml"], expect=1).out
        for reason in ("has no signature of the key team.pub", "has no attestation https://slsa.dev/provenance/v1",
                       'was made from "https://evil.test/x"', "does not say which base it has"):
            self.assertIn(reason, refused)
        result = self.pinnace("--json", "verify", image, "--policy", "policy.yaml", expect=1).json()
        self.assertEqual([result["digest"], result["verified"], len(result["reasons"])], [digest, False, 4])

    def test_forbidden_packages(self):
        status = b"Package: telnetd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 0.17-41\n\n"
        digest = push_image(self.registry, self.repository, "1", {"var/lib/dpkg/status": status})
        image = f"{self.registry.host}/{self.repository}:1"
        for version, expected in (("<0.17-42", 1), (">=0.17-42", 0), ("<0.17-41~", 0)):
            self.files("", {"policy.yaml": "version: 1\npackages:\n  forbidden:\n"
                                           f"    - {{name: telnetd, type: deb, version: '{version}'}}\n"})
            result = self.verify(image, options=["--policy", "policy.yaml"], expect=expected)
            if expected:
                self.assertEqual(result.out, f"{digest} has the forbidden package telnetd 0.17-41\n")

    def test_no_image_of_an_index_passes_unseen(self):
        status = b"Package: telnetd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
        push_image(self.registry, self.repository, "1", {"var/lib/dpkg/status": status})
        self.pinnace("copy", f"{self.registry.host}/{self.repository}:1", "oci:out:1")
        with open(self.path("out/index.json"), encoding="utf-8") as file:
            image = json.load(file)["manifests"][0]
        del image["annotations"]
        index = "application/vnd.oci.image.index.v1+json"

        def put(*children):
            text = json.dumps({"schemaVersion": 2, "mediaType": index, "manifests": children}).encode()
            digest = harness.sha256(text)
            harness.write(self.path("out/blobs/sha256", digest[7:]), text)
            return {"mediaType": index, "digest": digest, "size": len(text)}
        unknown = {**image, "platform": {"os": "unknown", "architecture": "unknown"}}
        rows = [(put(put(image)), "has the forbidden package telnetd 1"), (put(unknown), "has the forbidden package telnetd 1"),
                (put(), "lists no image"), (put({**image, "mediaType": "text/plain"}), "no image that is known")]
        self.files("", {"policy.yaml": "version: 1\npackages: {forbidden: [{name: telnetd}]}\n"})
        for entry, reason in rows:
            harness.write(self.path("out/index.json"), json.dumps({"schemaVersion": 2, "mediaType": index, "manifests": [entry]}).encode())
            result = self.pinnace("verify", f"oci:out@{entry['digest']}", "--policy", "policy.yaml", expect=1)
            self.assertIn(reason, result.out)

    def test_errors_have_file_and_line(self):
        image, _ = self.image()
        self.files("", {"policy.yaml": "version: 1\nsignature: {keys: [team.pub]}\n"})
        error = self.verify(image, options=["--policy", "policy.yaml"], expect=2).errors[-1]
        self.assertIn("policy.yaml:2:1", error)
        self.pinnace("verify", image, expect=2)
