"""The Jenkinsfiles of the documentation do what it says."""
import os
import re

from case import Case
from harness import ROOT


class Documentation(Case):
    def web_server(self):
        """The image shop/web:1 of the example: it answers on port 8080."""
        self.jobs.run(f"""node('agent') {{
            writeFile file: 'index.html', text: 'here'
            writeFile file: 'pinnace.yaml', text: '''version: 1
base: {self.world.base}
platforms: [linux/amd64]
artifacts:
  - {{from: index.html, to: /srv/index.html}}
config: {{entrypoint: [/bin/busybox, httpd, -f, -p, "8080", -h, /srv]}}
'''
            containerBuild definition: 'pinnace.yaml', tags: ['shop/web:1'], registry: 'ci'
        }}""").succeed()

    def test_jenkinsfiles(self):
        folder = os.path.join(ROOT, "docs/jenkins")
        found = 0
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name)) as file:
                for script in re.findall(r"```groovy\n(.*?)```", file.read(), re.S):
                    found += 1
                    with self.subTest(f"{name}, Jenkinsfile {found}"):
                        if "withContainer" in script:
                            self.web_server()
                        # The only agent here takes what asks for it by name.
                        script = script.replace("node {", "node('agent') {").replace("agent any", "agent { label 'agent' }")
                        self.jobs.run(script).succeed()
        self.assertGreaterEqual(found, 3)
