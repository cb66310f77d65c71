"""A Jenkins controller in a process of its own, on loopback, configured as code."""
import os
import shutil
import signal
import subprocess
import tempfile

from client import Client, wait_for
from registries import free_port

USERS = {"admin": "admin-password", "developer": "developer-password", "guest": "guest-password"}


class Controller:
    def __init__(self, war, plugins, hpi, configuration):
        """@param configuration: text of jenkins.yaml, with URL and HOME to be filled in"""
        self.war = war
        self.home = tempfile.mkdtemp(prefix="jenkins-controller-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        folder = os.path.join(self.home, "plugins")
        os.mkdir(folder)
        for name in sorted(os.listdir(plugins)):
            if name.endswith((".hpi", ".jpi")) and not name.startswith("pinnace."):
                shutil.copy(os.path.join(plugins, name), os.path.join(folder, os.path.splitext(name)[0] + ".jpi"))
        shutil.copy(hpi, os.path.join(folder, "pinnace.jpi"))
        with open(os.path.join(self.home, "jenkins.yaml"), "w") as file:
            file.write(configuration.replace("@URL@", self.url).replace("@HOME@", self.home))
        self.process = None
        self.admin, self.developer, self.guest = (Client(self.url, user, USERS[user]) for user in USERS)

    @property
    def log_file(self):
        return os.path.join(self.home, "controller.log")

    def log(self):
        with open(self.log_file, errors="replace") as file:
            return file.read()

    def start(self):
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                ["java", "-Xmx768m", "-Djenkins.install.runSetupWizard=false", "-Dhudson.TcpSlaveAgentListener.port=-1",
                 "-Dhudson.model.UsageStatistics.disabled=true",
                 "-Dhudson.model.UpdateCenter.never=true", "-Dhudson.model.DownloadService.never=true",  # asks nobody outside
                 "-Djenkins.security.csp.CspHeader.headerName=Content-Security-Policy",  # enforced, not only reported
                 f"-Djava.io.tmpdir={self.home}", "-jar", self.war, "--httpListenAddress=127.0.0.1", f"--httpPort={self.port}"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                env={"PATH": os.environ["PATH"], "HOME": self.home, "JENKINS_HOME": self.home, "LC_ALL": "C.UTF-8",
                     "CASC_JENKINS_CONFIG": os.path.join(self.home, "jenkins.yaml")})
        self._wait()
        return self

    def _wait(self):
        def up():
            assert self.process.poll() is None, "Jenkins ended:\n" + self.log()[-5000:]
            return self.admin.json("api/json")

        wait_for("start of Jenkins", up, 240)

    def restart(self, kill=False):
        """As an administrator who stops and starts the service, or as a crash."""
        self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        self.process.wait(120)
        self.start()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
