"""The four steps, in every kind of job."""
import re

from case import Case
from jobs import freestyle, pipeline


class Steps(Case):
    def test_scripted(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition(self.world.base) + """
            containerPin files: ['pinnace.yaml']
            def web = containerBuild definition: 'pinnace.yaml', tags: ['web:scripted'], registry: 'ci', locked: true
            echo "built ${web.digest} ${web.platforms} ${web.size}"
            def seen = containerInspect image: web.reference
            if (seen.digest != web.digest) { error 'differs' }
            def done = containerPromote image: web.reference, to: 'prod', tag: 'scripted', reason: 'sprint 12'
            echo "promoted ${done.reference} from ${done.source}"
        }""").succeed()
        digest = self.world.in_ci("web", "scripted")
        self.assertIn(f"built {digest} [linux/amd64]", build.log())
        self.assertEqual(self.world.in_prod("web", "scripted"), digest)
        shown = build.containers()
        self.assertEqual(shown["images"][0]["digest"], digest)
        self.assertEqual(shown["promotions"][0]["who"], "admin")
        page = self.admin.get(build.path + "containers/")
        self.assertIn(digest, page)
        self.assertIn("sprint 12", page)
        self.assertRegex(self.controller.log(), r"(?m)^.*admin.*prod")

    def test_declarative(self):
        self.jobs.run("pipeline { agent { label 'agent' }\n stages { stage('image') { steps {\n"
                      + self.world.definition() + """
            containerBuild definition: 'pinnace.yaml', tags: ['web:declarative'], registry: 'ci'
            containerInspect image: 'web:declarative', registry: 'ci'
            containerPromote image: 'web:declarative', registry: 'ci', to: 'test', tag: 'declarative'
        } } } }""").succeed()
        self.assertEqual(self.world.in_ci("web", "declarative"), self.world.in_ci("test/web", "declarative"))

    def test_freestyle(self):
        package = "io.jenkins.plugins.pinnace"

        def builder(name, fields):
            return (f"<{package}.freestyle.Container{name}Builder><step class='{package}.steps.Container{name}Step'>"
                    f"{fields}</step></{package}.freestyle.Container{name}Builder>")

        # Freestyle projects take their files from somewhere: here from the shell.
        shell = ("<hudson.tasks.Shell><command>echo hi &gt; hello.txt; printf 'version: 1\\nbase: scratch\\n"
                 "platforms: [linux/amd64]\\nartifacts:\\n  - {from: hello.txt, to: /hello.txt}\\n' &gt; pinnace.yaml"
                 "</command></hudson.tasks.Shell>")
        build = self.jobs.start(self.jobs.create(freestyle(
            shell + builder("Build", "<definition>pinnace.yaml</definition><tags><string>web:free-$BUILD_NUMBER</string>"
                                     "</tags><registry>ci</registry>")
            + builder("Inspect", "<image>web:free-$BUILD_NUMBER</image><registry>ci</registry>")
            + builder("Promote", "<image>web:free-$BUILD_NUMBER</image><registry>ci</registry><to>prod</to>")))).succeed()
        digest = self.world.in_ci("web", "free-1")
        self.assertIsNotNone(digest)
        self.assertEqual(self.world.in_prod("web", "free-1"), digest)
        self.assertEqual(build.containers()["images"][0]["digest"], digest)

    def test_both_engines_give_the_same_digest(self):
        digests = {}
        for engine in ("PROCESS", "JNI"):
            self.engine(engine)
            build = self.jobs.run("node('agent') {\n" + self.world.definition(self.world.base) + f"""
                def web = containerBuild definition: 'pinnace.yaml', tags: ['web:{engine.lower()}'], registry: 'ci'
                echo "digest ${{web.digest}}"
            }}""").succeed()
            digests[engine] = re.search(r"digest (sha256:\w+)", build.log()).group(1)
        self.engine("PROCESS")
        self.assertEqual(digests["PROCESS"], digests["JNI"])

    def test_two_builds_at_once_on_one_agent(self):
        script = "node('agent') {\n" + self.world.definition(self.world.base) + """
            containerBuild definition: 'pinnace.yaml', tags: ["twins:${env.JOB_NAME}"], registry: 'ci'
        }"""
        jobs = [self.jobs.create(pipeline(script)) for _ in range(2)]
        for build in [self.jobs.start(job) for job in jobs]:
            build.succeed()
        digests = {self.world.in_ci("twins", job.split("/")[1]) for job in jobs}
        self.assertEqual(len(digests), 1)
        self.assertNotIn(None, digests)
