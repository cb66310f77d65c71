"""Jobs and builds."""
import re
from xml.sax.saxutils import escape

from client import wait_for


def pipeline(script, properties=""):
    return (f"<flow-definition><properties>{properties}</properties><definition class='org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition'>"
            f"<script>{escape(script)}</script><sandbox>true</sandbox></definition></flow-definition>")


def freestyle(builders, label="agent"):
    return (f"<project><assignedNode>{label}</assignedNode><canRoam>false</canRoam>"
            f"<builders>{builders}</builders></project>")


class Build:
    def __init__(self, client, path):
        self.client = client
        self.path = path

    def log(self):
        return self.client.get(self.path + "consoleText")

    def wait_for_log(self, text, seconds=120):
        wait_for(f"{text!r} in the log", lambda: text in self.log(), seconds)

    def stop(self):
        self.client.post(self.path + "stop")

    def result(self, seconds=180):
        def ended():
            state = self.client.json(self.path + "api/json?tree=building,result")
            return not state["building"] and state["result"]

        try:
            return wait_for(self.path, ended, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()}") from None

    def succeed(self):
        result = self.result()
        assert result == "SUCCESS", f"{self.path}: {result}\n{self.log()}"
        return self

    def containers(self):
        return self.client.json(self.path + "containers/api/json?depth=3")


class Jobs:
    """Makes jobs, each with a name of its own, as administrator."""

    def __init__(self, controller):
        self.controller = controller
        self._count = 0

    def create(self, configuration, folder=""):
        self._count += 1
        name = f"job{self._count}"
        self.controller.admin.post(f"{folder}createItem?name={name}", configuration.encode(), "text/xml; charset=utf-8")
        return f"{folder}job/{name}/"

    def folder(self, name, properties=""):
        self.controller.admin.post(
            f"createItem?name={name}",
            f"<com.cloudbees.hudson.plugins.folder.Folder><properties>{properties}</properties>"
            "</com.cloudbees.hudson.plugins.folder.Folder>".encode(), "text/xml")
        return f"job/{name}/"

    def start(self, job, client=None):
        client = client or self.controller.admin
        headers, _ = client.post(job + "build?delay=0sec")
        item = re.search(r"queue/item/\d+/", headers["Location"]).group(0)
        number = wait_for(f"start of {job}", lambda: client.json(item + "api/json").get("executable"))["number"]
        return Build(self.controller.admin, f"{job}{number}/")

    def run(self, script, client=None, folder=""):
        return self.start(self.create(pipeline(script), folder), client)
