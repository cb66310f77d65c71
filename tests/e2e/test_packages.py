"""`pinnace packages`: what is installed in an image, compared with what the tools say that installed it."""
import gzip
import io
import json
import os
import shutil
import struct
import tarfile
import zipfile

import harness
from harness import Case
from images import OCI, canonical, make_tar
from test_run_debian import debian_rootfs

MIB = 1 << 20


def write_layout(directory, layers, promised=None):
    """An OCI layout with an image of these tar archives, whose configuration promises others if they are given; returns the
    digests of its layers."""
    blobs = os.path.join(directory, "blobs", "sha256")
    os.makedirs(blobs, exist_ok=True)

    def put(data, media_type):
        digest = harness.sha256(data)
        harness.write(os.path.join(blobs, digest[7:]), data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    descriptors = [put(gzip.compress(layer, 1, mtime=0), OCI["layer"]) for layer in layers]
    config = {"architecture": "amd64", "os": "linux",
              "rootfs": {"type": "layers", "diff_ids": [harness.sha256(layer) for layer in promised or layers]}}
    manifest = {"schemaVersion": 2, "mediaType": OCI["manifest"], "layers": descriptors,
                "config": put(canonical(config), "application/vnd.oci.image.config.v1+json")}
    index = {"schemaVersion": 2, "mediaType": OCI["index"], "manifests": [put(canonical(manifest), OCI["manifest"])]}
    harness.write(os.path.join(directory, "index.json"), canonical(index))
    harness.write(os.path.join(directory, "oci-layout"), b'{"imageLayoutVersion":"1.0.0"}')
    return [descriptor["digest"] for descriptor in descriptors]


def tar_of(directory):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in sorted(os.listdir(directory)):
            tar.add(os.path.join(directory, name), arcname=name)
    return out.getvalue()


def zip_of(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def sparse_entry(name, size):
    """A file of zeros of any size in GNU tar's old format, with one byte at its end."""
    header = bytearray(512)
    header[:len(name)] = name
    for at, width, value in ((100, 8, 0o644), (108, 8, 0), (116, 8, 0), (124, 12, 1), (136, 12, 0), (398, 12, 1)):
        header[at:at + width - 1] = b"%0*o" % (width - 1, value)
    for at, value in ((386, size - 1), (483, size)):
        header[at:at + 12] = b"\x80" + bytes(3) + struct.pack(">Q", value)
    header[156:157], header[257:265], header[148:156] = b"S", b"ustar  \0", b" " * 8
    header[148:155] = b"%06o\0" % sum(header)
    return bytes(header) + b"x" + bytes(511)


class Packages(Case):
    def inventory(self, *layers, env=None):
        """The result for an image of these archives or {path: content}."""
        layers = [layer if isinstance(layer, bytes) else make_tar(layer) for layer in layers]
        self.layers = write_layout(self.path("image"), layers)
        return self.packages("oci:image", "--format", "json", env=env).json()

    def packages(self, *arguments, expect=0, env=None):
        return self.pinnace("packages", *arguments, expect=expect, env=env)

    @staticmethod
    def names(result, *fields):
        return sorted(tuple(package[field] for field in fields) for package in result["packages"])

    def test_debian_is_what_dpkg_says(self):
        rootfs = debian_rootfs()
        self.files("project", {"Containerfile": "FROM scratch\nADD rootfs.tar /\n"})
        shutil.copy(rootfs, self.path("project", "rootfs.tar"))
        self.pinnace("build", "-t", "oci:out:1", "--platform", "linux/amd64", cwd=self.path("project"))
        result = self.packages("oci:project/out:1", "--format", "json").json()
        os.mkdir(self.path("root"))
        self.tool("tar", "-x", "-f", rootfs, "-C", self.path("root"), "--exclude=./dev/*", "./var/lib/dpkg")
        fields = ["Package", "Version", "Architecture", "source:Package", "source:Version"]
        query = ["dpkg-query", "--admindir", self.path("root/var/lib/dpkg")]
        said = self.tool(*query, "-W", "-f", "\t".join("${%s}" % field for field in fields) + "\n").out
        ours = [(one["name"], one["version"], one["architecture"], one["source"] or one["name"],
                 one["sourceVersion"] or one["version"]) for one in result["packages"]]
        self.assertEqual(sorted(ours), sorted(tuple(line.split("\t")) for line in said.splitlines()))
        self.assertGreater(len(ours), 80)
        self.assertEqual(result["os"]["id"], "debian")
        libc = next(one for one in result["packages"] if one["name"] == "libc6")
        self.assertEqual(libc["purl"], f"pkg:deb/debian/libc6@{libc['version'].replace('+', '%2B')}?arch=amd64&distro=debian-12")
        self.assertEqual(next(one for one in result["packages"] if one["name"] == "adduser")["licences"], ["GPL-2+"])
        self.assertEqual(result["findings"], [])
        lines = self.packages("oci:project/out:1").out.splitlines()
        self.assertEqual(len(lines), 1 + len(ours))
        self.assertRegex("\n".join(lines), r"\ndeb +libc6 +\S+ +var/lib/dpkg/status\n")

    def test_rpm_is_what_rpm_says(self):
        self.need("rpm", "rpmbuild")
        for name, epoch in (("one", "0"), ("two", "3")):
            self.files("", {f"{name}.spec": f"Name: {name}\nEpoch: {epoch}\nVersion: 1.0~rc1\nRelease: 2\nSummary: x\nLicense: MIT\n"
                                            f"BuildArch: noarch\n%description\nx\n%install\nmkdir -p %{{buildroot}}/opt/{name}\n"
                                            f"echo x > %{{buildroot}}/opt/{name}/f\n%files\n/opt/{name}\n"})
            self.tool("rpmbuild", "--quiet", "-bb", "--define", f"_topdir {self.path('top')}", f"{name}.spec")
        database = ["rpm", "--root", self.path("root"), "--dbpath", "/usr/lib/sysimage/rpm"]
        os.mkdir(self.path("root"))
        packages = [os.path.join(self.path("top/RPMS/noarch"), name) for name in os.listdir(self.path("top/RPMS/noarch"))]
        self.tool(*database, "--install", "--nodeps", "--noscripts", *packages)
        said = self.tool(*database, "-qa", "--qf", "%{NAME}\t%{EVR}\t%{ARCH}\n").out
        result = self.inventory(tar_of(self.path("root")))
        self.assertEqual([(*one[:1], one[1].removeprefix("0:"), one[2]) for one in self.names(result, "name", "version", "architecture")],
                         sorted((name, evr.removeprefix("0:"), arch) for name, evr, arch in
                                (line.split("\t") for line in said.splitlines())))
        self.assertEqual(len(result["packages"]), 2)
        self.assertEqual(result["findings"], [])

    def test_programs_in_go_are_what_go_says(self):
        self.need("go")
        self.files("hello", {"go.mod": "module example.test/hello\n\ngo 1.19\n", "main.go": "package main\n\nfunc main() { println(1) }\n"})
        env = {"GOFLAGS": "-mod=mod -buildvcs=false", "GOPROXY": "off", "CGO_ENABLED": "0", "GOCACHE": self.path("cache"), "GOTOOLCHAIN": "local"}
        self.tool("go", "build", "-trimpath", "-o", self.path("hello.bin"), cwd=self.path("hello"), env=env)
        with open(self.path("hello.bin"), "rb") as file:
            program = file.read()
        version = self.tool("go", "version", self.path("hello.bin"), env=env).out.split()[-1].removeprefix("go")
        result = self.inventory({"usr/bin/hello": (program, 0o755)})
        self.assertEqual(self.names(result, "type", "name", "version"),
                         [("golang", "example.test/hello", "(devel)"), ("golang", "stdlib", version)])

    def test_java_archives_of_jar_in_each_other(self):
        self.need("jar")
        self.files("inner", {"META-INF/maven/org.example/inner/pom.properties": "groupId=org.example\nartifactId=inner\nversion=1.2\n"})
        self.tool("jar", "cf", self.path("inner-1.2.jar"), "-C", self.path("inner"), "META-INF/maven")
        self.files("outer", {"manifest": "Implementation-Version: 4.5\n"})
        os.makedirs(self.path("outer/WEB-INF/lib"))
        shutil.move(self.path("inner-1.2.jar"), self.path("outer/WEB-INF/lib"))
        self.tool("jar", "cfm", self.path("app.war"), self.path("outer/manifest"), "-C", self.path("outer"), "WEB-INF")
        with open(self.path("app.war"), "rb") as file:
            result = self.inventory({"srv/app.war": file.read()})
        self.assertEqual(self.names(result, "purl", "path", "inside"),
                         [("pkg:maven/app@4.5", "srv/app.war", ""),
                          ("pkg:maven/org.example/inner@1.2", "srv/app.war", "WEB-INF/lib/inner-1.2.jar")])

    def test_languages_and_alpine(self):
        result = self.inventory({
            "etc/os-release": b"ID=alpine\nVERSION_ID=3.20.1\n",
            "lib/apk/db/installed": b"P:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl\n\n",
            "app/node_modules/a/package.json": b'{"name": "a", "version": "1.0.0"}',
            "app/node_modules/a/test/node_modules/b/package.json": b'{"name": "b", "version": "1.0.0"}',
            "app/node_modules/@s/c/package.json": b'{"name": "@s/c", "version": "2.0.0"}',
            "usr/lib/python3/site-packages/Foo_Bar-1.dist-info/METADATA": b"Name: Foo_Bar\nVersion: 1\n",
            "usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.gemspec": b's.name = "rake".freeze\ns.version = "13.0"\n'})
        self.assertEqual(self.names(result, "purl"), [
            ("pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1",), ("pkg:gem/rake@13.0",),
            ("pkg:npm/%40s/c@2.0.0",), ("pkg:npm/a@1.0.0",), ("pkg:pypi/foo-bar@1",)])

    def test_what_other_tools_would_load_is_found(self):
        inner = zip_of({"META-INF/maven/g/inner/pom.properties": b"groupId=g\nartifactId=inner\nversion=1\n"})
        result = self.inventory({
            "var/lib/dpkg/status": b"Package: a\nVersion: 1\n\nPackage: b\nVersion: 1\n",
            "var/lib/dpkg/updates/0001": b"Package: b\nVersion: 2\n",
            "srv/APP.WAR": zip_of({"WEB-INF/lib/inner.Jar": inner}),
            "app/node_modules/a/vendor/node_modules/b/package.json": b'{"name": "b", "version": "1.0.0"}',
            "app/node_modules/c/package.json": b'{"name": "c", "name": "d"}',
            "usr/lib/python3/site-packages/e-1.dist-info/RECORD": b"e.py,,\n"})
        self.assertEqual(self.names(result, "type", "name", "version"),
                         [("deb", "a", "1"), ("deb", "b", "2"), ("maven", "APP", ""), ("maven", "g:inner", "1"),
                          ("npm", "b", "1.0.0"), ("npm", "d", ""), ("pypi", "e", "1")])
        self.assertEqual(result["findings"], [])

    def test_layers_and_whiteouts(self):
        status = "Package: {}\nStatus: install ok installed\nVersion: {}\n\n"
        base = {"var/lib/dpkg/status": (status.format("a", 1) + status.format("b", 1)).encode(), "opt/x.jar": zip_of({"a": b""})}
        upper = {"var/lib/dpkg/status": (status.format("a", 1) + status.format("b", 2)).encode(), "opt/.wh.x.jar": b""}
        result = self.inventory(base, {"etc/x": b""}, upper)
        self.assertEqual(self.names(result, "name", "version", "layer"), [("a", "1", 0), ("b", "2", 2)])
        self.assertEqual(result["layers"], self.layers)

    def test_a_base_is_read_once(self):
        base = {"./": b"", "var/lib/dpkg/status": b"Package: a\nVersion: 1\n"}
        first = self.inventory(base)
        os.remove(self.path("image/blobs/sha256", self.layers[0][7:]))
        self.assertEqual(self.packages("oci:image", "--format", "json").json(), first)
        self.assertIn(self.layers[0], self.packages("oci:image", expect=2, env={"PINNACE_STORE": self.path("other")}).errors[-1])

    def test_a_layer_with_a_changed_byte_is_an_error(self):
        self.inventory({"a": b"x"})
        blob = self.path("image/blobs/sha256", self.layers[0][7:])
        with open(blob, "r+b") as file:
            file.seek(30)
            byte = file.read(1)
            file.seek(30)
            file.write(bytes([byte[0] ^ 1]))
        self.packages("oci:image", expect=3, env={"PINNACE_STORE": self.path("other")})

    def test_hostile_files_are_findings(self):
        nested = zip_of({"a": b""})
        for _ in range(100):
            nested = zip_of({"n-1.jar": nested})
        many = {f"many/{i % 100}/{i}": b"" for i in range(100_000)}
        files = {"nested.jar": nested, "bomb.jar": zip_of({f"{i}.jar": bytes(100 * MIB) for i in range(12)}),
                 "broken.jar": b"PK\3\4" + bytes(100), "program": b"\x7fELF" + b"\xff" * 100,
                 "var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0" + b"\xff" * 5000,
                 "node_modules/x/package.json": b"[" * MIB, **many}
        result = self.inventory(sparse_entry(b"sparse.jar", 4 << 30) + sparse_entry(b"disk", 1 << 62) + make_tar(files))
        found = {finding["path"]: finding["problem"] for finding in result["findings"]}
        self.assertEqual(set(found), {"nested.jar", "bomb.jar", "broken.jar", "program", "sparse.jar", "disk",
                                      "var/lib/rpm/rpmdb.sqlite", "node_modules/x/package.json"})
        self.assertIn("too deep", found["nested.jar"])
        self.assertEqual({one["name"] for one in result["packages"]}, {"nested", "n", "bomb"})

    def test_names_steer_no_terminal(self):
        name = "\x1b]0;x\x07evil\nname\u202e"
        result = self.inventory({"node_modules/\x1b[2J/package.json": json.dumps({"name": name, "version": "1\x1b[31m"}).encode(),
                                 "\x1b[3J.jar": b"no archive"})
        self.assertEqual(result["packages"][0]["name"], name)
        shown = self.packages("oci:image")
        self.assertEqual(len(shown.out.splitlines()), 2)
        self.assertIn(r"\x1b]0;x\x07evil\nname\u{202e}", shown.out)
        for text in (shown.out, shown.err):
            self.assertFalse(set(text) & set("\x1b\x07\u202e"), text)

    def test_which_platform(self):
        self.inventory({"a": b""})
        self.assertIn("no image for linux/s390x, but for linux/amd64",
                      self.packages("oci:image", "--platform", "linux/s390x", expect=2).errors[-1])
        self.assertEqual(self.packages("oci:image", "--platform", "linux/amd64").out, "TYPE  NAME  VERSION  FOUND IN\n")
        self.packages("oci:nowhere", expect=2)
