"""How each tool is asked to copy an image from one registry to another."""
import os
import shutil

from harness import PATH, PINNACE, run

PEERS = ("crane", "skopeo", "regctl", "oras")


def installed(name):
    return name == "pinnace" or shutil.which(name, path=PATH) is not None


def prepare(name, hosts, home, env, settings):
    """What a user configures beforehand: plain http, and for pinnace its limits."""
    if name == "regctl":
        for host in hosts:
            run(["regctl", "registry", "set", "--tls", "disabled", host], env=env)
    if name == "pinnace":
        path = os.path.join(home, "registries.yaml")
        with open(path, "w") as file:
            file.write(f"version: 1\n{settings}")
        env["PINNACE_REGISTRIES"] = path


def command(name, source, target):
    return {
        "pinnace": [PINNACE, "--quiet", "copy", source, target],
        "crane": ["crane", "copy", "--insecure", source, target],
        "skopeo": ["skopeo", "copy", "-q", "--all", "--preserve-digests", "--src-tls-verify=false",
                   "--dest-tls-verify=false", f"docker://{source}", f"docker://{target}"],
        "regctl": ["regctl", "image", "copy", source, target],
        "oras": ["oras", "cp", "--from-plain-http", "--to-plain-http", source, target],
    }[name]


def version(name):
    arguments = {"pinnace": [PINNACE, "--version"], "skopeo": ["skopeo", "--version"]}.get(name, [name, "version"])
    out = run(arguments, env={**os.environ, "PATH": PATH}).out
    return next((word.lstrip("v") for word in out.split() if word.lstrip("v")[:1].isdigit()), out.strip())
