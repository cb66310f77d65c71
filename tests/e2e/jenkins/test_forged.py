"""An agent that lies: whatever it answers, nothing is promoted that a registry does not have, and nothing is believed."""
import os
import subprocess

from case import Case
from harness import PINNACE

FORGED = "sha256:" + "f" * 64

# Speaks the job protocol (docs/formats/job-protocol.md) in place of pinnace.
FORGER = """#!/usr/bin/python3
import json, os, sys
if sys.argv[1] == "--version":
    print("pinnace VERSION")
    sys.exit()
header = json.loads(sys.stdin.buffer.readline())
request = json.loads(sys.stdin.buffer.read(header["requestBytes"]))
sys.stdin.buffer.read(header["credentialsBytes"] or 0)
print(json.dumps({"event": "opened", "version": "VERSION"}), flush=True)
sys.stdin.buffer.readline()
digest = "DIGEST"
tag = request["tags"][0]
kind = tag.rsplit(":", 1)[1]
references = [tag + "@" + digest]
if kind == "unasked":
    references = [tag.replace("/web:", "/other:") + "@" + digest]
if kind == "markup":
    digest = "<script>alert(1)</script>"
if kind in ("large", "huge"):
    references *= {"large": 100_000, "huge": 1_000_000}[kind]
layer = {"digest": digest, "size": 1, "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "diffId": digest, "fromBase": False}
image = {"platform": "linux/amd64", "digest": digest, "size": 1, "config": digest, "layers": [layer], "base": None,
         "packages": None}
result = {"digest": digest, "mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 1, "references": references,
          "images": [image], "plan": None, "findings": []}
print(json.dumps({"event": "result", "result": result}), flush=True)
"""


class ForgedResults(Case):
    def setUp(self):
        version = subprocess.run([PINNACE, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
        forger = os.path.join(self.world.agent.dir, "forger")
        with open(forger, "w") as file:
            file.write(FORGER.replace("VERSION", version).replace("DIGEST", FORGED))
        os.chmod(forger, 0o755)
        self.world.agent.kill()
        self.world.agent.start("-Dio.pinnace.engine.executable=" + forger)
        self.addCleanup(self.honest)

    def honest(self):
        self.world.agent.kill()
        self.world.agent.start()

    def build(self, kind):
        return self.jobs.run(f"""node('agent') {{
            {self.world.definition(text=kind)}
            def web = containerBuild definition: 'pinnace.yaml', tags: ['web:{kind}'], registry: 'ci'
            echo "built ${{web.digest}}"
            containerPromote image: web.reference, registry: 'ci', to: 'test', tag: '{kind}'
        }}""")

    def test_what_an_agent_makes_up_is_not_promoted(self):
        build = self.build("absent")
        self.assert_refused(build, "no manifest", FORGED)
        self.assertIn("built " + FORGED, build.log())
        self.assertIsNone(self.world.in_ci("test/web", "absent"))

    def test_answers_that_can_be_seen_through_end_the_build(self):
        for kind, expected in {"unasked": "was not asked for", "markup": "is refused", "large": "and may have", "huge": "ended without an answer"}.items():
            with self.subTest(kind):
                build = self.build(kind)
                self.assert_refused(build, expected)
                self.assertNotIn("built ", build.log())
                self.assertIsNone(self.world.in_ci("test/web", kind))
