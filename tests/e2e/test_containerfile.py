"""Containerfiles from the command line: build, pin, checks, and what is refused."""
from harness import Case
from images import push_base
from registries import shared_registry


class Containerfile(Case):
    def setUp(self):
        super().setUp()
        self.registry = shared_registry()
        push_base(self.registry, "base/cf")
        self.base = f"{self.registry.host}/base/cf:1"
        self.project = self.files("project", {
            "Containerfile": f"FROM {self.base} AS files\n"
                             "COPY site /srv/site\n"
                             f"FROM {self.base}\n"
                             "ARG VERSION=0\n"
                             "ENV VERSION=$VERSION\n"
                             "COPY --from=files --chown=1000:1000 /srv/site /srv/www\n"
                             "COPY <<conf /etc/app.conf\nversion=$VERSION\nconf\n"
                             "USER 1000\n"
                             'ENTRYPOINT ["/bin/app"]\n',
            "site/index.html": "<h1>site</h1>\n",
            "site/ignored.log": "no\n",
            ".dockerignore": "**/*.log\n",
        })

    def build(self, *arguments, **options):
        return self.pinnace("build", *arguments, cwd=self.project, **options)

    def test_pinned_built_pushed_and_the_same_everywhere(self):
        self.build("--locked", expect=2)
        self.pinnace("pin", cwd=self.project)
        name = f"{self.registry.host}/test/cf"
        digest = self.build("--locked", "--build-arg", "VERSION=7", "-t", f"{name}:7").digest
        self.assertRegex(digest, r"^sha256:[0-9a-f]{64}$")
        self.assertEqual(self.pinnace("inspect", "--digest", f"{name}:7").digest, digest)
        config = self.pinnace("inspect", f"{name}:7", "--json").json()["images"][0]["images"][0]["config"]
        self.assertIn("VERSION=7", config["Env"])
        self.assertEqual(config["User"], "1000")
        again = self.build("--locked", "--build-arg", "VERSION=7", "-t", f"oci:{self.path('again')}:7",
                           env={"PINNACE_STORE": self.path("other")}, umask=0o077).digest
        self.assertEqual(again, digest)
        other = self.build("--locked", "-t", f"oci:{self.path('again')}:0").digest
        self.assertNotEqual(other, digest)

    def test_a_target_leaves_out_what_it_does_not_need(self):
        self.files("project", {"Containerfile": "FROM scratch AS files\nCOPY site /site\nFROM nowhere.invalid/x\n"})
        self.build("--target", "files", "-t", f"oci:{self.path('out')}:1")
        failed = self.build("--target", "flies", expect=2)
        self.assertEqual(failed.errors, ['error: Containerfile: there is no stage "flies", did you mean "files"?'])

    def test_checks(self):
        self.assertEqual(self.build("--check").out, "findings: 0\n")
        self.files("project", {"Containerfile": "FROM scratch\nMAINTAINER me\nCMD x\n"})
        found = self.build("--check", "--json", expect=1).json()["findings"]
        self.assertEqual([(one["rule"], one["line"], one["column"]) for one in found],
                         [("MaintainerDeprecated", 2, 1), ("JSONArgsRecommended", 3, 1)])

    def test_findings_are_a_readable_line_whatever_they_quote(self):
        self.files("project", {"Containerfile": "FROM scratch\nWORKDIR a\x1b[2J" + "b" * 9000 + "\n"})
        message = self.build("--check", "--json", expect=1).json()["findings"][0]["message"]
        self.assertTrue(message.startswith("WORKDIR a\\x1b[2Jb"), message[:80])
        self.assertLess(len(message), 4096)

    def test_bad_input_changes_nothing(self):
        for text, error in (
                ("FROM scratch\nCPOY a b\n", 'Containerfile:2:1: unknown instruction "CPOY", did you mean "COPY"?'),
                ("FROM scratch\nCOPY none /x\n", "Containerfile:2:1: \"none\" is not in the context"),
                ("FROM scratch\nADD https://u:p@x/y /\n", "Containerfile:2:1: \"https://REDACTED@x/y\" is no usable URL")):
            with self.subTest(text):
                self.files("project", {"Containerfile": text})
                failed = self.build("-t", f"oci:{self.path('bad')}:1", expect=None)
                self.assertIn(failed.code, (2, 3))
                self.assertEqual(len(failed.errors), 1)
                self.assertIn(error, failed.errors[0])
