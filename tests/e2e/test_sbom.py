"""Software bills of materials: what `pinnace packages --format` prints, as the official validators see it."""
import json
import os
import unittest

import harness
from harness import Case
from test_packages import make_tar, write_layout, zip_of

VALIDATORS = os.path.join(harness.ROOT, "build/tools/sbom-validators")
VALIDATE = os.path.join(harness.HERE, "readers/validate_sbom.py")
STATUS = """Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc
Version: 2.36-9+deb12u10

Package: odd
Status: install ok installed
Architecture: amd64
Version: 1:0~\x1b[31m<b>
"""
FILES = {
    "etc/os-release": 'ID=debian\nVERSION_ID=12\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "var/lib/dpkg/status": STATUS,
    "usr/share/doc/libc6/copyright": "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
                                     "Files: *\nLicense: LGPL-2.1+\n\nFiles: x\nLicense: something \"else\"\n",
    "opt/site/node_modules/left/package.json": '{"name": "@a/left", "version": "1.0.0", "license": "(MIT OR Apache-2.0)"}',
    "opt/site/node_modules/right/package.json": '{"name": "right", "version": "2", "license": "SEE LICENSE IN x\\n<script>"}',
    "usr/lib/python3/dist-packages/Some_Thing-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: Some_Thing\nVersion: 1.0\nLicense: BSD\n",
    "lib/apk/db/installed": "P:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\n\n",
    "opt/shop.jar": zip_of({
        "META-INF/maven/test.shop/shop/pom.properties": "groupId=test.shop\nartifactId=shop\nversion=1.0\n",
        "BOOT-INF/lib/inner.jar": zip_of({"META-INF/maven/test.shop/inner/pom.properties": "groupId=test.shop\nartifactId=inner\nversion=2\n"}),
    }),
}


class Documents(Case):
    def document(self, kind, image="oci:image"):
        return self.pinnace("packages", "--format", kind, image).out

    def validate(self, kind, text):
        harness.write(self.path("document.json"), text)
        self.assertTrue(os.path.isdir(VALIDATORS), f"{VALIDATORS} is missing: run scripts/setup test")
        done = self.tool("python3", VALIDATE, kind, "document.json", env={"PYTHONPATH": VALIDATORS}, check=False)
        self.assertEqual((done.code, done.out), (0, "valid\n"), done.out + done.err)

    def image(self, files):
        write_layout(self.path("image"), [make_tar({name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()})])

    def test_spdx_is_valid(self):
        self.image(FILES)
        text = self.document("spdx")
        self.validate("spdx", text)
        names = {package["name"] for package in json.loads(text)["packages"]}
        self.assertLessEqual({"libc6", "odd", "left", "right", "Some_Thing", "musl", "shop", "inner", "debian"}, names)
        self.assertNotIn("\x1b", text)

    def test_cyclonedx_is_valid(self):
        self.image(FILES)
        text = self.document("cyclonedx")
        self.validate("cyclonedx", text)
        names = {component["name"] for component in json.loads(text)["components"]}
        self.assertLessEqual({"libc6", "odd", "left", "right", "Some_Thing", "musl", "shop", "debian"}, names)

    def test_of_an_image_without_packages_both_are_valid(self):
        self.image({"x": "x"})
        for kind in ("spdx", "cyclonedx"):
            self.validate(kind, self.document(kind))

    def test_the_validators_refuse_what_is_not_valid(self):
        self.image(FILES)
        for kind, spoil in (("spdx", "SPDXRef-Image"), ("cyclonedx", '"specVersion"')):
            harness.write(self.path("spoilt.json"), self.document(kind).replace(spoil, "x y", 1))
            done = self.tool("python3", VALIDATE, kind, "spoilt.json", env={"PYTHONPATH": VALIDATORS}, check=False)
            self.assertNotEqual(done.code, 0, kind)

    def test_equal_images_have_equal_documents_wherever_they_lie(self):
        self.image(FILES)
        os.makedirs(self.path("elsewhere"))
        os.symlink(self.path("image"), self.path("elsewhere/other"))
        for kind in ("spdx", "cyclonedx"):
            self.assertEqual(self.document(kind), self.document(kind, "oci:elsewhere/other"))

    def test_json_has_the_document_only_if_it_was_asked_for(self):
        self.image({"x": "x"})
        self.assertIsNone(self.pinnace("packages", "--format", "json", "oci:image").json()["document"])
        request = {"version": 1, "image": f"oci:{self.path('image')}", "platform": None, "store": self.path("home/store"), "registries": None,
                   "environments": None, "document": "spdx"}
        result = self.pinnace("job", "packages", "--request", "-", input=json.dumps(request)).json()
        self.assertEqual(json.loads(result["document"])["spdxVersion"], "SPDX-2.3")


if __name__ == "__main__":
    unittest.main()
