"""`pinnace sign`, `attest` and `verify`: keys of all kinds, places of all kinds, what cosign has signed, and changed bytes."""
import base64
import json
import os
import random
import shutil
import tarfile
import unittest

import harness
from harness import ROOT, Case, run, sha256
from images import push_image
from registries import Registry, shared_registry

DATA = os.path.join(ROOT, "tests/data/signing")
COSIGN_ARCHIVE = os.path.join(DATA, "cosign-3.1.3.tar")
COSIGN_IMAGE = "sha256:b84cf9a1da00ce9d569438f6dd111a914013c64db8be01bcbdf9a55d5fef1838"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
TESTS = "https://shop.test/tests/v1"
ANY = {"Accept": ", ".join(["application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json"])}


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

    def test_errors_have_file_and_line(self):
        image, _ = self.image()
        self.files("", {"policy.yaml": "version: 1\nsignature: {keys: [team.pub]}\n"})
        error = self.verify(image, options=["--policy", "policy.yaml"], expect=2).errors[-1]
        self.assertIn("policy.yaml:2:1", error)
        self.pinnace("verify", image, expect=2)


class RecordedCosign(Signing):
    """What cosign 3.1.3 has signed in both formats: tests/data/signing/README.md says how."""

    def test_its_signatures_verify(self):
        archive = f"oci-archive:{COSIGN_ARCHIVE}:1"
        result = self.pinnace("--json", "verify", archive, "--key", data("p256.pub")).json()
        self.assertEqual(result["digest"], COSIGN_IMAGE)
        self.assertEqual(sorted(one["where"].split()[0] for one in result["signatures"]), ["referrer", "tag"])
        self.verify(archive, "ed25519.pub", expect=1)
        shutil.copy(data("p256.pub"), self.path("team.pub"))
        self.files("", {"policy.yaml": f"version: 1\nattestations: [{{type: '{TESTS}', keys: [team.pub]}}]\n"})
        result = self.pinnace("--json", "verify", archive, "--policy", "policy.yaml").json()
        self.assertEqual(sorted(one["where"].split()[0] for one in result["signatures"]), ["referrer", "tag"])

    def layout(self, drop=""):
        """Of the two formats only the other one than `drop`."""
        shutil.rmtree(self.path("layout"), ignore_errors=True)
        with tarfile.open(COSIGN_ARCHIVE) as archive:
            archive.extractall(self.path("layout"), filter="data") if hasattr(tarfile, "data_filter") else \
                archive.extractall(self.path("layout"))
        index = self.path("layout/index.json")
        with open(index) as file:
            content = json.load(file)
        name = "org.opencontainers.image.ref.name"
        kept = [entry for entry in content["manifests"]
                if not drop or ((entry.get("artifactType") != BUNDLE) if drop == "bundle" else
                                not entry.get("annotations", {}).get(name, "").endswith((".sig", ".att")))]
        with open(index, "w") as file:
            json.dump({**content, "manifests": kept}, file)

    def blob(self, digest):
        return self.path("layout/blobs/sha256", digest.split(":")[1])

    def read(self, digest):
        with open(self.blob(digest), "rb") as file:
            return file.read()

    def entry(self, wanted):
        with open(self.path("layout/index.json")) as file:
            manifests = json.load(file)["manifests"]
        for entry in manifests:
            name = entry.get("annotations", {}).get("org.opencontainers.image.ref.name", "")
            if wanted == "sig" and name.endswith(".sig"):
                return entry["digest"]
            if wanted == "bundle" and entry.get("artifactType") == BUNDLE and \
                    b"cosign/sign/v1" in self.read(entry["digest"]):
                return entry["digest"]
        raise AssertionError(wanted)

    def test_no_changed_byte_on_the_disk_verifies(self):
        """In the manifest and the payload, envelope or bundle, of each format."""
        for kind, other in (("bundle", "tag"), ("sig", "bundle")):
            self.layout(drop=other)
            manifest = self.entry(kind)
            layer = json.loads(self.read(manifest))["layers"][0]["digest"]
            self.verify("oci:layout:1", "p256.pub")
            for digest in (manifest, layer, COSIGN_IMAGE):
                whole = self.read(digest)
                for at in random.sample(range(len(whole)), 6):
                    with open(self.blob(digest), "wb") as file:
                        file.write(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
                    self.assertNotEqual(self.verify("oci:layout:1", "p256.pub", expect=None).code, 0, (kind, digest, at))
                with open(self.blob(digest), "wb") as file:
                    file.write(whole)
            self.verify("oci:layout:1", "p256.pub")

    def test_nothing_that_was_changed_with_its_digests_verifies(self):
        """As somebody changes it who can write there: all digests are right, the signature is of something else."""
        self.layout(drop="tag")
        manifest = json.loads(self.read(self.entry("bundle")))
        bundle = json.loads(self.read(manifest["layers"][0]["digest"]))
        envelope = bundle["dsseEnvelope"]
        for where in ("payload", "sig", "type"):
            changed = json.loads(json.dumps(bundle))
            if where == "payload":
                text = base64.b64decode(envelope["payload"]).replace(b'"predicate":{}', b'"predicate":{"a":1}')
                changed["dsseEnvelope"]["payload"] = base64.b64encode(text).decode()
            elif where == "sig":
                raw = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
                raw[20] ^= 1
                changed["dsseEnvelope"]["signatures"][0]["sig"] = base64.b64encode(bytes(raw)).decode()
            else:
                changed["dsseEnvelope"]["payloadType"] = "application/vnd.in-toto+json2"
            self.replace_bundle(manifest, json.dumps(changed).encode())
            refused = self.verify("oci:layout:1", "p256.pub", expect=1)
            self.assertIn("has no signature", refused.out, where)
        self.replace_bundle(manifest, json.dumps(bundle).encode())
        self.verify("oci:layout:1", "p256.pub")

    def replace_bundle(self, manifest, text):
        """Puts another bundle in place of the one, with all digests as they have to be."""
        with open(self.blob(sha256(text)), "wb") as file:
            file.write(text)
        manifest = {**manifest, "layers": [{"mediaType": BUNDLE, "size": len(text), "digest": sha256(text)}]}
        raw = json.dumps(manifest).encode()
        with open(self.blob(sha256(raw)), "wb") as file:
            file.write(raw)
        index = self.path("layout/index.json")
        with open(index) as file:
            content = json.load(file)
        kept = [entry for entry in content["manifests"] if entry.get("artifactType") != BUNDLE]
        kept.append({"mediaType": manifest["mediaType"], "digest": sha256(raw), "size": len(raw), "artifactType": BUNDLE})
        with open(index, "w") as file:
            json.dump({**content, "manifests": kept}, file)

    def test_a_signature_of_another_image_is_none(self):
        """A bundle of this image, attached to another one."""
        self.layout(drop="tag")
        bundle = self.read(json.loads(self.read(self.entry("bundle")))["layers"][0]["digest"])
        image, digest = self.image(Env=["OTHER=1"])
        self.pinnace("copy", image, "oci:layout:other")
        subject = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest,
                   "size": os.path.getsize(self.blob(digest))}
        self.replace_bundle({"schemaVersion": 2, "mediaType": subject["mediaType"], "artifactType": BUNDLE, "subject": subject,
                             "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": sha256(b"{}"), "size": 2}},
                            bundle)
        self.assertIn("is signed, but is about another image", self.verify("oci:layout:other", "p256.pub", expect=1).out)


@unittest.skipUnless(harness.LONG, "only with --long")
class RealCosign(Signing):
    """cosign verifies ours, and we verify cosign's; `scripts/setup interop` brings it."""

    def setUp(self):
        super().setUp()
        self.need("cosign", "oras")

    def cosign(self, *arguments, check=True):
        return self.tool("cosign", *arguments, "--allow-http-registry", env={"COSIGN_PASSWORD": ""}, check=check)

    def places(self):
        """A registry that knows referrers, and one that does not."""
        with Registry(program="referrers") as referrers:
            for registry in (self.registry, referrers):
                self.repository = f"cosign{random.randrange(1 << 40):x}/web"
                image, digest = self.image(registry)
                yield f"{image.rsplit(':', 1)[0]}@{digest}"

    def test_cosign_accepts_ours(self):
        self.files("", {"tests.json": '{"passed": true}'})
        for reference in self.places():
            for key in ("p256", "ed25519"):
                for form, bundle in (("bundle", "true"), ("tag", "false")):
                    self.sign(reference, "--format", form, key=f"{key}.key")
                    self.pinnace("attest", reference, "--format", form, "--key", data(f"{key}.key"), "--type", TESTS,
                                 "--predicate", "tests.json")
                    options = ["--key", data(f"{key}.pub"), "--insecure-ignore-tlog", f"--new-bundle-format={bundle}"]
                    self.assertIn(reference.split("@")[1], self.cosign("verify", *options, reference).out)
                    said = self.cosign("verify-attestation", *options, "--type", TESTS, reference).out
                    self.assertIn("payload", said)
                    other = ["--key", data("p384.pub"), *options[2:]]
                    self.assertNotEqual(self.cosign("verify", *other, reference, check=False).code, 0)
            tree = self.cosign("tree", reference).out
            self.assertIn(TESTS, tree)
            found = self.tool("oras", "discover", "--plain-http", "--format", "json", reference).json()
            # The registry that knows referrers says the configuration's type instead.
            shown = BUNDLE if self.registry.host in reference else "application/vnd.oci.empty.v1+json"
            self.assertEqual([one["artifactType"] for one in found["referrers"]], [shown] * 4)

    def test_we_accept_cosigns(self):
        """Of Ed25519 cosign signs the variant "ph", which it does not verify itself: only P-256."""
        self.cosign_key()
        self.files("", {"tests.json": '{"passed": true}',
                        "policy.yaml": f"version: 1\nsignatures: {{keys: [own.pub]}}\nattestations: [{{type: '{TESTS}'}}]\n"})
        for reference in self.places():
            for bundle in ("true", "false"):
                self.pinnace("verify", reference, "--policy", "policy.yaml", expect=1 if bundle == "true" else 0)
                options = ["--key", "own.key", "--tlog-upload=false", "--use-signing-config=false", "--yes",
                           f"--new-bundle-format={bundle}"]
                self.cosign("sign", *options, reference)
                self.cosign("attest", *options, "--type", TESTS, "--predicate", "tests.json", reference)
                self.pinnace("verify", reference, "--policy", "policy.yaml")
            result = self.pinnace("--json", "verify", reference, "--policy", "policy.yaml").json()
            self.assertEqual(len(result["signatures"]), 4)

    def cosign_key(self):
        self.tool("cosign", "import-key-pair", "--key", data("p256.key"), "--output-key-prefix", "own", "-y",
                  env={"COSIGN_PASSWORD": ""})
