"""What the tests share: a controller, an agent, registries with passwords, an image to build on, behind a gate."""
import base64
import contextlib
import json
import os
import urllib.error
import urllib.request

from agent import Agent
from controller import USERS, Controller
from gate import Gate
from images import push_base
from jobs import Jobs
from registries import Registry

CI = ("ci-user", "ci-pass word&<")
PROD = ("prod-user", "prod-password")
PERMISSIONS = {
    "admin": ["Overall/Administer"],
    "developer": ["Overall/Read", "Job/Read", "Job/Build", "Job/Cancel"],
    "guest": ["Overall/Read"],
}


def configuration(ci, prod, gate, engine):
    """jenkins.yaml. JSON is YAML."""
    def password(identifier, login, scope):
        return {"usernamePassword": {"scope": scope, "id": identifier, "username": login[0], "password": login[1]}}

    return json.dumps({
        "jenkins": {
            "numExecutors": 1,
            "securityRealm": {"local": {"allowsSignup": False, "users": [
                {"id": user, "password": secret} for user, secret in USERS.items()]}},
            "authorizationStrategy": {"projectMatrix": {"entries": [
                {"user": {"name": user, "permissions": permissions}} for user, permissions in PERMISSIONS.items()]}},
            "nodes": [{"permanent": {"name": "agent", "labelString": "agent", "mode": "EXCLUSIVE", "numExecutors": 3,
                                     "remoteFS": "@HOME@/agent", "launcher": "inbound"}}],
        },
        "credentials": {"system": {"domainCredentials": [{"credentials": [
            password("ci", CI, "GLOBAL"), password("prod", PROD, "SYSTEM")]}]}},
        "unclassified": {
            "location": {"url": "@URL@"},
            "pinnace": {
                "engine": engine,
                "registries": [
                    {"name": "ci", "url": ci.host, "credentialsId": "ci", "plainHttp": True},
                    {"name": "bases", "url": gate.host, "plainHttp": True},
                    {"name": "production", "url": prod.host, "plainHttp": True},
                ],
                "environments": [
                    {"name": "test", "repository": ci.host + "/test", "credentialsId": "ci"},
                    {"name": "labelled", "repository": ci.host + "/labelled", "credentialsId": "ci", "promotionLabel": "agent"},
                    {"name": "prod", "repository": prod.host + "/shop", "credentialsId": "prod", "immutable": True},
                ],
            },
        },
    }, indent=1)


class World:
    def __init__(self, war, plugins, hpi, engine="PROCESS"):
        self._exit = contextlib.ExitStack()
        self.figures = {}  # for the record
        try:
            self.ci = self._exit.enter_context(Registry(htpasswd=CI))
            self.prod = self._exit.enter_context(Registry(htpasswd=PROD))
            bases = self._exit.enter_context(Registry())
            push_base(bases)
            self.gate = Gate(bases)
            self._exit.callback(self.gate.stop)
            self.base = self.gate.host + "/base/busybox:1"
            self.controller = Controller(war, plugins, hpi, configuration(self.ci, self.prod, self.gate, engine))
            self._exit.callback(self.controller.stop)
            self.controller.start()
            self.agent = Agent(self.controller, "agent")
            self._exit.callback(self.agent.stop)
            self.agent.start()
            self.jobs = Jobs(self.controller)
        except BaseException:
            self.close()
            raise

    def close(self):
        self._exit.close()

    def definition(self, base=None, text="hello"):
        """Groovy that writes a pinnace.yaml."""
        return ("writeFile file: 'hello.txt', text: '" + text + "'\n"
                "writeFile file: 'pinnace.yaml', text: '''version: 1\nbase: " + (base or "scratch") + "\n"
                "platforms: [linux/amd64]\nartifacts:\n  - {from: hello.txt, to: /srv/hello.txt}\n'''\n")

    def digest(self, registry, login, repository, tag):
        """What the registry has, asked without pinnace; None if nothing."""
        request = urllib.request.Request(f"http://{registry.host}/v2/{repository}/manifests/{tag}", method="HEAD")
        request.add_header("Authorization", "Basic " + base64.b64encode(":".join(login).encode()).decode())
        request.add_header("Accept", Registry.ACCEPT)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.headers["Docker-Content-Digest"]
        except urllib.error.HTTPError as error:
            assert error.code == 404, error
            return None

    def in_ci(self, repository, tag):
        return self.digest(self.ci, CI, repository, tag)

    def in_prod(self, repository, tag):
        return self.digest(self.prod, PROD, "shop/" + repository, tag)


SECRETS = [CI[1], PROD[1]]
