"""What is wrong is said in one line."""
from case import Case

EVIL = "<script>alert(1)</script>"


class BadInput(Case):
    def test_twenty_bad_inputs(self):
        world = self.world
        bad = [
            ("containerBuild definition: 'missing.yaml'", "missing.yaml"),
            ("containerBuild definition: ''", "definition"),
            ("containerBuild definition: '../../../etc/shadow'", "shadow"),
            ("containerBuild definition: 'pinnace.yaml', registry: 'nowhere', tags: ['a']", 'unknown registry "nowhere"'),
            (f"containerBuild definition: 'pinnace.yaml', registry: 'ci', tags: ['{EVIL}']", ""),
            ("containerBuild definition: 'pinnace.yaml', registry: 'ci', tags: ['$(touch x);`id`']", ""),
            ("containerBuild definition: 'pinnace.yaml', registry: 'ci', tags: ['UPPER:1']", "UPPER"),
            ("containerBuild definition: 'pinnace.yaml', buildArgs: ['x']", "x"),
            ("containerBuild definition: 'pinnace.yaml', labels: ['=']", ""),
            ("containerBuild definition: 'pinnace.yaml', compression: 'lzma'", "lzma"),
            ("containerBuild definition: 'pinnace.yaml', platforms: ['amiga']", "amiga"),
            ("containerBuild definition: 'pinnace.yaml', target: 'none'", ""),
            ("containerBuild definition: 'broken.yaml'", "broken.yaml"),
            ("containerBuild definition: 'evil.yaml'", ""),
            ("containerPin files: []", "files"),
            ("containerPin files: ['pinnace.yaml'], names: ['nothing']", "nothing"),
            ("containerInspect image: 'web:none', registry: 'ci'", "web"),
            ("containerInspect image: 'oci:none:1'", "none"),
            ("containerInspect image: '127.0.0.1:1/web:1'", "127.0.0.1:1"),
            (f"containerInspect image: '{world.prod.host}/web:1'", "wants a user name and a password"),
            ("containerPromote image: 'web:1', registry: 'ci', to: 'nowhere'", '"nowhere"'),
            ("containerPromote image: 'other.example/web:1', to: 'prod'", "other.example"),
            ("containerPromote image: 'oci:out:1', to: 'prod'", ""),
            ("containerPromote image: 'web:none', registry: 'ci', to: 'prod'", "web"),
        ]
        files = (world.definition() + "writeFile file: 'broken.yaml', text: 'version: ['\n"
                 f"writeFile file: 'evil.yaml', text: 'version: 1\\nbase: \"{EVIL}\"\\n'\n")
        for step, expected in bad:
            with self.subTest(step):
                build = self.jobs.run(f"node('agent') {{\n{files}{step}\n}}")
                self.assert_refused(build, expected)
                self.assertNotIn("<script>", self.admin.get(build.path + "console").split("<pre", 1)[1].split("</pre>")[0])
        self.world.figures["bad inputs"] = str(len(bad))

    def test_what_builds_say_is_escaped_on_the_page(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition() + f"""
            def web = containerBuild definition: 'pinnace.yaml', tags: ['web:page'], registry: 'ci',
              labels: ['a={EVIL}']
            containerPromote image: web.reference, to: 'prod', tag: 'page', reason: '{EVIL}'
        }}""").succeed()
        page = self.admin.get(build.path + "containers/")
        self.assertNotIn(EVIL, page)
        self.assertIn("&lt;script", page)
