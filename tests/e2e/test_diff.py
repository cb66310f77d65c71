"""`pinnace diff`: what changed from one image to another."""
import hashlib
import html.parser
import io
import os
import random
import re
import tarfile

import harness
from harness import Case
from images import canonical, make_tar, OCI
from registries import shared_registry
from test_packages import tar_of, write_layout, zip_of

EVIL = "\x1b]0;x\x07\n\u202e<script>`|"


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.seen = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


class Diff(Case):
    def diff(self, *arguments, expect=0, env=None, cwd=None):
        return self.pinnace("diff", *arguments, expect=expect, env=env, cwd=cwd)

    def images(self, old, new, **options):
        """The difference of images of these layers, for one platform."""
        for name, layers in (("old", old), ("new", new)):
            self.layers = write_layout(self.path(name), [make_tar(one) if isinstance(one, dict) else one for one in layers])
        result = self.diff("oci:old", "oci:new", "--format", "json", **options).json()
        self.assertEqual(len(result["platforms"]), 1)
        return result["platforms"][0]

    def two_versions(self):
        """(package, older, newer) of Debian, of which both are in the archive."""
        for name in ("libssl3", "libgnutls30", "libexpat1", "libxml2", "libc6"):
            lines = self.tool("apt-cache", "madison", name).out.splitlines()
            versions = list(dict.fromkeys(line.split("|")[1].strip() for line in lines))
            for newer in versions:
                for older in versions:
                    less = self.tool("dpkg", "--compare-versions", older, "lt", newer, check=False).code == 0
                    if less:
                        return name, older, newer
        self.fail("no package has two versions in the archive")

    def rootfs(self, package, version):
        root = self.path(version)
        for directory in ("var/lib/dpkg/info", "var/lib/dpkg/updates"):
            os.makedirs(os.path.join(root, directory))
        harness.write(os.path.join(root, "var/lib/dpkg/status"), "")
        harness.write(os.path.join(root, "etc/os-release"), "ID=debian\nVERSION_ID=12\n")
        self.tool("apt-get", "download", f"{package}={version}")
        archive = next(name for name in os.listdir(self.dir) if name.endswith(".deb"))
        self.tool("dpkg", f"--root={root}", "--force-all", "--unpack", archive)
        os.remove(self.path(archive))
        return tar_of(root)

    def test_a_package_of_debian_has_its_notices(self):
        package, older, newer = self.two_versions()
        old, new = self.rootfs(package, older), self.rootfs(package, newer)
        for direction in ("up", "down"):
            found = self.images([old], [new])
            self.assertEqual([(one["kind"], one["name"], one["from"], one["to"]) for one in found["packages"]],
                             [(direction, package, older, newer)])
            self.assertEqual(found["files"], [], "the package explains its files")
            self.assertGreater(found["records"], 0)
            change = found["packages"][0]
            self.assertIn(change["notices"][0]["version"].split("+b")[0], (newer if direction == "up" else older))
            said = " ".join(notice["text"] for notice in change["notices"])
            self.assertEqual(change["cves"], sorted(set(re.findall(r"CVE-\d{4}-\d{4,}", said))))
            self.assertRegex(self.diff("oci:old", "oci:new").out, rf"\n    {direction} +{package}  ")
            old, new, older, newer = new, old, newer, older

    def test_what_npm_and_pip_install_is_explained(self):
        def app(version):
            return {"app/node_modules/x/package.json": b'{"name": "x", "version": "%s"}' % version, "app/node_modules/x/index.js": version,
                    "py/site-packages/y-%s.dist-info/METADATA" % version.decode(): b"Name: y\nVersion: %s\n" % version,
                    "py/site-packages/y-%s.dist-info/RECORD" % version.decode():
                        b"y.py,,\ny-%s.dist-info/METADATA,,\ny-%s.dist-info/RECORD,,\n" % (version, version),
                    "py/site-packages/y.py": version, "app/own.js": b"own " + version + b"\n"}
        found = self.images([app(b"1.9.0")], [app(b"1.10.0")])
        self.assertEqual([(one["kind"], one["type"], one["name"]) for one in found["packages"]], [("up", "npm", "x"), ("up", "pypi", "y")])
        self.assertEqual([(one["path"], one["diff"]) for one in found["files"]],
                         [("app/own.js", "@@ -1 +1 @@\n-own 1.9.0\n+own 1.10.0\n")])

    def test_a_package_explains_only_what_its_records_have(self):
        def rootfs(version, **changed):
            files = {name: version for name in ("good", "trojan", "unlisted", "tool")}
            files.update({name: content.encode() for name, content in changed.items()})
            sums = "".join(f"{hashlib.md5(version).hexdigest()}  usr/bin/{name}\n" for name in ("good", "trojan", "tool"))
            listed = "".join(f"/usr/bin/{name}\n" for name in ("good", "trojan", "tool", "unlisted"))
            return {"var/lib/dpkg/status": b"Package: p\nVersion: %s\nConffiles:\n /etc/p.conf %s\n\nPackage: q\nVersion: 1\n"
                                           % (version, hashlib.md5(version).hexdigest().encode()),
                    "var/lib/dpkg/info/p.list": (listed + "/etc/p.conf\n").encode(), "var/lib/dpkg/info/p.md5sums": sums.encode(),
                    "var/lib/dpkg/info/q.list": b"/usr/bin/q\n", "etc/p.conf": version, "usr/bin/q": changed.get("q", "q").encode(),
                    **{f"usr/bin/{name}": (content, 0o4755 if (name, version) == ("tool", b"2") else 0o755)
                       for name, content in files.items() if name != "q"}}
        found = self.images([rootfs(b"1")], [rootfs(b"2", trojan="evil\n", q="evil")])
        self.assertEqual([(one["kind"], one["name"]) for one in found["packages"]], [("up", "p")])
        self.assertEqual([(one["path"], one["note"]) for one in found["files"]],
                         [("usr/bin/q", ""), ("usr/bin/tool", "setuid"), ("usr/bin/trojan", "its package has recorded another content"),
                          ("usr/bin/unlisted", "its package has no digest of it")])
        shown = self.diff("oci:old", "oci:new").out
        self.assertRegex(shown, r"\n +changed +usr/bin/trojan +[^\n]*; its package has recorded another content\n")

    def test_directories_devices_and_attributes(self):
        def layer(minor, capability):
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                for name, type, mode in (("dev/x", tarfile.CHRTYPE, 0o600), ("ping", tarfile.REGTYPE, 0o755), ("open", tarfile.DIRTYPE, 0o777)):
                    if name == "open" and not minor:
                        continue
                    entry = tarfile.TarInfo(name)
                    entry.type, entry.mode, entry.devmajor, entry.devminor = type, mode, 1, minor
                    if name == "ping" and capability:
                        entry.pax_headers = {"SCHILY.xattr.security.capability": capability}
                    tar.addfile(entry)
            return out.getvalue()
        found = self.images([layer(0, "")], [layer(3, "\x01\x02")])
        self.assertEqual([(one["path"], one["note"]) for one in found["files"]],
                         [("dev/x", "a device"), ("open", "all may write it"), ("ping", "capabilities")])
        self.assertEqual([found["files"][0]["to"]["device"], found["files"][2]["to"]["attributes"]], ["c 1:3", ["security.capability=0102"]])

    def test_a_second_image_for_a_platform_is_said(self):
        registry = shared_registry()
        repository = f"diff{random.randrange(1 << 40):x}/web"
        for tag, versions in (("1", [b"1"]), ("2", [b"1", b"2"]), ("3", [b"1", b"3"])):
            self.push(registry, repository, tag, [("amd64", version) for version in versions])
        name = f"{registry.host}/{repository}"

        def platform(left, right):
            result = self.diff("--exit-code", f"{name}:{left}", f"{name}:{right}", "--format", "json", expect=1).json()
            return result["platforms"][0]
        found = platform(1, 2)
        self.assertEqual(found["state"], "changed")
        self.assertIn("the second image: its index lists 2 images for linux/amd64", found["findings"][0])
        self.assertEqual(len(platform(2, 3)["findings"]), 2)

    def test_only_layers_that_differ_are_read(self):
        base = {"etc/base": b"", "usr/bin/x": b"x"}
        found = self.images([base, {"opt/a": b"1\n"}], [base, {"opt/a": b"2\n"}])
        self.assertEqual(found["base"]["sharedLayers"], 1)
        self.assertEqual([one["reused"] for one in found["layers"]], [True, False])
        for directory in ("old", "new"):
            os.remove(self.path(directory, "blobs/sha256", self.layers[0][7:]))
        again = self.diff("oci:old", "oci:new", "--format", "json", env={"PINNACE_STORE": self.path("other")}).json()
        self.assertEqual(again["platforms"], [found])
        self.assertEqual(found["files"][0]["diff"], "@@ -1 +1 @@\n-1\n+2\n")

    def test_a_configuration_that_promises_what_there_is_not_hides_nothing(self):
        good, evil = make_tar({"opt/a": b"good"}), make_tar({"opt/a": b"evil"})
        top = make_tar({"opt/top": b""})
        for above in ([], [top]):
            write_layout(self.path("old"), [good, *above])
            write_layout(self.path("new"), [evil, *above], promised=[good, *above])
            said = self.diff("oci:old", "oci:new", expect=3).err
            self.assertIn("configuration", said)

    def test_layers_below_count_where_one_deletes(self):
        base = {"etc/base": b"", "etc/kept": b""}
        found = self.images([base, {"opt/a": b""}], [base, {"opt/a": b"", "etc/.wh.base": b""}])
        self.assertEqual([(one["path"], one["to"]) for one in found["files"]], [("etc/base", None)])

    def test_exit_codes(self):
        self.images([{"a": b"1"}], [{"a": b"2"}])
        self.diff("--exit-code", "oci:old", "oci:old")
        self.diff("--exit-code", "oci:old", "oci:new", expect=1)
        self.diff("--exit-code", "oci:old", "oci:nowhere", expect=2)
        self.diff("oci:old", "oci:new", "--platform", "linux/s390x", expect=2)
        self.assertIn("The images are the same", self.diff("oci:old", "oci:old").out)

    def push(self, registry, repository, tag, versions):
        entries = []
        for architecture, version in versions.items() if isinstance(versions, dict) else versions:
            tar = make_tar({"srv/app.jar": zip_of({"META-INF/MANIFEST.MF": b"Implementation-Version: %s\n" % version})})
            configuration = canonical({"os": "linux", "architecture": architecture, "config": {"Env": [f"V={version.decode()}"]},
                                       "rootfs": {"type": "layers", "diff_ids": [harness.sha256(tar)]}})

            def put(data, media_type):
                return {"mediaType": media_type, "digest": registry.put_blob(repository, data), "size": len(data)}
            manifest = canonical({"schemaVersion": 2, "mediaType": OCI["manifest"], "config": put(configuration, OCI["config"]),
                                  "layers": [put(tar, "application/vnd.oci.image.layer.v1.tar")]})
            digest = registry.put_manifest(repository, harness.sha256(manifest), manifest, OCI["manifest"])
            entries.append({"mediaType": OCI["manifest"], "digest": digest, "size": len(manifest),
                            "platform": {"os": "linux", "architecture": architecture}})
        registry.put_manifest(repository, tag, canonical({"schemaVersion": 2, "mediaType": OCI["index"], "manifests": entries}), OCI["index"])

    def test_platforms_of_a_registry(self):
        registry = shared_registry()
        repository = f"diff{random.randrange(1 << 40):x}/web"
        self.push(registry, repository, "1", {"amd64": b"1.9", "arm64": b"1.9", "s390x": b"1.9"})
        self.push(registry, repository, "2", {"amd64": b"1.10", "arm64": b"1.9", "riscv64": b"1.9"})
        name = f"{registry.host}/{repository}"
        result = self.diff(f"{name}:1", f"{name}:2", "--format", "json").json()
        self.assertEqual({one["platform"]: one["state"] for one in result["platforms"]},
                         {"linux/amd64": "changed", "linux/arm64": "same", "linux/riscv64": "added", "linux/s390x": "removed"})
        changed = result["platforms"][0]
        self.assertEqual([(one["path"], one["fromPurl"], one["toPurl"]) for one in changed["code"]["artifacts"]],
                         [("srv/app.jar", "pkg:maven/app@1.9", "pkg:maven/app@1.10")])
        self.assertEqual(changed["settings"], [{"field": "Env", "key": "V", "from": "1.9", "to": "1.10"}])
        self.assertIn("linux/arm64: the index changed, this platform did not", self.diff(f"{name}:1", f"{name}:2").out)
        self.diff("--exit-code", "--platform", "linux/arm64", f"{name}:1", f"{name}:2")
        self.diff("--exit-code", "--platform", "linux/amd64", f"{name}:1", f"{name}:2", expect=1)

    def test_commits_of_a_clone(self):
        clone = self.files("clone", {"pinnace.yaml": "version: 1\nbase: scratch\nartifacts: [{from: a, to: /var/lib/dpkg/status}]\n"})
        git = ["git", "-c", "user.name=A\x1b[31m", "-c", "user.email=a@example.test"]
        self.tool("git", "init", "--quiet", "-b", "main", cwd=clone)
        revisions = []
        for number in range(3):
            harness.write(os.path.join(clone, "a"), f"Package: x\nVersion: {number}\n")
            if number == 1:
                harness.write(os.path.join(clone, "sub/pinnace.lock.json"), "{}")
            self.tool("git", "add", ".", cwd=clone)
            self.tool(*git, "commit", "--quiet", "-m", f"change {number}\u202e", cwd=clone)
            revisions.append(self.tool("git", "rev-parse", "HEAD", cwd=clone).out.strip())
            self.pinnace("build", "-t", f"oci:{self.path('out')}:{number}", "--platform", "linux/amd64", "--label",
                         f"org.opencontainers.image.revision={revisions[-1]}", cwd=clone)
        # what a stranger's clone would run is not run
        harness.write(self.path("run"), f"#!/bin/sh\ntouch {self.path('was-run')}\n", 0o755)
        for key, value in (("core.fsmonitor", self.path("run")), ("gpg.program", self.path("run")), ("log.showSignature", "true"),
                           ("core.pager", self.path("run")), ("core.alternateRefsCommand", self.path("run"))):
            self.tool("git", "config", key, value, cwd=clone)
        images = [f"oci:{self.path('out')}:{number}" for number in range(3)]

        def platform(*arguments, **options):
            return self.diff("--format", "json", *arguments, **options).json()["platforms"][0]

        def code(*arguments, **options):
            return platform(*arguments, **options)["code"]
        found = code(images[0], images[2], cwd=clone)
        self.assertEqual([(one["kind"], one["id"], one["author"], one["subject"]) for one in found["commits"]],
                         [("added", revisions[i], "A\\x1b[31m", f"change {i}\\u{{202e}}") for i in (2, 1)])
        self.assertEqual([one["kind"] for one in code(images[2], images[1], "--source", clone)["commits"]], ["removed"])
        self.assertEqual(platform(images[0], images[2], cwd=clone)["packages"][0]["commit"]["id"], revisions[1])
        self.assertIsNone(platform(images[1], images[2], cwd=clone)["packages"][0]["commit"])
        self.assertIn("no git clone", code(images[0], images[1])["note"])
        self.assertIn(f"commit   {revisions[2][:12]}", self.diff(images[1], images[2], "--source", clone).out)
        self.assertFalse(os.path.exists(self.path("was-run")))

    def test_names_steer_nothing_in_any_format(self):
        name = f"srv/{EVIL}"
        with io.BytesIO() as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                tar.addfile(tarfile.TarInfo(name))
            layer = out.getvalue()
        found = self.images([{"srv/a": b"a\n"}], [layer])
        self.assertEqual(found["files"][0]["path"], "srv/\\x1b]0;x\\x07\\n\\u{202e}<script>`|")
        for format in ("text", "json", "markdown", "html"):
            shown = self.diff("oci:old", "oci:new", "--format", format)
            for text in (shown.out, shown.err):
                self.assertFalse(set(text) & set("\x1b\x07\u202e"), format)
        tags = Tags(shown.out)
        self.assertEqual(tags.open, [])
        self.assertNotIn("script", tags.seen)
        self.assertNotRegex(shown.out, r"(src=|href=|url\()")
