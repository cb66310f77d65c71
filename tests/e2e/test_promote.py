"""Promotion: the same bytes in another environment, policies that refuse, and pins."""
import json
import os

from harness import Case, sha256
from images import push_base, push_image
from registries import Registry, shared_registry


class Promote(Case):
    def setUp(self):
        super().setUp()
        self.registry = shared_registry()
        self.space = "p" + os.urandom(4).hex()
        host = f"{self.registry.host}/{self.space}"
        self.project = self.files("project", {"environments.yaml": (
            f"test: {{repository: {host}/test}}\n"
            f"staging: {{repository: {host}/staging, admits: {{from: [test]}}}}\n"
            f"prod: {{repository: {host}/prod, immutable: true}}\n"
            f"signed: {{repository: {host}/signed, admits: {{requires: [{{signature: team.pub}}]}}}}\n")})
        self.image = f"{host}/test/web"
        self.digest = push_base(self.registry, f"{self.space}/test/web", platforms=("linux/amd64", "linux/arm64"))

    def promote(self, *arguments, **options):
        return self.pinnace("promote", *arguments, cwd=self.project, **options)

    def raw(self, environment, tag="1"):
        return self.registry.manifest(f"{self.space}/{environment}/web", tag)

    def test_environments_that_are_a_link_to_nothing_are_not_none(self):
        project = self.files("linked", {"pinnace.yaml": "version: 1\nbase: scratch\n"})
        os.symlink("gone.yaml", os.path.join(project, "environments.yaml"))
        failed = self.pinnace("build", "-t", "oci:x:1", cwd=project, expect=2)
        self.assertRegex(failed.errors[-1], "environments.yaml")

    def test_the_same_bytes(self):
        done = self.promote(f"{self.image}:1@{self.digest}", "--to", "prod")
        self.assertEqual(done.digest, self.digest)
        self.assertEqual(self.raw("prod"), self.raw("test"))
        self.tool("crane", "validate", "--insecure", "--remote", f"{self.registry.host}/{self.space}/prod/web:1")

    def test_by_environment_name(self):
        self.assertEqual(self.promote("env:test/web:1", "--to", "prod").digest, self.digest)
        self.assertEqual(self.raw("prod"), self.raw("test"))

    def test_from_a_layout_in_the_current_directory(self):
        self.pinnace("copy", f"{self.image}:1", "oci:web:1", cwd=self.project)
        self.promote("oci:web:1", "--to", "prod")
        self.assertEqual(self.raw("prod"), self.raw("test"))

    def test_by_digest_with_another_tag(self):
        self.promote(f"env:test/web@{self.digest}", "--to", "prod", "--tag", "2.0")
        self.assertEqual(sha256(self.raw("prod", "2.0")[1]), self.digest)

    def test_by_digest_alone(self):
        self.promote(f"{self.image}@{self.digest}", "--to", "prod")
        self.assertEqual(sha256(self.raw("prod", self.digest)[1]), self.digest)

    def test_again_is_quietly_done(self):
        self.promote(f"{self.image}:1", "--to", "prod")
        before = self.registry.state()
        self.assertEqual(self.promote(f"{self.image}:1", "--to", "prod").digest, self.digest)
        self.assertEqual(self.registry.state(), before)

    def test_names_may_be_nested_in_a_directory(self):
        self.files("project", {"layouts.yaml": "test: {repository: 'oci:test'}\nprod: {repository: 'oci:prod', admits: {from: [test]}}\n"})
        digests = {name: push_image(self.registry, f"{self.space}/{name}", "1", {name: b"image"})
                   for name in ("shop/team/web", "shop/web", "shop")}
        for name, digest in digests.items():
            self.promote(f"{self.registry.host}/{self.space}/{name}:1", "--to", "test", "--environments", "layouts.yaml")
            held = f"{self.space}/{name}"
            self.promote(f"env:test/{held}:1", "--to", "prod", "--environments", "layouts.yaml")
            self.assertEqual(self.pinnace("inspect", "--digest", f"oci:prod/{held}:1", cwd=self.project).digest, digest)
        push_image(self.registry, f"{self.space}/shop/blobs", "1", {"blobs": b"image"})
        done = self.promote(f"{self.registry.host}/{self.space}/shop/blobs:1", "--to", "test", "--environments",
                            "layouts.yaml", expect=2)
        self.assertIn("each layout there has blobs itself", done.errors[-1])

    def test_an_immutable_tag_stays_in_a_directory_that_is_mounted_twice(self):
        self.need("unshare")
        self.files("project", {"environments.yaml": "prod: {repository: 'oci:held', immutable: true}\n"})
        self.promote(f"{self.image}:1", "--to", "prod", "--as", "x")
        self.pinnace("build", "-t", "oci:other:1", self.files("other", {"Containerfile": "FROM scratch\nCOPY Containerfile /\n"}),
                     cwd=self.project)
        os.mkdir(self.path("project", "again"))
        for mounted, inside in (("held", "/x"), ("held", "/y/z"), ("held/x", ""), ("held/x", "/y")):
            with self.subTest(mounted + inside):
                refused = self.pinnace(
                    "copy", "oci:other:1", f"oci:again{inside}:1", cwd=self.project, expect=1,
                    prefix=("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'mount --bind {mounted} again && exec "$@"', "sh"))
                self.assertIn("is in environment prod, which has rules", refused.errors[-1])
        self.assertEqual(self.pinnace("inspect", "--digest", "env:prod/x:1", cwd=self.project).digest, self.digest)

    def test_no_result_of_a_build_is_written_over_an_image_of_an_environment(self):
        self.files("project", {"environments.yaml": "prod: {repository: 'oci:held', immutable: true}\n"})
        self.promote(f"{self.image}:1", "--to", "prod", "--as", "x")
        other = self.files("other", {"Containerfile": "FROM scratch\nCOPY Containerfile /\n"})
        os.symlink("held/x/index.json", self.path("project", "link"))
        for file in ("held/x/index.json", "link", "environments.yaml"):
            with self.subTest(file):
                refused = self.pinnace("build", "-t", "oci:other:1", "--metadata", file, other, cwd=self.project, expect=1)
                self.assertIn("rules", refused.errors[-1])
        self.assertEqual(self.pinnace("inspect", "--digest", "env:prod/x:1", cwd=self.project).digest, self.digest)
        self.pinnace("build", "-t", "oci:other:1", "--metadata", "result.json", other, cwd=self.project)
        self.assertTrue(os.path.exists(self.path("project", "result.json")))

    def test_what_an_environment_lost_is_repaired(self):
        self.files("project", {"layouts.yaml": "prod: {repository: 'oci:held', immutable: true}\n"})
        self.pinnace("copy", f"{self.image}:1", "oci:web:1", cwd=self.project)
        promote = ("oci:web:1", "--to", "prod", "--environments", "layouts.yaml")
        self.promote(*promote)
        blobs = self.path("project", "held", "web", "blobs", "sha256")
        for name in os.listdir(blobs):
            whole = open(os.path.join(blobs, name), "rb").read()
            for damage in (None, bytes([whole[0] ^ 1]) + whole[1:]):
                with self.subTest(f"{name}, {damage and damage[:20]}"):
                    os.remove(os.path.join(blobs, name))
                    if damage:
                        self.files("project", {os.path.join(blobs, name): damage})
                    self.assertEqual(self.promote(*promote, "--repair").digest, self.digest)
                    self.assertEqual(open(os.path.join(blobs, name), "rb").read(), whole)

    def test_what_a_registry_lost_is_repaired(self):
        self.promote(f"{self.image}:1", "--to", "prod")
        digest = push_image(self.registry, f"{self.space}/test/web", "2", {"own": os.urandom(9)})
        self.promote(f"{self.image}:2", "--to", "prod")
        manifest = json.loads(self.raw("prod", "2")[1])
        lost = manifest["layers"][-1]["digest"]
        status, *_ = self.registry.request("DELETE", f"/v2/{self.space}/prod/web/blobs/{lost}")
        self.assertEqual(status, 202)
        self.promote(f"{self.image}:2", "--to", "prod", "--repair")
        self.assertEqual(self.registry.request("HEAD", f"/v2/{self.space}/prod/web/blobs/{lost}")[0], 200)
        self.assertEqual(sha256(self.raw("prod", "2")[1]), digest)

    def test_an_immutable_tag_stays(self):
        self.promote(f"{self.image}:1", "--to", "prod")
        push_image(self.registry, f"{self.space}/test/web", "1", {"other": b"image"})
        before = self.registry.state()
        done = self.promote(f"{self.image}:1", "--to", "prod", expect=1)
        self.assertEqual(len(done.errors), 1, done.err)
        self.assertIn("immutable", done.err)
        self.assertIn(self.digest, done.err)
        self.assertEqual(self.registry.state(), before)

    def test_a_mutable_tag_moves(self):
        self.promote(f"{self.image}:1", "--to", "staging")
        other = push_image(self.registry, f"{self.space}/test/web", "1", {"other": b"image"})
        self.assertEqual(self.promote(f"{self.image}:1", "--to", "staging").digest, other)
        self.assertEqual(sha256(self.raw("staging")[1]), other)

    def test_an_environment_admits_only_from_others(self):
        stranger = push_image(self.registry, f"{self.space}/elsewhere/web", "1", {"stranger": b"image"})
        done = self.promote(f"{self.registry.host}/{self.space}/elsewhere/web@{stranger}", "--to", "staging", expect=1)
        self.assertIn("staging", done.err)
        self.assertIn("test", done.err)
        self.assertIsNone(self.raw("staging", stranger))

    def test_a_requirement_that_cannot_be_checked_is_never_met(self):
        done = self.promote(f"{self.image}:1", "--to", "signed", expect=None)
        self.assertIn(done.code, (1, 2))
        self.assertIn("requires", done.err)
        self.assertIsNone(self.raw("signed"))

    def test_two_teams_have_two_images(self):
        space = f"ci-{self.space}"
        digests = {}
        for team in ("alpha", "beta"):
            digests[team] = push_image(self.registry, f"{space}/{team}/web", "stable", {team: b"image"})
            done = self.promote(f"{self.registry.host}/{space}/{team}/web:stable", "--to", "test")
            self.assertIn(f"{self.space}/test/{space}/{team}/web:stable", done.out)
            self.promote(f"env:test/{space}/{team}/web:stable", "--to", "staging")
        for team, digest in digests.items():
            self.assertEqual(self.pinnace("inspect", "--digest", f"env:staging/{space}/{team}/web:stable", "--environments",
                                          "environments.yaml", cwd=self.project).digest, digest)

    def test_layouts_and_archives_of_two_teams_are_two_images(self):
        for team in ("alpha", "beta"):
            os.makedirs(os.path.join(self.project, team))
            digest = push_image(self.registry, f"{self.space}/{team}/web", "stable", {team: b"image"})
            for name in (f"oci:{team}/web", f"oci-archive:{team}/packed.tar"):
                self.pinnace("copy", f"{self.registry.host}/{self.space}/{team}/web:stable", f"{name}:stable", cwd=self.project)
                held = self.promote(f"{name}:stable", "--to", "test").out.split()[0]
                self.assertEqual(held, f"{self.registry.host}/{self.space}/test/{name[:-4 if '.tar' in name else None].split(':')[1]}"
                                       f":stable@{digest}")
        self.promote("oci:beta/web:stable", "--to", "prod", "--as", "shop/web")
        self.assertEqual(self.registry.manifest(f"{self.space}/prod/shop/web", "stable"),
                         self.registry.manifest(f"{self.space}/beta/web", "stable"))
        failed = self.promote("oci:beta/web:stable", "--to", "prod", "--as", "Shop/web", expect=2)
        self.assertIn('"Shop/web" can\'t be the name of an image in environment prod', failed.err)

    def test_a_tag_that_moves_says_what_it_replaced(self):
        self.assertNotIn("before", self.promote(f"{self.image}:1", "--to", "staging").err)
        push_image(self.registry, f"{self.space}/test/web", "1", {"other": b"image"})
        done = self.promote("--json", f"{self.image}:1", "--to", "staging")
        self.assertEqual(json.loads(done.out)["replaced"], self.digest)
        self.assertIn(f"led to {self.digest} before", done.err)

    def test_only_promotions_write_where_there_are_rules(self):
        self.promote(f"{self.image}:1", "--to", "prod")
        other = push_image(self.registry, f"{self.space}/test/web", "2", {"other": b"image"})
        before = self.registry.state()
        for target in ("env:prod/web:1", f"{self.registry.host}/{self.space}/prod/web:1", "env:staging/web:9"):
            done = self.pinnace("copy", f"{self.image}@{other}", target, "--environments", "environments.yaml",
                                cwd=self.project, expect=1)
            self.assertIn("promote", done.err)
        self.assertEqual(self.registry.state(), before)
        self.pinnace("copy", f"{self.image}@{other}", "env:test/web:copied", "--environments", "environments.yaml",
                     cwd=self.project)

    def test_a_build_into_an_environment_is_told_to_promote(self):
        project = self.files("build", {"a": "a", "Containerfile": "FROM scratch\nCOPY a /a\n", "pinnace.yaml": (
            "version: 1\nbase: scratch\nartifacts: [{from: a, to: /a}]\nplatforms: [linux/amd64]\n")})
        for options in (("-t", "env:prod/web:1"), ("-f", "Containerfile", "-t", "oci:out", "--cache-to", "env:prod/cache")):
            self.assertIn("promote", self.pinnace("build", *options, cwd=project, expect=2).err)

    def test_no_other_name_leads_past_the_rules(self):
        self.promote(f"{self.image}:1", "--to", "prod")
        other = push_image(self.registry, f"{self.space}/test/web", "2", {"other": b"image"})
        push_image(self.registry, f"ci-{self.space}/prod/web", "1", {"other": b"image"})
        with open(os.path.join(self.project, "environments.yaml"), "a") as file:
            file.write(f"all: {{repository: {self.registry.host}/{self.space}}}\n")
        before = self.raw("prod")
        port = self.registry.host.rpartition(":")[2]
        for host in (f"127.1:{port}", f"2130706433:{port}", f"localhost:{port}"):
            self.pinnace("copy", f"{self.image}@{other}", f"{host}/{self.space}/prod/web:1", cwd=self.project, expect=1)
        self.pinnace("copy", f"{self.image}@{other}", "env:all/prod/web:1", cwd=self.project, expect=1)
        done = self.promote("env:test/web:2", "--to", "all", "--tag", "1")
        self.assertIn(f"{self.space}/web:1", done.out)
        with open(os.path.join(self.project, "environments.yaml"), "a") as file:
            file.write(f"ci: {{repository: {self.registry.host}/ci-{self.space}}}\n")
        self.assertIn("is in environment prod", self.promote("env:ci/prod/web:1", "--to", "all", expect=1).err)
        self.assertEqual(self.raw("prod"), before)

    def test_the_environments_of_the_current_directory_bind_all_who_write(self):
        self.promote(f"{self.image}:1", "--to", "prod")
        before = self.raw("prod")
        prod = f"{self.registry.host}/{self.space}/prod"
        other = push_image(self.registry, f"{self.space}/test/web", "2", {"other": b"image"})
        build = self.files("build", {"a": "a", "Containerfile": "FROM scratch\nCOPY a /\n"})
        for arguments in (("copy", f"{self.image}@{other}", f"{prod}/web:1"),
                          ("build", build, "-t", f"{prod}/web:1"),
                          ("build", build, "-t", "oci:out", "--cache-to", f"{prod}/web:1")):
            self.assertIn("promote REF --to prod", self.pinnace(*arguments, cwd=self.project, expect=1).err)
        self.assertEqual(self.raw("prod"), before)
        self.pinnace("build", build, "-t", "env:test/built:1", cwd=self.project)
        self.assertEqual(self.pinnace("inspect", "--digest", "env:prod/web:1", cwd=self.project).digest, self.digest)

    def test_a_definition_names_the_environments_that_bind_its_build(self):
        self.promote(f"{self.image}:1", "--to", "prod")
        before = self.raw("prod")
        files = {"a": "a", "pinnace.yaml": (
            "version: 1\nbase: scratch\nartifacts: [{from: a, to: /a}]\nplatforms: [linux/amd64]\n"
            "environments: ../project/environments.yaml\n")}
        done = self.pinnace("build", "-t", f"{self.registry.host}/{self.space}/prod/web:1",
                            cwd=self.files("build", files), expect=1)
        self.assertIn("promote REF --to prod", done.err)
        self.assertEqual(self.raw("prod"), before)

    def test_a_name_without_a_registry_is_not_given_a_path(self):
        digest = self.pinnace("build", "-f", os.path.join(self.files("build", {"a": "a", "pinnace.yaml": (
            "version: 1\nbase: scratch\nartifacts: [{from: a, to: /a}]\nplatforms: [linux/amd64]\n")}), "pinnace.yaml")).digest
        self.assertIn(f"{self.space}/test/web:9", self.promote(f"web:9@{digest}", "--to", "test").out)
        self.assertIsNotNone(self.registry.manifest(f"{self.space}/test/web", "9"))

    def test_unknown_environment(self):
        done = self.promote(f"{self.image}:1", "--to", "pord", expect=2)
        self.assertIn("pord", done.err)
        self.assertIn("prod", done.err)

    def test_an_image_that_is_not_there(self):
        done = self.promote(f"{self.image}:nothing", "--to", "prod", expect=2)
        self.assertIn("nothing", done.err)

    def test_into_another_registry(self):
        with Registry() as production:
            with open(os.path.join(self.project, "environments.yaml"), "a") as file:
                file.write(f"far: {{repository: {production.host}/shop}}\n")
            self.promote(f"{self.image}:1", "--to", "far")
            self.assertEqual(production.manifest("shop/web", "1"), self.raw("test"))

    def test_what_an_environment_holds_can_be_a_base(self):
        files = {"a": "a", "pinnace.yaml": "version: 1\nbase: env:test/web:1\nartifacts: [{from: a, to: /a}]\n",
                 "Containerfile": "FROM env:test/web:1\nCOPY --from=env:test/web:1 /bin/busybox /copied\n"}
        for name, content in files.items():
            self.files("project", {name: content})
        for definition in ("pinnace.yaml", "Containerfile"):
            with self.subTest(definition):
                self.pinnace("build", "--locked", "-f", definition, cwd=self.project, expect=2)
                self.pinnace("pin", definition, cwd=self.project)
                with open(os.path.join(self.project, "pinnace.lock.json")) as lock:
                    images = json.load(lock)["images"]
                self.assertEqual([(image["name"], image["digest"]) for image in images], [("env:test/web:1", self.digest)])
                built = self.pinnace("build", "--locked", "-f", definition, "-t", "oci:out:1", "--platform", "linux/amd64",
                                     "--json", cwd=self.project).json()
                self.assertEqual(built["images"][0]["base"]["name"], "env:test/web:1")
                os.remove(os.path.join(self.project, "pinnace.lock.json"))

    def test_a_definition_says_which_environments_its_base_is_of(self):
        other = self.files("other", {"a": "a", "pinnace.yaml": (
            "version: 1\nbase: env:test/web:1\nartifacts: [{from: a, to: /a}]\nenvironments: ../project/environments.yaml\n")})
        self.pinnace("pin", cwd=other)
        self.pinnace("build", "--locked", "-t", "oci:out:1", cwd=other)
        self.files("other", {"Containerfile": "FROM env:test/web:1\n"})
        os.remove(os.path.join(other, "pinnace.lock.json"))
        for arguments in (("pin", "Containerfile"), ("build", "-f", "Containerfile", "-t", "oci:out:2")):
            failed = self.pinnace(*arguments, cwd=other, expect=2)
            self.assertIn("Containerfile:1:1: base env:test/web:1: env: names need an environments.yaml", failed.errors[-1])
        self.pinnace("pin", "Containerfile", "--environments", "../project/environments.yaml", cwd=other)


class Pin(Case):
    def setUp(self):
        super().setUp()
        self.registry = Registry().start()
        self.addCleanup(self.registry.stop)
        self.digest = push_base(self.registry, platforms=("linux/amd64", "linux/arm64"))
        self.base = f"{self.registry.host}/base/busybox:1"
        self.project = self.files("project", {"a": "a", "pinnace.yaml": (
            f"version: 1\nbase: {self.base}\nartifacts: [{{from: a, to: /a}}]\nplatforms: [linux/amd64]\n")})
        self.lock = os.path.join(self.project, "pinnace.lock.json")

    def read_lock(self):
        with open(self.lock) as file:
            return file.read()

    def pin(self, *arguments, **options):
        return self.pinnace("pin", *arguments, cwd=self.project, **options)

    def test_writes_digests(self):
        self.pin()
        text = self.read_lock()
        self.assertIn(self.digest, text)
        for entry in json.loads(self.registry.manifest("base/busybox", "1")[1])["manifests"][:1]:
            self.assertIn(entry["digest"], text)
        self.assertTrue(text.endswith("}\n"))

    def test_again_writes_the_same(self):
        self.pin()
        before = self.read_lock(), os.stat(self.lock).st_mtime_ns
        self.pin()
        self.assertEqual((self.read_lock(), os.stat(self.lock).st_mtime_ns), before)

    def test_check(self):
        self.pin("--check", expect=1)
        self.assertFalse(os.path.exists(self.lock))
        self.pin()
        self.pin("--check")

    def test_a_lock_holds_against_upstream(self):
        self.pin()
        locked = self.pinnace("build", "-t", f"oci:{self.path('a')}:1", cwd=self.project).digest
        push_base(self.registry, platforms=("linux/amd64",), index=True)
        push_image(self.registry, "base/busybox", "1", {"moved": b"on"})
        self.pin()
        again = self.pinnace("build", "-t", f"oci:{self.path('b')}:1", cwd=self.project).digest
        self.assertEqual(again, locked)
        self.pin("--check", "--update", expect=1)
        self.pin("--update")
        self.assertNotIn(self.digest, self.read_lock())
        self.assertNotEqual(self.pinnace("build", "-t", f"oci:{self.path('c')}:1", cwd=self.project).digest, locked)

    def test_an_index_that_moved_without_our_platform(self):
        self.pin()
        body = json.loads(self.registry.manifest("base/busybox", "1")[1])
        body["annotations"] = {"note": "rebuilt"}
        self.registry.put_manifest("base/busybox", "1", json.dumps(body).encode(), body["mediaType"])
        done = self.pin("--update")
        self.assertRegex(done.out + done.err, r"the index changed but linux/amd64.* did not")

    def test_locked_refuses_what_is_not_pinned(self):
        done = self.pinnace("build", "--locked", "-t", f"oci:{self.path('x')}:1", cwd=self.project, expect=None)
        self.assertIn(done.code, (1, 2))
        self.assertIn("pinnace.lock.json", done.err)
        self.assertFalse(os.path.exists(self.path("x")))
