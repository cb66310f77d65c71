"""Layers of bases as other tools write them."""
import gzip
import os

from harness import sha256
from images import OCI, Layout, busybox_files, canonical, make_tar
from test_run import AS_USER, RunCase


class OtherLayers:
    def base_of(self, name, layers, **config):
        """A layout with an image of these tar archives, "1"."""
        configuration = canonical({"os": "linux", "architecture": "amd64", "config": {"Env": ["PATH=/bin"]},
                                   "rootfs": {"type": "layers", "diff_ids": [sha256(tar) for tar in layers]}, **config})
        blobs = [gzip.compress(tar, 6, mtime=0) for tar in layers]
        manifest = canonical({
            "schemaVersion": 2, "mediaType": OCI["manifest"],
            "config": {"mediaType": OCI["config"], "size": len(configuration), "digest": sha256(configuration)},
            "layers": [{"mediaType": OCI["layer"], "size": len(blob), "digest": sha256(blob)} for blob in blobs]})
        entry = {"mediaType": OCI["manifest"], "size": len(manifest), "digest": sha256(manifest),
                 "annotations": {"org.opencontainers.image.ref.name": "1"}}
        files = {"oci-layout": '{"imageLayoutVersion":"1.0.0"}', "index.json": canonical({"schemaVersion": 2, "manifests": [entry]})}
        for blob in (*blobs, configuration, manifest):
            files["blobs/" + sha256(blob).replace(":", "/")] = blob
        directory = self.files(name, files)
        for parent, _, _ in os.walk(directory):
            os.chmod(parent, 0o755)
        return f"oci:{directory}:1"

    def tar(self, *options):
        """Of what is in "tree"."""
        self.need("tar")
        self.tool("tar", "-C", self.path("tree"), "-cf", self.path("layer.tar"), *options, ".")
        with open(self.path("layer.tar"), "rb") as file:
            return file.read()

    def test_sparse_files(self):
        os.mkdir(self.path("tree"))
        with open(self.path("tree", "disk"), "wb") as file:
            file.truncate(3 << 20)
            file.seek(1 << 20)
            file.write(b"in the middle\n")
        for number, options in enumerate((("-S", "--format=gnu"), ("-S", "--format=posix"),
                                          ("-S", "--format=posix", "--sparse-version=0.1"))):
            tar = self.tar(*options)
            self.assertLess(len(tar), 1 << 20, "it is a sparse file")
            base = self.base_of(f"sparse{number}", [make_tar(busybox_files()), tar])
            lines = self.printed(f"FROM {base} AS base\nRUN sha256sum /disk\n"
                                 f"FROM {self.base}\nCOPY --from=base /disk /disk\nRUN cat /disk | sha256sum\n")
            with open(self.path("tree", "disk"), "rb") as file:
                expected = sha256(file.read())[7:]
            self.assertEqual([line.split()[0] for line in lines], [expected, expected])

    def test_labels_and_directories_of_incremental_archives(self):
        self.files("tree", {"sub/f": "text\n"})
        for number, options in enumerate((("--format=gnu", "-V", "label"), ("--format=gnu", "-g", self.path("snapshots")))):
            base = self.base_of(f"other{number}", [make_tar(busybox_files()), self.tar(*options)])
            self.assertEqual(self.printed(f"FROM {base}\nRUN cat /sub/f; ls / | grep -c label || true\n"), ["text", "0"])

    def test_what_is_no_time_of_a_base(self):
        times = {"": "1970-01-01T00:00:00Z", "yesterday": "1970-01-01T00:00:00Z", "2023-05-01\n": "1970-01-01T00:00:00Z",
                 "2023-05-01T10:00:00.123+02:00": "2023-05-01T10:00:00.123+02:00"}
        for number, (created, expected) in enumerate(times.items()):
            base = self.base_of(f"created{number}", [make_tar({"f": b"f"})], created=created)
            self.build(f"FROM {base}\nLABEL a=b\n", tag=f"t{number}")
            layout = Layout(self.out)
            self.assertEqual(layout.config(layout.tag(f"t{number}"))["created"], expected)


class AsRoot(OtherLayers, RunCase):
    pass


class AsUser(OtherLayers, RunCase):
    prefix = AS_USER
