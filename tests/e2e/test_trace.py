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

    def build(self, *arguments, attest=True, env=None, to="out"):
        env = {"PINNACE_NO_DEFAULT_ATTESTATIONS": None if attest else "1", **(env or {})}
        return self.pinnace("build", "-t", f"oci:../{to}:1", "--platform", "linux/amd64", *arguments, cwd=self.clone, env=env).digest

    def trace(self, *arguments, expect=0, **options):
        return self.pinnace("trace", *arguments, expect=expect, **options)

    def result(self, *arguments, image="oci:out", **options):
        return self.trace(image, "--format", "json", *arguments, **options).json()

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

    def test_since_which_commit(self):
        self.build()
        found = self.result("--source", self.clone)
        build = found["builds"][0]
        self.assertIsNone(build["note"])
        inputs = {one["name"]: one for one in build["inputs"]}
        said = {name: (one["entry"], one["since"] and one["since"]["subject"]) for name, one in inputs.items()}
        self.assertEqual(said, {"source": (None, None), "Containerfile": (None, "first"), "pinnace.lock.json": (None, "zlib 2"),
                                "image": ("oci:../base:1", "zlib 2")})
        self.assertEqual((found["base"]["entry"], found["base"]["since"]["id"], found["base"]["since"]["author"]),
                         ("oci:../base:1", self.commits["zlib 2"], "Ada"))
        answer = self.result("--source", self.clone, "--package", "zlib1g")["answers"][0]
        self.assertEqual((answer["entry"], answer["since"]["id"]), ("oci:../base:1", self.commits["zlib 2"]))
        self.assertIsNone(self.result("--package", "x", cwd=self.clone, image="oci:../out")["answers"][0]["since"])
        text = self.trace("oci:out", "--source", self.clone, "--package", "zlib1g").out
        self.assertIn(f"since       {self.commits['zlib 2'][:12]}", text)
        self.assertIn("not known", text)

    def test_what_git_blame_would_say(self):
        """The base went to 2, back to 1 on a branch, and the branch was merged; then the lock was only written otherwise."""
        self.tool("git", "checkout", "--quiet", "-b", "back", self.commits["zlib 2"], cwd=self.clone)
        self.tool("git", "checkout", "--quiet", self.commits["code"], "--", "pinnace.lock.json", cwd=self.clone)
        self.commit("back to 1")
        self.tool("git", "checkout", "--quiet", "main", cwd=self.clone)
        self.tool(*GIT, "merge", "--quiet", "--no-ff", "-m", "merge", "back", cwd=self.clone)
        lock = os.path.join(self.clone, "pinnace.lock.json")
        with open(lock, encoding="utf-8") as file:
            harness.write(lock, json.dumps(json.load(file)))
        self.commit("other blanks")
        self.base_again("1")
        self.build()
        found = self.result("--source", self.clone)
        inputs = {one["name"]: one["since"]["subject"] for one in found["builds"][0]["inputs"] if one["since"]}
        self.assertEqual(inputs, {"Containerfile": "first", "pinnace.lock.json": "other blanks", "image": "back to 1"})

    def base_again(self, version):
        self.pinnace("build", "-t", "oci:../base:1", "--platform", "linux/amd64", cwd=self.path(f"base{version}"))

    def at(self, commit, base, to):
        """Builds a revision."""
        self.tool("git", "checkout", "--quiet", self.commits[commit], cwd=self.clone)
        self.base_again(base)
        self.build(to=to)

    def test_diff_names_the_commits_that_changed_the_lock(self):
        self.at("code", "1", "old")
        self.tool("git", "checkout", "--quiet", "main", cwd=self.clone)
        lock = os.path.join(self.clone, "pinnace.lock.json")
        with open(lock, encoding="utf-8") as file:
            harness.write(lock, json.dumps(json.load(file)))
        self.commit("other blanks")
        self.at("other blanks", "2", "new")

        def difference(*arguments):
            return self.pinnace("diff", "--source", self.clone, "--format", "json", *arguments).json()["platforms"][0]
        found = difference("oci:old", "oci:new")
        self.assertEqual((found["code"]["fromRevision"], found["code"]["toRevision"]), (self.commits["code"], self.commits["other blanks"]))
        self.assertEqual([one["subject"] for one in found["code"]["commits"]], ["other blanks", "more code", "zlib 2"])
        self.assertEqual([(one["kind"], one["subject"]) for one in found["base"]["commits"]], [("added", "zlib 2")])
        self.assertEqual([(one["name"], one["commit"] and one["commit"]["subject"]) for one in found["packages"]],
                         [("zlib1g", "zlib 2"), ("shop", None)])
        back = difference("oci:new", "oci:old")
        self.assertEqual([(one["kind"], one["subject"]) for one in back["base"]["commits"]], [("removed", "zlib 2")])
        self.assertEqual(back["packages"][0]["commit"]["kind"], "removed")
        text = self.pinnace("diff", "--source", self.clone, "oci:old", "oci:new").out
        self.assertEqual(text.count(f"commit   {self.commits['zlib 2'][:12]}"), 2, text)

    def test_diff_does_not_guess_between_several_commits(self):
        self.at("code", "1", "old")
        self.tool("git", "checkout", "--quiet", "main", cwd=self.clone)
        self.base("3")
        self.commit("zlib 3")
        self.at("zlib 3", "3", "new")
        found = self.pinnace("diff", "--source", self.clone, "--format", "json", "oci:old", "oci:new").json()["platforms"][0]
        self.assertEqual([one["subject"] for one in found["base"]["commits"]], ["zlib 3", "zlib 2"])
        self.assertIsNone(found["packages"][0]["commit"])

    def test_why_no_commit_is_named(self):
        self.build()

        def note(directory):
            return self.result("--source", directory)["builds"][0]["note"]
        self.assertIn("no git clone", note(self.path("out")))
        other = self.files("other", {"a": "1"})
        self.tool("git", "init", "--quiet", cwd=other)
        self.tool("git", "add", ".", cwd=other)
        self.tool(*GIT, "commit", "--quiet", "-m", "x", cwd=other)
        self.assertIn("does not have the commit", note(other))
        self.tool("git", "clone", "--quiet", "--depth", "1", f"file://{self.clone}", self.path("shallow"))
        self.assertIn("git fetch --unshallow", note(self.path("shallow")))
        self.base("3")
        self.build()
        self.assertIn("another pinnace.lock.json than the revision", note(self.clone))
        self.tool("git", "checkout", "--quiet", ".", cwd=self.clone)
        self.base("2")
        self.tool("git", "checkout", "--quiet", ".", cwd=self.clone)
        self.build(attest=False, to="bare")
        self.assertIn("since which commit: no revision is said", " ".join(self.result("--source", self.clone, image="oci:bare")["unknown"]))
        self.build("--label", f"org.opencontainers.image.revision={self.commits['more code']}", attest=False, to="bare")
        self.assertEqual(self.result("--source", self.clone, image="oci:bare")["base"]["since"]["subject"], "zlib 2")

    def test_a_clone_of_a_stranger_runs_nothing(self):
        self.build()
        harness.write(self.path("run"), f"#!/bin/sh\ntouch {self.path('was-run')}\n", 0o755)
        harness.write(os.path.join(self.clone, ".gitattributes"), "* filter=f diff=d\n")
        for key, value in (("core.fsmonitor", self.path("run")), ("gpg.program", self.path("run")), ("log.showSignature", "true"),
                           ("core.pager", self.path("run")), ("filter.f.smudge", self.path("run")), ("diff.d.textconv", self.path("run")),
                           ("core.alternateRefsCommand", self.path("run"))):
            self.tool("git", "config", key, value, cwd=self.clone)
        self.assertEqual(self.result("--source", self.clone)["base"]["since"]["subject"], "zlib 2")
        self.assertFalse(os.path.exists(self.path("was-run")))
