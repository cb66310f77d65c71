#!/usr/bin/env python3
"""Copies and builds a layer that is far larger than memory should ever be, and checks how much memory that takes.

  tests/fault/large_blob.py [--gib N]

The layer is not stored anywhere: one server makes it while it is read, another one hashes what it is sent and forgets it;
the file that is built from is sparse. Exits with 1 if pinnace takes more than 64 MiB.
"""
import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)),
                os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e")]
from harness import PINNACE, environment, sha256, write
from images import OCI, canonical
from proxy import Dropped, Exchange, Record, Server

LIMIT = 64  # MiB
BLOCK = random.Random(3).randbytes(1 << 20)


class Handler(Exchange):
    """A registry that has one image, whose layer is BLOCK again and again, and forgets what it is sent."""

    def handle_any(self):
        self.record = Record(self.command, self.path, {})
        path, _, query = self.path.partition("?")
        try:
            self.answer_for(path, urllib.parse.parse_qs(query))
        except (Dropped, OSError):
            self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = handle_any

    def answer_for(self, path, query):
        kept = self.server.kept
        if "/blobs/uploads/" in path:
            return self.upload(path, query)
        if self.command == "PUT":
            body = b"".join(self.body())
            kept[sha256(body)] = body
            return self.reply(201, Docker_Content_Digest=sha256(body))
        name = path.rsplit("/", 1)[1]
        if name == self.server.layer:
            return self.send_layer()
        if name in kept:
            manifest = "/manifests/" in path
            return self.reply(200, kept[name], Content_Type=OCI["manifest"] if manifest else "application/octet-stream",
                              **({"Docker_Content_Digest": sha256(kept[name])} if manifest else {}))
        self.reply(404)

    def send_layer(self):
        self.start(200, [("Content-Length", str(self.server.blocks * len(BLOCK)))])
        for _ in range(self.server.blocks):
            self.send(BLOCK)

    def upload(self, path, query):
        if self.command == "POST":
            session = f"{path}{len(self.server.sessions)}"
            self.server.sessions[session] = hashlib.sha256()
            return self.reply(202, Location=session)
        hasher = self.server.sessions[path]
        for piece in self.body():
            hasher.update(piece)
        if self.command == "PATCH":
            return self.reply(202, Location=path)
        right = query["digest"] == ["sha256:" + hasher.hexdigest()]
        self.reply(201 if right else 400, b"" if right else b'{"errors":[{"code":"DIGEST_INVALID","message":"other"}]}')


class Registry(Server):
    def __init__(self, blocks, layer=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server_port}"
        self.blocks, self.layer = blocks, layer
        self.kept, self.sessions = {}, {}
        threading.Thread(target=self.serve_forever, daemon=True).start()


def digest_of_layer(blocks):
    hasher = hashlib.sha256()
    for _ in range(blocks):
        hasher.update(BLOCK)
    return "sha256:" + hasher.hexdigest()


def source_with_image(blocks):
    source = Registry(blocks, digest_of_layer(blocks))
    config = canonical({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [source.layer]}})
    manifest = canonical({
        "schemaVersion": 2, "mediaType": OCI["manifest"],
        "config": {"mediaType": OCI["config"], "size": len(config), "digest": sha256(config)},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "size": blocks * len(BLOCK), "digest": source.layer}]})
    source.kept = {sha256(config): config, sha256(manifest): manifest, "1": manifest}
    return source


def measured(what, arguments, home):
    """Runs pinnace; prints and returns its peak of resident memory in MiB."""
    started = time.monotonic()
    process = subprocess.Popen([PINNACE, "--quiet", *arguments], env=environment(home), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    peak = usage.ru_maxrss / 1024
    print(f"{what}: {time.monotonic() - started:.1f} s, {usage.ru_utime + usage.ru_stime:.1f} s CPU, peak {peak:.1f} MiB, "
          f"{out.strip()}", flush=True)
    if status != 0:
        sys.exit(f"{what} failed")
    return peak


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gib", type=int, default=1)
    gib = parser.parse_args().gib
    source, target = source_with_image(gib * 1024), Registry(0)
    with tempfile.TemporaryDirectory(prefix="pinnace-large-") as home:
        peaks = [measured(f"copy of a layer of {gib} GiB", ["copy", f"{source.host}/large:1", f"{target.host}/large:1"], home)]
        with open(os.path.join(home, "sparse"), "wb") as file:
            file.truncate(gib << 30)
        write(os.path.join(home, "pinnace.yaml"),
              "version: 1\nbase: scratch\nartifacts: [{from: sparse, to: /sparse}]\nplatforms: [linux/amd64]\n")
        os.chdir(home)
        peaks.append(measured(f"build of a layer of {gib} GiB", ["build", "-t", f"{target.host}/built:1"], home))
    sys.exit(max(peaks) > LIMIT)


if __name__ == "__main__":
    main()
