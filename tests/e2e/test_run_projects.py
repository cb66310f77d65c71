"""Dockerfiles of several stages as projects have them: built without privileges on bases of Debian's packages, with
dependencies from the registries of their languages, and their containers answer. Only with --long."""
import os
import shutil
import unittest
import urllib.request

import harness
from registries import shared_registry
from test_run import AS_USER, RunCase
from test_run_debian import debian_rootfs
from test_run_image import Images

PROJECTS = os.path.join(harness.HERE, "projects")
INSTALL = "RUN apt-get update && apt-get install -y --no-install-recommends {} && rm -rf /var/lib/apt/lists/*\n"
PACKAGES = {"golang:1.19": "golang-go ca-certificates", "maven:3": "maven openjdk-17-jdk-headless",
            "jre:17": "openjdk-17-jre-headless", "node:18": "nodejs npm ca-certificates",
            "python:3.11": "python3 python3-pip python3-venv ca-certificates", "nginx:1.22": "nginx"}
# What this machine trusts: where a proxy stands between it and the registries, RUN has to trust the same.
TRUST = {"ca": "/etc/ssl/certs/ca-certificates.crt", "cacerts": "/etc/ssl/certs/java/cacerts"}


@unittest.skipUnless(harness.LONG, "only with --long")
class Projects(RunCase):
    prefix = AS_USER
    start = Images.start
    pushed = set()  # bases that an earlier test has made

    def push_base(self, name):
        """An image as the language's official one, of Debian's packages."""
        if name in self.pushed:
            return
        text = "FROM scratch AS debian\nADD rootfs.tar /\nENV DEBIAN_FRONTEND=noninteractive\nCMD [\"bash\"]\n"
        if name in PACKAGES:
            text += "FROM debian\n" + INSTALL.format(PACKAGES[name])
        bases = self.files("bases", {"Containerfile": text})
        shutil.copy(debian_rootfs(), self.path("bases", "rootfs.tar"))
        self.pinnace("build", "-f", f"{bases}/Containerfile", "-t", f"{self.registry.host}/{name}", prefix=self.prefix,
                     timeout=1200)
        self.pushed.add(name)

    def answer_of(self, project, *bases, arguments=()):
        self.registry = shared_registry()
        for base in bases:
            self.push_base(base)
        shutil.copytree(os.path.join(PROJECTS, project), self.path("project"))
        secrets = [word for name, file in TRUST.items() if os.path.exists(file) for word in ("--secret", f"id={name},src={file}")]
        self.pinnace("build", "-f", self.path("project", "Dockerfile"), "-t", f"oci:{self.out}:1",
                     "--build-arg", f"REGISTRY={self.registry.host}", *secrets, *arguments, prefix=self.prefix, timeout=1200)
        process, ports = self.start(f"oci:{self.out}:1", "-p", "8080", "--wait-http", ":8080/")
        with urllib.request.urlopen(f"http://127.0.0.1:{ports[0]['hostPort']}/", timeout=20) as answer:
            text = answer.read().decode()
        process.terminate()
        process.communicate(timeout=60)
        return text

    def test_go(self):
        self.assertEqual(self.answer_of("go", "golang:1.19"),
                         "go says: Don't communicate by sharing memory, share memory by communicating.\n")

    def test_maven(self):
        self.assertEqual(self.answer_of("maven", "maven:3", "jre:17"), '{"says":"java"}')

    def test_node(self):
        self.assertIn("node says hello</h1>", self.answer_of("node", "node:18"))

    def test_python(self):
        self.assertEqual(self.answer_of("python", "python:3.11"), "python says &lt;hello&gt;")

    def test_nginx(self):
        text = self.answer_of("nginx", "debian:12", "nginx:1.22", arguments=("--build-arg", "VERSION=7"))
        self.assertEqual(text, "<h1>nginx says 7</h1>\n")
