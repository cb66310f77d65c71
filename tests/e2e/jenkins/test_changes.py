"""What changed from build to build, who signed it, and what is attached: steps, and the page."""
import json
import os

from case import Case
from harness import ROOT
from jobs import pipeline


def key(name):
    with open(os.path.join(ROOT, "tests/data/signing", name)) as file:
        return file.read()


class Changes(Case):
    def setUp(self):
        self.private, self.public = key("p256.key"), key("p256.pub")
        self.signer = self.id().rsplit(".", 1)[1]
        said = self.groovy(
            "import com.cloudbees.plugins.credentials.*\n"
            "import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl\n"
            f"SystemCredentialsProvider.instance.credentials.add(new StringCredentialsImpl(CredentialsScope.GLOBAL, '{self.signer}', '',"
            f" hudson.util.Secret.fromString({json.dumps(self.private)})))\n"
            "SystemCredentialsProvider.instance.save(); print 'ok'")
        self.assertEqual(said, "ok")

    def test_a_build_is_signed_and_verified(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition(self.world.base) + f"""
            writeFile file: 'key.pub', text: '''{self.public}'''
            writeFile file: 'policy.yaml', text: '''version: 1
signatures: {{keys: [key.pub]}}
'''
            def web = containerBuild definition: 'pinnace.yaml', tags: ['web:signed'], registry: 'ci'
            def before = containerVerify image: web.reference, keys: 'key.pub', returnResult: true
            containerSign image: web.reference, credentialsId: '{self.signer}'
            def after = containerVerify image: web.reference, policy: 'policy.yaml'
            echo "before ${{before.verified}}, after ${{after.verified}} ${{after.digest == web.digest}}"
        }}""").succeed()
        self.assertIn("before false, after true true", build.log())
        self.assertNotIn("PRIVATE KEY", build.log())
        self.assertNotIn(self.private.splitlines()[1], build.log())

    def test_an_unsigned_image_fails_with_the_reason(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition(self.world.base, "unsigned") + f"""
            writeFile file: 'key.pub', text: '''{self.public}'''
            def web = containerBuild definition: 'pinnace.yaml', tags: ['web:unsigned'], registry: 'ci'
            containerVerify image: web.reference, keys: 'key.pub'
        }}""")
        self.assert_refused(build, "is not verified: 1 reason, above")
        self.assertIn("not verified: ", build.log())

    def test_what_changed_since_the_last_success_is_on_the_page(self):
        job = self.jobs.create(pipeline("node('agent') {\n" + self.world.definition(self.world.base) + """
            writeFile file: 'hello.txt', text: "hello ${BUILD_NUMBER}"
            def web = containerBuild definition: 'pinnace.yaml', tags: ["web:changes-${BUILD_NUMBER}"], registry: 'ci'
            echo "changes ${web.changes}, packages ${web.packages}"
        }"""))
        first = self.jobs.start(job).succeed()
        self.assertIn("changes null, packages 0", first.log())
        second = self.jobs.start(job).succeed()
        self.assertIn("since #1: 1 file", second.log())
        self.assertIn("changes 1 file, packages 0", second.log())
        [change] = second.containers()["changes"]
        self.assertEqual(change["fromDigest"], first.containers()["images"][0]["digest"])
        self.assertEqual(change["toDigest"], second.containers()["images"][0]["digest"])
        self.assertIn("hello.txt", change["report"])
        page = self.admin.get(second.path + "containers/")
        self.assertIn("1 file", page)
        self.assertIn("hello.txt", page)

    def test_the_provenance_names_the_job(self):
        build = self.jobs.run("node('agent') {\n" + self.world.definition(self.world.base) + """
            def web = containerBuild definition: 'pinnace.yaml', tags: ['oci:out:1']
            sh 'cat out/blobs/sha256/*'
            def bare = containerBuild definition: 'pinnace.yaml', tags: ['oci:bare:1'], sbom: false, provenance: false
            sh 'test $(grep -l predicateType bare/blobs/sha256/* | wc -l) = 0'
        }""").succeed()
        self.assertIn("https://slsa.dev/provenance/v1", build.log())
        self.assertIn(self.controller.url + build.path, build.log())
