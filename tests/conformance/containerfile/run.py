#!/usr/bin/env python3
"""Builds the corpus with pinnace and with buildah, and compares configuration and files.

    tests/conformance/containerfile/run.py [--pinnace FILE] [CASE...]

Ends with 1 if a case differs that cases.DIFFERENCES does not explain. Needs buildah and root, for a few cases BuildKit
(bench/get-buildkit). Not compared, because
docs/formats/containerfile.md says that they differ: times, history, how many layers there are.
"""

import argparse
import gzip
import hashlib
import http.server
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
from pathlib import Path

import buildkit
import cases

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "e2e"))
import remote_case  # noqa: E402
BUILDER_LABELS = ("io.buildah.version",)


def write_context(directory):
    for name, value in cases.CONTEXT.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(value, tuple) and value[0] == "link":
            path.symlink_to(value[1])
            continue
        mode, text = value if isinstance(value, tuple) else (0o644, value)
        path.write_text(text)
        path.chmod(mode)
    for path in [directory, *directory.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    write_tar(directory / "tree.tar")
    (directory / "tree.tgz").write_bytes(gzip.compress((directory / "tree.tar").read_bytes()))
    (directory / "note.gz").write_bytes(gzip.compress(b"note\n"))
    run(["zstd", "-q", directory / "tree.tar"])


def write_tar(path):
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        def add(name, kind, mode, data=b"", link=""):
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.uid, info.gid, info.linkname = kind, mode, 3, 4, link
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        add("t", tarfile.DIRTYPE, 0o750)
        add("t/f", tarfile.REGTYPE, 0o640, b"F\n")
        add("t/hard", tarfile.LNKTYPE, 0o640, link="t/f")
        add("t/soft", tarfile.SYMTYPE, 0o777, link="f")


def make_base(pinnace, directory):
    """An image with accounts, a link in place of /bin, and a configuration."""
    context = directory / "base"
    context.mkdir()
    (context / "passwd").write_text("root:x:0:0:root:/:/bin/sh\nweb:x:33:34:web:/:/bin/sh\n")
    (context / "group").write_text("root:x:0:\nstaff:x:50:web\n")
    (context / "tool").write_text("tool\n")
    shutil.copy("/bin/busybox", context / "busybox")
    (context / "Containerfile").write_text(
        "FROM scratch\nCOPY passwd group /etc/\nCOPY --chmod=755 busybox /usr/bin/sh\nCOPY --chown=1:2 tool /usr/bin/\nCOPY links /\n"
        'ENV BASE_VAR=base\nCMD ["base"]\nLABEL base=yes\n')
    links = context / "links"
    links.mkdir()
    os.symlink("usr/bin", links / "bin")
    # Places of mounts: buildah leaves those that it makes, which no other builder does.
    for name in ("dev", "proc", "sys", "run", "etc"):
        (links / name).mkdir()
    for name in ("hostname", "hosts", "resolv.conf"):
        (links / "etc" / name).touch()
    name = f"oci:{directory}/images:base"
    run([pinnace, "build", "-f", context / "Containerfile", "-t", name])
    return name


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def read_image(layout, tag):
    def blob(descriptor):
        return (layout / "blobs" / descriptor["digest"].replace(":", "/")).read_bytes()
    index = json.loads((layout / "index.json").read_bytes())
    entry = next(one for one in index["manifests"]
                 if one.get("annotations", {}).get("org.opencontainers.image.ref.name") == tag)
    manifest = json.loads(blob(entry))
    files = {}
    for layer in manifest["layers"]:
        apply_layer(files, blob(layer))
    return json.loads(blob(manifest["config"])), files


def apply_layer(files, data):
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as tar:
        members = tar.getmembers()
        contents = {}
        for one in members:
            name = one.name.strip("/").removeprefix("./")
            parent, _, base = name.rpartition("/")
            if base.startswith(".wh."):
                gone = "/".join(filter(None, (parent, base[4:])))
                for path in [path for path in files if path == gone or path.startswith(gone + "/")]:
                    del files[path]
            elif name not in ("", "."):
                if one.islnk():
                    files[name] = files[one.linkname.strip("/")]
                    continue
                if not one.isdir():  # what a directory had is gone with it
                    for path in [path for path in files if path.startswith(name + "/")]:
                        del files[path]
                contents[name] = tar.extractfile(one).read() if one.isfile() else b""
                kind = "file" if one.isfile() else "directory" if one.isdir() else "link"
                mode = None if one.issym() else oct(one.mode & 0o7777)
                xattrs = {key: value for key, value in one.pax_headers.items() if "xattr" in key}
                files[name] = (kind, mode, one.uid, one.gid, one.linkname, contents[name], str(xattrs))


def comparable(config):
    """What is compared of a configuration, empty fields left out."""
    wanted = {key: config.get("config", {}).get(key) for key in (
        "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal",
        "Healthcheck", "Shell", "OnBuild")}
    labels = {key: value for key, value in (wanted["Labels"] or {}).items() if key not in BUILDER_LABELS}
    wanted["Labels"] = labels
    wanted["author"] = config.get("author")
    wanted["platform"] = (config["os"], config["architecture"])
    return {key: value for key, value in wanted.items() if value}


def differences(ours, theirs):
    found = []
    our_config, their_config = comparable(ours[0]), comparable(theirs[0])
    for key in sorted(set(our_config) | set(their_config)):
        if our_config.get(key) != their_config.get(key):
            found.append(f"config {key}: pinnace {our_config.get(key)}, buildah {their_config.get(key)}")
    for path in sorted(set(ours[1]) | set(theirs[1])):
        if ours[1].get(path) != theirs[1].get(path):
            found.append(f"file {path}: pinnace {ours[1].get(path)}, buildah {theirs[1].get(path)}")
    return found


def make_repository(directory):
    """A bare repository with one commit; returns the commit."""
    work = directory / "work"
    shutil.copytree(directory.parent / "context/dir", work, symlinks=True)
    (work / "tool").write_text("#!/bin/sh\n")
    (work / "tool").chmod(0o755)
    git = ["git", "-C", work, "-c", "user.name=a", "-c", "user.email=a@b"]
    run(["git", "init", "-q", "-b", "main", work])
    run([*git, "add", "-A"])
    run([*git, "commit", "-q", "-m", "one"])
    run(["git", "clone", "-q", "--bare", work, directory / "project.git"])
    return run([*git, "rev-parse", "HEAD"]).strip()


def serve(context, repositories):
    """The files of the context, and repositories below /git/, on a free port of the loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), remote_case.Handler)
    server.files = {f"/{path.relative_to(context)}": path.read_bytes() for path in context.rglob("*") if path.is_file()}
    server.asked, server.repositories = [], str(repositories)
    server.before_answer = lambda: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


class Corpus:
    def __init__(self, pinnace, directory):
        self.pinnace, self.directory = pinnace, directory
        self.context = directory / "context"
        self.context.mkdir()
        write_context(self.context)
        os.environ["PINNACE_STORE"] = str(directory / "store")
        self.buildah = ["buildah", "--root", directory / "root", "--runroot", directory / "run",
                        "--storage-driver", "vfs"]
        self.base = make_base(pinnace, directory)
        repositories = directory / "repositories"
        repositories.mkdir()
        commit = make_repository(repositories)
        digest = hashlib.sha256((self.context / "a.txt").read_bytes()).hexdigest()
        self.words = {"BASE": self.base, "URL": serve(self.context, repositories), "COMMIT": commit, "SHA256": digest}
        self.buildkit = buildkit.BuildKit(directory) if buildkit.is_here() else None

    def stop(self):
        if self.buildkit:
            self.buildkit.stop()

    def compare(self, name, text, options):
        containerfile = self.context / "Containerfile"
        containerfile.write_text(re.sub("|".join(rf"\b{word}\b" for word in self.words), lambda found: self.words[found[0]], text) + "\n")
        flags = []
        for key, value in options.get("args", {}).items():
            flags += ["--build-arg", f"{key}={value}"]
        if "target" in options:
            flags += ["--target", options["target"]]
        layout = self.directory / "out"
        run([self.pinnace, "build", "-f", containerfile, "-t", f"oci:{layout}:p-{name}", *flags])
        if options.get("peer") == "buildkit":
            theirs = read_image(self.buildkit.build(self.context, f"theirs:{name}"), name)
            return differences(read_image(layout, f"p-{name}"), theirs)
        run([*self.buildah, "bud", "--isolation", "chroot", "--format", "docker", "-q", "-f", containerfile,
             "-t", name, *flags, self.context])
        # Docker's format keeps what OCI's configuration has no field for: health checks, the shell, triggers.
        run([*self.buildah, "push", "-q", "--format", "v2s2", name, f"oci:{self.directory}/theirs:{name}"])
        found = differences(read_image(layout, f"p-{name}"), read_image(self.directory / "theirs", name))
        run([*self.buildah, "rmi", "-f", name])
        return found


def judge(corpus, name, text, settings):
    """A verdict and what it stands on. A build that failed is never explained."""
    if settings.get("peer") == "buildkit" and corpus.buildkit is None:
        return "left out", ["bench/get-buildkit was not run"]
    try:
        found = corpus.compare(name, text, settings)
    except RuntimeError as error:
        return "different", [str(error)]
    if "differs" not in settings:
        return ("different", found) if found else ("alike", [])
    if not found:
        return "different", [f"is alike now, and should not be named in DIFFERENCES: {settings['differs']}"]
    return "explained", [cases.DIFFERENCES[settings["differs"]], *found]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pinnace", default=HERE.parents[2] / "build/release/pinnace")
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    wanted = [case for case in cases.CASES if not options.cases or case[0] in options.cases]
    counts = {"alike": 0, "explained": 0, "different": 0, "left out": 0}
    # The name is part of references: buildah takes no random characters there.
    directory = Path(tempfile.gettempdir()) / f"pinnace-conformance-{os.getpid()}"
    directory.mkdir(mode=0o755)
    corpus = None
    try:
        corpus = Corpus(options.pinnace, directory)
        for name, text, settings in wanted:
            verdict, lines = judge(corpus, name, text, settings)
            counts[verdict] += 1
            if lines:
                print(f"{verdict}: {name}", *lines, sep="\n    ", flush=True)
    finally:
        if corpus:
            corpus.stop()
        shutil.rmtree(directory, ignore_errors=True)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
