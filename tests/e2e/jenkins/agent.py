"""An inbound agent in a process of its own, connected by WebSocket."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.request

from client import wait_for


class Agent:
    def __init__(self, controller, name):
        self.controller = controller
        self.name = name
        self.dir = tempfile.mkdtemp(prefix="jenkins-agent-")
        self.process = None

    def start(self, *options):
        """`options` are the JVM's."""
        jar = os.path.join(self.dir, "agent.jar")
        if not os.path.exists(jar):
            self._fetch(jar)
            secret = re.search(r"<argument>([0-9a-f]{64})</argument>",
                               self.controller.admin.get(f"computer/{self.name}/jenkins-agent.jnlp")).group(1)
            with open(os.path.join(self.dir, "secret"), "w") as file:
                file.write(secret)
        with open(os.path.join(self.dir, "log"), "ab") as log:
            self.process = subprocess.Popen(
                ["java", "-Xmx512m", *options, "-jar", jar, "-url", self.controller.url, "-name", self.name, "-webSocket",
                 "-secret", "@" + os.path.join(self.dir, "secret"), "-workDir", os.path.join(self.dir, "work")],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                env={"PATH": os.environ["PATH"], "HOME": self.dir, "LC_ALL": "C.UTF-8"})
        self.wait()
        return self

    def _fetch(self, jar):
        with open(jar, "wb") as file:
            with urllib.request.urlopen(self.controller.url + "jnlpJars/agent.jar") as response:
                shutil.copyfileobj(response, file)

    def wait(self):
        wait_for(f"agent {self.name}", lambda: not self.controller.admin.json(
            f"computer/{self.name}/api/json")["offline"])

    def kill(self):
        """With all that it started, as when its machine goes."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)
