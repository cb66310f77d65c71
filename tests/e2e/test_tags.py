"""`pinnace tags`: what a repository, a layout, an archive and an environment have."""
import json
import random

from harness import Case
from registries import ScriptedServer, reply, shared_registry
from images import push_image

NAMES = ["1", "1.10", "1.10-alpine", "1.9", "2", "latest"]
VERSIONS = ["1", "1.9", "1.10", "1.10-alpine", "2", "latest"]


class Tags(Case):
    def setUp(self):
        super().setUp()
        self.registry = shared_registry()
        self.space = f"tags{random.randrange(1 << 40):x}"
        self.repository = f"{self.registry.host}/{self.space}/web"
        self.digests = {name: push_image(self.registry, f"{self.space}/web", name, {"f": name.encode()}) for name in NAMES}

    def tags(self, *arguments, expect=0):
        return self.pinnace("tags", *arguments, cwd=self.dir, expect=expect)

    def test_a_repository(self):
        self.assertEqual(self.tags(self.repository).out.splitlines(), NAMES)
        self.assertEqual(self.tags(f"docker://{self.repository}", "--sort", "version").out.splitlines(), VERSIONS)
        self.assertEqual(self.tags(self.repository, "--digest").out.splitlines(), [f"{name}  {self.digests[name]}" for name in NAMES])
        self.assertEqual(json.loads(self.tags("--json", self.repository, "--digest").out),
                         {"tags": [{"name": name, "digest": self.digests[name]} for name in NAMES]})

    def test_layouts_archives_and_environments_have_the_same(self):
        self.files("", {"environments.yaml": f"prod: {{repository: {self.registry.host}/{self.space}}}\nlocal: {{repository: 'oci:held'}}\n"})
        for name in NAMES:
            for target in ("oci:held/web", "oci-archive:web.tar", "docker-archive:docker.tar:shop/web"):
                self.pinnace("copy", f"{self.repository}:{name}", f"{target}:{name}", cwd=self.dir)
        for place in ("oci:held/web", "oci-archive:web.tar", "env:prod/web", "env:local/web"):
            self.assertEqual(self.tags(place, "--digest").out.splitlines(), [f"{name}  {self.digests[name]}" for name in NAMES], place)
        names = self.tags("docker-archive:docker.tar", "--sort", "version").out.splitlines()
        self.assertEqual(names, [f"docker.io/shop/web:{name}" for name in VERSIONS])  # there a tag is a whole name
        self.pinnace("inspect", f"docker-archive:docker.tar:{names[0]}")

    def test_what_has_no_tags(self):
        self.assertIn("expected a name without a tag or digest", self.tags(f"{self.repository}:1", expect=2).errors[-1])
        self.assertIn("expected a name without a tag or digest",
                      self.tags(f"{self.repository}@{self.digests['1']}", expect=2).errors[-1])
        gone = self.tags(f"{self.registry.host}/{self.space}/nothing", expect=2)
        self.assertIn(f"no tags in {self.registry.host}/{self.space}/nothing", gone.errors[-1])
        self.assertIn("nowhere", self.tags("oci:nowhere", expect=2).errors[-1])

    def test_a_tag_that_goes_meanwhile(self):
        def answer(handler):
            if handler.path.startswith("/v2/a/b/tags/list"):
                reply(handler, 200, b'{"name":"a/b","tags":["1"]}', Content_Type="application/json")
            else:
                reply(handler, 404)

        with ScriptedServer(answer) as server:
            self.assertEqual(self.tags(f"{server.host}/a/b", "--digest").out, "1  gone\n")
