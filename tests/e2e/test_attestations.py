"""SBOM and provenance that `pinnace build` attaches to what it pushes."""
import json
import os
import unittest

import harness
from harness import Case
from registries import Registry

STATEMENT = "application/vnd.in-toto+json"
SPDX, SLSA = "https://spdx.dev/Document", "https://slsa.dev/provenance/v1"
PROJECT = {"Containerfile": "FROM scratch\nARG VERSION\nARG API_TOKEN\nCOPY app /opt/app\n", "app": "hello\n",
           "status": "Package: x\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"}


class Attestations(Case):
    def setUp(self):
        super().setUp()
        self.files("project", PROJECT)

    def build(self, *arguments, env=None, cwd="project"):
        env = {"PINNACE_NO_DEFAULT_ATTESTATIONS": None, **(env or {})}
        return self.pinnace("build", "-f", "Containerfile", "--platform", "linux/amd64", *arguments, env=env, cwd=self.path(cwd))

    def blob(self, layout, digest):
        with open(os.path.join(self.path(layout), "blobs/sha256", digest[7:]), encoding="utf-8") as file:
            return json.load(file)

    def statements(self, layout, subject):
        """By their predicate types."""
        found = {}
        for entry in json.loads(self.text(layout, "index.json"))["manifests"]:
            manifest = self.blob(layout, entry["digest"])
            if manifest.get("subject", {}).get("digest") != subject:
                continue
            self.assertEqual((manifest["artifactType"], manifest["layers"][0]["mediaType"]), (STATEMENT, STATEMENT))
            statement = self.blob(layout, manifest["layers"][0]["digest"])
            self.assertEqual(statement["subject"][0]["digest"], {"sha256": subject[7:]})
            self.assertEqual(manifest["annotations"], {"in-toto.io/predicate-type": statement["predicateType"]})
            self.assertNotIn(statement["predicateType"], found)
            found[statement["predicateType"]] = statement["predicate"]
        return found

    def text(self, *parts):
        with open(self.path(*parts), encoding="utf-8") as file:
            return file.read()

    def test_a_layout_gets_both_and_the_image_is_the_same(self):
        digest = self.build("-t", "oci:../out:1").digest
        self.assertEqual(self.build("--no-attest", "-t", "oci:../plain:1").digest, digest)
        found = self.statements("out", digest)
        self.assertEqual(sorted(found), [SLSA, SPDX])
        self.assertEqual(self.statements("plain", digest), {})
        self.assertEqual(found[SPDX]["spdxVersion"], "SPDX-2.3")
        self.assertEqual(found[SPDX]["name"], digest)
        self.assertEqual(self.pinnace("inspect", "--digest", "oci:out").digest, digest)

    def test_either_alone(self):
        for option, left in (("--sbom=false", [SLSA]), ("--provenance=false", [SPDX])):
            digest = self.build(option, "-t", f"oci:../{option}:1").digest
            self.assertEqual(sorted(self.statements(option, digest)), left)

    def test_the_result_counts_packages_if_somebody_did(self):
        harness.write(self.path("project/dpkg"), "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\n")
        with open(self.path("project/Containerfile"), "a") as file:
            file.write("COPY dpkg /var/lib/dpkg/status\n")
        for option, count in (("--sbom", 1), ("--provenance=false", 1), ("--sbom=false", None)):
            result = json.loads(self.build("--json", option, "-t", "oci:../out:1").out)
            self.assertEqual([image["packages"] for image in result["images"]], [count], option)

    def test_the_environment_says_it_once_and_an_option_otherwise(self):
        off = {"PINNACE_NO_DEFAULT_ATTESTATIONS": "1"}
        digest = self.build("-t", "oci:../out:1", env=off).digest
        self.assertEqual(self.statements("out", digest), {})
        self.build("--sbom", "-t", "oci:../out:1", env=off)
        self.assertEqual(sorted(self.statements("out", digest)), [SPDX])

    def test_two_builds_that_agree_are_attested_once(self):
        digest = self.build("-t", "oci:../out:1").digest
        self.assertEqual(self.build("--verify-reproducible", "-t", "oci:../twice:1").digest, digest)
        self.assertEqual(self.statements("twice", digest), self.statements("out", digest))

    def test_an_image_that_is_there_gets_them_once(self):
        digest = self.build("--no-attest", "-t", "oci:../out:1").digest
        for _ in range(2):
            self.assertEqual(self.build("-t", "oci:../out:1").digest, digest)
            self.assertEqual(sorted(self.statements("out", digest)), [SLSA, SPDX])

    def test_parameters_less_secrets(self):
        harness.write(self.path("secret"), "hunter2-secret")
        digest = self.build("--build-arg", "VERSION=17", "--build-arg", "API_TOKEN=hunter2-token", "--secret", "id=key,src=../secret",
                            "-t", "oci:../out:1").digest
        provenance = self.statements("out", digest)[SLSA]
        parameters = provenance["buildDefinition"]["externalParameters"]
        self.assertEqual(parameters["buildArgs"], {"API_TOKEN": "REDACTED", "VERSION": "17"})
        self.assertEqual((parameters["definition"], parameters["secrets"]), ("Containerfile", ["key"]))
        self.assertNotIn("hunter2", json.dumps(provenance))
        definition = provenance["buildDefinition"]["resolvedDependencies"][0]
        with open(self.path("project/Containerfile"), "rb") as file:
            self.assertEqual(definition, {"name": "Containerfile", "digest": {"sha256": harness.sha256(file.read())[7:]}})

    def test_the_same_build_elsewhere_has_the_same_statements(self):
        self.files("another/place", PROJECT)
        digest = self.build("-t", "oci:../out:1").digest
        self.build("-t", f"oci:{self.path('other')}:1", cwd="another/place")
        self.assertEqual(self.statements("out", digest), self.statements("other", digest))
        self.assertEqual(sorted(os.listdir(self.path("out/blobs/sha256"))), sorted(os.listdir(self.path("other/blobs/sha256"))))

    def test_the_source_is_what_git_says(self):
        def git(*arguments):
            return self.tool("git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments, cwd=self.path("project")).out.strip()
        git("init", "--quiet")
        git("add", ".")
        git("commit", "--quiet", "-m", "x")
        git("remote", "add", "origin", "https://ada:hunter2@git.test/shop.git")
        commit = git("rev-parse", "HEAD")
        digest = self.build("-t", "oci:../out:1").digest
        definition = self.statements("out", digest)[SLSA]["buildDefinition"]
        self.assertEqual(definition["externalParameters"]["source"],
                         {"repository": "git+https://git.test/shop.git", "revision": commit, "dirty": False})
        self.assertEqual(definition["resolvedDependencies"][0],
                         {"name": "source", "uri": "git+https://git.test/shop.git", "digest": {"gitCommit": commit}})
        harness.write(self.path("project/app"), "changed\n")
        digest = self.build("-t", "oci:../out:1").digest
        provenance = self.statements("out", digest)[SLSA]
        self.assertTrue(provenance["buildDefinition"]["externalParameters"]["source"]["dirty"])
        self.assertFalse(provenance["runDetails"]["metadata"]["pinnace_completeness"]["resolvedDependencies"])

    def test_jenkins_is_named(self):
        env = {"JENKINS_URL": "https://jenkins.test/", "JOB_NAME": "shop/main", "BUILD_NUMBER": "17", "BUILD_URL": "https://jenkins.test/job/shop/17/"}
        digest = self.build("-t", "oci:../out:1", env=env).digest
        provenance = self.statements("out", digest)[SLSA]
        self.assertEqual(provenance["runDetails"]["builder"]["id"], "https://jenkins.test/")
        self.assertEqual(provenance["runDetails"]["metadata"]["invocationId"], "https://jenkins.test/job/shop/17/")
        self.assertEqual(provenance["buildDefinition"]["internalParameters"]["job"], "shop/main")

    def test_a_base_is_a_dependency_and_its_packages_are_listed(self):
        self.files("base", {"Containerfile": "FROM scratch\nCOPY status /var/lib/dpkg/status\n", "status": PROJECT["status"]})
        base = self.build("--no-attest", "-t", "oci:../based:1", cwd="base").digest
        harness.write(self.path("project/Containerfile"), "FROM oci:../based:1\nCOPY app /opt/app\n")
        digest = self.build("-t", "oci:../out:1").digest
        found = self.statements("out", digest)
        self.assertIn({"sha256": base[7:]}, [one.get("digest") for one in found[SLSA]["buildDefinition"]["resolvedDependencies"]])
        self.assertIn("x", [package["name"] for package in found[SPDX]["packages"]])

    def test_neither_archives_nor_the_local_store(self):
        self.build("-t", "oci-archive:../out.tar:1")
        members = self.tool("tar", "-tf", "out.tar").out.splitlines()
        self.assertEqual(len([name for name in members if name.startswith("blobs/sha256/") and not name.endswith("/")]), 3)
        self.assertEqual(self.build("-t", "oci:../out:1", "--no-attest").digest, self.build().digest)

    def test_registries_with_and_without_referrers(self):
        for program in ("docker-registry", "referrers"):
            with Registry(program=program) as registry:
                name = f"{registry.host}/shop/web"
                digest = self.build("-t", f"{name}:1").digest
                self.pinnace("copy", "--referrers", f"{name}:1", f"oci:{program}-copy:1")
                found = self.statements(f"{program}-copy", digest)
                self.assertEqual(sorted(found), [SLSA, SPDX], program)
                self.assertEqual(found[SPDX]["name"], f"{name}@{digest}")


if __name__ == "__main__":
    unittest.main()
