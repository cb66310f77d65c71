"""`pinnace trace`: what an image is made of, by whom, and since which commit."""
import json
import os

import harness
from harness import Case
from images import canonical, make_tar
from test_packages import write_layout, zip_of

STATUS = "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nVersion: {}\n"
JENKINS = {"JENKINS_URL": "https://ci.test/", "JOB_NAME": "shop/main", "BUILD_NUMBER": "17", "BUILD_URL": "https://ci.test/job/shop/17/"}
GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.test"]


class Trace(Case):
    def setUp(self):
        super().setUp()
        self.clone = self.files("shop", {"Containerfile": "FROM oci:../base:1\nCOPY shop.jar /opt/shop.jar\nCOPY x.json /app/node_modules/x/package.json\n",
                                         "x.json": '{"name": "x", "version": "1"}', ".gitignore": "/out\n"})
        self.tool("git", "init", "--quiet", "-b", "main", cwd=self.clone)
        self.tool("git", "remote", "add", "origin", "https://ada:secret@git.test/shop.git", cwd=self.clone)
        self.commits = {}
        self.base("1")
        self.jar("1")
        self.commit("first")
        self.jar("2")
        self.commit("code")
        self.base("2")
        self.commit("zlib 2")
        self.jar("3")
        self.commit("more code")

    def base(self, version):
        """A new base under the same name, pinned."""
        project = self.files(f"base{version}", {"Containerfile": "FROM scratch\nCOPY status /var/lib/dpkg/status\nCOPY list /var/lib/dpkg/info/zlib1g.list\n"
                                                "COPY list /usr/lib/libz.so\n", "status": STATUS.format(version), "list": "/usr/lib/libz.so\n"})
        self.pinnace("build", "-t", "oci:../base:1", "--platform", "linux/amd64", cwd=project)
        self.pinnace("pin", *(["--update"] if os.path.exists(os.path.join(self.clone, "pinnace.lock.json")) else []), cwd=self.clone)

    def jar(self, version):
        harness.write(os.path.join(self.clone, "shop.jar"), zip_of({"META-INF/MANIFEST.MF": f"Implementation-Version: {version}\n".encode()}))

    def commit(self, subject):
        self.tool("git", "add", ".", cwd=self.clone)
        self.tool(*GIT, "commit", "--quiet", "-m", subject, cwd=self.clone)
        self.commits[subject] = self.tool("git", "rev-parse", "HEAD", cwd=self.clone).out.strip()

    def build(self, *arguments, attest=True, env=None):
        env = {"PINNACE_NO_DEFAULT_ATTESTATIONS": None if attest else "1", **(env or {})}
        return self.pinnace("build", "-t", "oci:../out:1", "--platform", "linux/amd64", *arguments, cwd=self.clone, env=env).digest

    def trace(self, *arguments, expect=0, **options):
        return self.pinnace("trace", *arguments, expect=expect, **options)

    def result(self, *arguments, **options):
        return self.trace("oci:out", "--format", "json", *arguments, **options).json()

    def test_code_and_infrastructure(self):
        digest = self.build(env=JENKINS)
        found = self.result()
        self.assertEqual((found["digest"], found["manifest"], found["platform"]), (digest, digest, "linux/amd64"))
        self.assertEqual(len(found["builds"]), 1)
        build = found["builds"][0]
        self.assertEqual([build[name] for name in ("repository", "revision", "dirty", "directory", "job", "build", "url", "builder", "signed")],
                         ["git+https://git.test/shop.git", self.commits["more code"], False, "", "shop/main", "17",
                          "https://ci.test/job/shop/17/", "https://ci.test/", False])
        self.assertEqual((build["definition"], build["lock"], build["complete"]), ("Containerfile", "pinnace.lock.json", True))
        inputs = {one["name"]: one for one in build["inputs"]}
        for name in ("Containerfile", "pinnace.lock.json"):
            with open(os.path.join(self.clone, name), "rb") as file:
                self.assertEqual(inputs[name]["digest"], harness.sha256(file.read()))
        base = self.pinnace("inspect", "--digest", "oci:base:1").digest
        self.assertEqual((found["base"]["digest"], inputs["image"]["digest"], found["base"]["layers"]), (base, base, 3))
        self.assertEqual([layer["owner"] for layer in found["layers"]], ["base"] * 3 + ["own"] * 2)
        self.assertEqual(found["layers"][3]["instruction"], "COPY shop.jar /opt/shop.jar")
        self.assertEqual(found["packages"], [{"type": "deb", "count": 1, "ofBase": 1}, {"type": "maven", "count": 1, "ofBase": 0},
                                             {"type": "npm", "count": 1, "ofBase": 0}])
        with open(os.path.join(self.clone, "shop.jar"), "rb") as file:
            jar = harness.sha256(file.read())
        self.assertEqual([(one["path"], one["digest"], one["purl"], one["layer"]) for one in found["artifacts"]],
                         [("opt/shop.jar", jar, "pkg:maven/shop@3", 3)])
        said = " ".join(found["unknown"])
        self.assertIn("it is not signed", said)
        text = self.trace("oci:out").out
        for wanted in (digest, self.commits["more code"], "oci:../base:1@" + base, "1 deb, 1 of the base", "https://ci.test/job/shop/17/", "not known"):
            self.assertIn(wanted, text)
        self.assertNotIn("secret", text)

    def test_what_is_not_known_is_said(self):
        self.build(attest=False)
        found = self.result()
        self.assertEqual(found["builds"], [])
        self.assertIn("no provenance is beside it", " ".join(found["unknown"]))
        harness.write(os.path.join(self.clone, "new"), "1")
        self.build()
        found = self.result()
        self.assertEqual((found["builds"][0]["dirty"], found["builds"][0]["complete"]), (True, False))
        self.assertIn("files of the context that are not those of its revision", " ".join(found["unknown"]))
        self.assertIn("and changes that are in no commit", self.trace("oci:out").out)

    def test_signed_provenance_is_first(self):
        digest = self.build()
        self.tool("openssl", "genpkey", "-algorithm", "ed25519", "-out", self.path("key"))
        predicate = {"buildDefinition": {"buildType": "https://other.test/", "resolvedDependencies": [
            {"uri": "git+https://other.test/x\x1b[31m", "digest": {"gitCommit": "ab" * 20}}]}, "runDetails": {"builder": {"id": "https://other.test/b"}}}
        harness.write(self.path("predicate"), json.dumps(predicate))
        self.pinnace("sign", "--key", self.path("key"), "oci:out")
        self.pinnace("attest", "--key", self.path("key"), "--type", "slsaprovenance1", "--predicate", self.path("predicate"), "oci:out")
        found = self.result()
        self.assertEqual([(one["signed"], one["revision"]) for one in found["builds"]],
                         [(True, "ab" * 20), (False, self.commits["more code"])])
        self.assertEqual((found["digest"], found["signatures"]), (digest, 1))
        said = " ".join(found["unknown"])
        self.assertIn("there are 2 provenances", said)
        self.assertIn("no key was looked at", said)
        self.assertNotIn("\x1b", self.trace("oci:out").out)

    def test_packages_and_paths(self):
        self.build()
        answer = self.result("--package", "zlib1g")["answers"][0]
        self.assertEqual((answer["purl"], answer["layer"], answer["owner"]), ("pkg:deb/zlib1g@2?arch=amd64", 0, "base"))
        self.assertEqual(self.result("--package", "zlib1g=1")["answers"], [])
        self.assertEqual(len(self.result("--package", "zlib1g=2")["answers"]), 1)
        self.assertEqual(self.result("--package", "x")["answers"][0]["owner"], "own")
        answer = self.result("--path", "/usr/lib/libz.so")["answers"][0]
        self.assertEqual((answer["purl"], answer["layer"], answer["owner"]), ("pkg:deb/zlib1g@2?arch=amd64", 2, "base"))
        answer = self.result("--path", "opt/shop.jar")["answers"][0]
        self.assertEqual((answer["purl"], answer["layer"], answer["owner"]), ("pkg:maven/shop@3", 3, "own"))
        self.assertIn("not in oci:out", self.trace("oci:out", "--path", "/nowhere").out)
        self.trace("oci:out", "--path", "/a", "--package", "b", expect=2)
        self.trace("oci:out:9", expect=2)
