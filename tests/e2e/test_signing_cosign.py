"""What cosign has signed, bytes of it that were changed, and with --long cosign itself."""
import base64
import json
import os
import random
import shutil
import tarfile
import unittest

import harness
from harness import sha256
from registries import Registry
from test_signing import DATA, TESTS, Signing, data

COSIGN_ARCHIVE = os.path.join(DATA, "cosign-3.1.3.tar")
COSIGN_IMAGE = "sha256:b84cf9a1da00ce9d569438f6dd111a914013c64db8be01bcbdf9a55d5fef1838"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"


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
