"""What people are shown on standard output: texts of images and definitions steer no terminal and make no lines of their own."""
import json
import os

from harness import Case, sha256
from images import OCI, canonical, image_parts

TITLE, COLOUR, BACKWARDS = "\x1b]0;title\x07", "\x1b[31m", "\u202e"


class Shown(Case):
    def layout(self, name, change_config=lambda config: None, change_manifest=lambda manifest: None):
        """A layout with one image, "1"."""
        layer, configuration, manifest = image_parts({"a": b"a\n"})
        config = json.loads(configuration)
        change_config(config)
        configuration = canonical(config)
        values = json.loads(manifest)
        values["config"].update(size=len(configuration), digest=sha256(configuration))
        change_manifest(values)
        manifest = canonical(values)
        entry = {"mediaType": OCI["manifest"], "size": len(manifest), "digest": sha256(manifest),
                 "annotations": {"org.opencontainers.image.ref.name": "1"}}
        files = {"oci-layout": '{"imageLayoutVersion":"1.0.0"}', "index.json": canonical({"schemaVersion": 2, "manifests": [entry]})}
        for blob in (layer, configuration, manifest):
            files["blobs/" + sha256(blob).replace(":", "/")] = blob
        return self.files(name, files)

    def check(self, out):
        unprintable = [letter for letter in out if (letter < " " and letter not in "\t\n") or letter in "\x7f\x9b" + BACKWARDS]
        self.assertEqual(unprintable, [], out)

    def test_of_an_image(self):
        texts = {"created": TITLE + "2023\nplatform  linux/arm64", "architecture": "amd64" + COLOUR, "variant": "v1" + BACKWARDS}
        for field, text in texts.items():
            out = self.pinnace("inspect", f"oci:{self.layout(field, lambda config: config.update({field: text}))}:1").out
            self.check(out)
            self.assertEqual(sum(line.startswith("  platform ") for line in out.splitlines()), 1, out)
            self.assertFalse([line for line in out.splitlines() if line.startswith("platform")], out)
        self.assertIn("\\x1b]0;title\\x07", self.pinnace("inspect", f"oci:{self.path('created')}:1").out)

    def test_of_a_damaged_manifest(self):
        def spoil(manifest):
            manifest["config"]["digest"] = "sha256:" + COLOUR + BACKWARDS
        out = self.pinnace("gc", f"oci:{self.layout('damaged', change_manifest=spoil)}", expect=1).out
        self.check(out)
        self.assertIn("damaged: ", out)

    def test_of_a_plan(self):
        base = self.layout("base")
        project = self.files("project", {"Containerfile": f'FROM oci:{base}:1\nRUN echo "{TITLE}{BACKWARDS}"\nRUN true\n'})
        out = self.pinnace("build", "--plan", "-f", os.path.join(project, "Containerfile")).out
        self.check(out)
        self.assertEqual(len(out.splitlines()), 4, out)

    def test_json_is_what_the_job_said(self):
        name = f"oci:{self.layout('json', lambda config: config.update(created=BACKWARDS))}:1"
        said = json.loads(self.pinnace("inspect", "--json", name).out)
        self.assertEqual(said["images"][0]["images"][0]["created"], BACKWARDS)
        request = json.dumps({"version": 1, "store": self.path("home/store"), "registries": None, "environments": None,
                              "references": [name], "digestOnly": False})
        self.assertEqual(json.loads(self.pinnace("job", "inspect", input=request).out), said)
