"""RUN: programs that compare times see what a later step wrote as newer; layers keep their times. Whatever a base says of
its layers is checked before anything of them is seen."""
import gzip
import io
import tarfile
import time

from harness import sha256
from images import OCI, Layout, busybox_files, canonical, image_parts, make_tar, push_image
from test_run import RunCase, layer_members

STAT = "stat -c %Y"
ARCHIVE_TIME = 1_000_000_000


def archive(files):
    """A tar of {path: (content, time)}."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, (content, time) in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), time
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


class Times:
    KIND = "overlay"

    def environment(self, store="store"):
        return {"PINNACE_STORE": self.path("home", store), "PINNACE_SNAPSHOTS": self.KIND}

    def numbers(self, text, *arguments, **options):
        return [int(line) for line in self.printed(text, *arguments, env=options.pop("env", self.environment()), **options)]

    def assert_rising(self, numbers):
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertGreater(len(numbers), 1)

    def test_a_later_step_is_newer_with_and_without_a_cache(self):
        text = (f"FROM {self.base}\nCOPY one /w/one\nRUN echo stub > /w/app\nCOPY two /w/two\nRUN touch /w/one\n"
                f"RUN for f in /bin/busybox /w/app /w/two /w/one; do {STAT} $f; done\n")
        files = {"one": "1", "two": "2"}
        first = self.numbers(text, files=files)
        self.assert_rising(first)
        more = text + f"RUN for f in /bin/busybox /w/app /w/two /w/one; do {STAT} $f; done; : more\n"
        self.assertEqual(self.numbers(more, files=files, tag="2"), first, "from the cache")
        self.assertEqual(self.numbers(text, files=files, tag="3", env=self.environment("other")), first)
        for layer in range(1, 5):
            self.assertEqual({member.mtime for member in layer_members(self.out, "1", layer).values()}, {0})

    def test_archives_are_newer_than_what_was_there(self):
        files = {"a.tar": archive({"src/old": (b"o", 5), "src/main": (b"m", ARCHIVE_TIME)})}
        text = (f"FROM {self.base}\nRUN echo stub > /app\nADD a.tar /w/\n"
                "RUN [ /w/src/old -nt /app ] && [ /w/src/main -nt /app ] && echo newer; stat -c %y /w/src/old /w/src/main\n"
                "RUN mv /w/src/old /moved; chown 1000 /w/src/main; cp -p /app /app2\n")
        newer, old, main = self.printed(text, files=files, env=self.environment())
        self.assertEqual(newer, "newer")
        self.assertLess(old, main, "in the archive's order")
        members = layer_members(self.out, "1", 2)
        self.assertEqual((members["w/src/old"].mtime, members["w/src/main"].mtime), (5, ARCHIVE_TIME))
        members = layer_members(self.out, "1")
        times = {name: members[name].mtime for name in ("moved", "w/src/main", "app2")}
        self.assertEqual(times, {"moved": 5, "w/src/main": ARCHIVE_TIME, "app2": 0})

    def test_what_a_run_made_is_newer_than_what_it_unpacked(self):
        files = {"a.tar": archive({"main": (b"m", ARCHIVE_TIME)})}
        text = (f"FROM {self.base}\nCOPY a.tar /\nRUN mkdir /w && cd /w && busybox tar xf /a.tar && cp main app\n"
                "RUN [ /w/main -nt /w/app ] || echo no stub\n")
        self.assertEqual(self.printed(text, files=files, env=self.environment()), ["no stub"])

    def test_an_earlier_result_is_a_base(self):
        self.build(f"FROM {self.base}\nCOPY src /src\nRUN echo app > /app\n", files={"src": "1"}, env=self.environment())
        text = f"FROM oci:{self.out}:1\nRUN for f in /bin/busybox /src /app /src2; do {STAT} $f; done\n".replace(
            "RUN", "COPY src /src2\nRUN")
        self.assert_rising(self.numbers(text, files={"src": "2"}, tag="2"))
        dated = self.environment() | {"SOURCE_DATE_EPOCH": "1700000000"}
        self.build(f"FROM {self.base}\nCOPY src /src\nRUN echo app > /app\n", files={"src": "1"}, env=dated)
        self.assert_rising(self.numbers(text, files={"src": "2"}, tag="3", env=dated))

    def test_what_a_copied_file_of_such_a_base_says_is_its_time(self):
        dated = self.environment() | {"SOURCE_DATE_EPOCH": "1700000000"}
        self.build(f"FROM {self.base}\nCOPY src /src\nRUN echo q > /q; echo r > /r\n", files={"src": "1"}, env=dated)
        self.build(f"FROM oci:{self.out}:1\nRUN mv /q /q2; cp -p /r /r2; touch -r /r /new\n", tag="2", env=self.environment())
        members = layer_members(self.out, "2")
        self.assertEqual({name: members[name].mtime for name in ("q2", "r2", "new")}, dict.fromkeys(("q2", "r2", "new"), 1700000000))

    def test_a_base_from_the_future_does_not_move_the_clock(self):
        """ZIP's and clocks' usual errors: neither COPY is in the future, nor does a RUN wait for anything."""
        for ahead in (90, 2_000_000_000):
            now = int(time.time())
            files = busybox_files()
            files.update({"bin/busybox": (*files["bin/busybox"], 1_600_000_000), "odd": (b"odd", 0o644, now + ahead),
                          "bin/stat": "-> busybox", "bin/mv": "-> busybox"})
            push_image(self.registry, "run/odd", "1", files)
            text = (f"FROM {self.registry.host}/run/odd:1\nCOPY src /src\n"
                    f"RUN {STAT} /bin/busybox /odd /src; echo > /new; {STAT} /new; mv /odd /kept\n")
            times = self.numbers(text, files={"src": "1"}, tag=str(ahead))
            self.assert_rising(times)
            self.assertLess(times[-1], now + 60)
            self.assertEqual(layer_members(self.out, str(ahead))["kept"].mtime, now + ahead)

    def test_what_is_copied_of_a_mount_keeps_its_time(self):
        files = {"src": "1"}
        text = (f"FROM scratch AS other\nCOPY src /src\nFROM {self.base}\nRUN --mount=type=bind,target=/ctx "
                "--mount=type=bind,from=other,target=/o cp -p /ctx/src /a; cp -p /o/src /b\n")
        self.build(text, files=files, env=self.environment())
        self.assertEqual({member.mtime for member in layer_members(self.out, "1").values()}, {0})

    def test_mounts_of_the_context_are_newer(self):
        text = f"FROM {self.base}\nRUN echo stub > /app\nRUN --mount=type=bind,target=/ctx {STAT} /app /ctx/src\n"
        self.assert_rising(self.numbers(text, files={"src": "1"}))

    def test_a_container_of_the_image_sees_its_own_times(self):
        self.build(f"FROM {self.base}\nRUN echo app > /app\n", env=self.environment())
        ran = self.pinnace("run", f"oci:{self.out}:1", "--network", "none", "--", "stat", "-c", "%Y", "/app",
                           env=self.environment(), prefix=self.prefix)
        self.assertEqual(ran.out.split(), ["0"])

    def test_programs_are_told_a_date(self):
        text = f"FROM {self.base}\nRUN echo $SOURCE_DATE_EPOCH\n"
        self.assertEqual(self.printed(text), ["315532800"])
        self.assertEqual(self.printed(text, env={"SOURCE_DATE_EPOCH": "1700000000"}), ["1700000000"])
        self.assertEqual(self.printed(text.replace("RUN", "ENV SOURCE_DATE_EPOCH=7\nRUN")), ["7"])
        self.assertEqual(self.printed(text.replace("RUN", "ARG SOURCE_DATE_EPOCH=8\nRUN")), ["8"])
        self.build(text)
        configuration = Layout(self.out).config(Layout(self.out).tag("1"))
        self.assertEqual(configuration["config"]["Env"], ["PATH=/bin"])

    def test_an_image_was_created_when_its_base_was(self):
        text = f"FROM {self.base}\nCOPY f /f\n"
        self.build(text, files={"f": "f"})
        self.assertEqual(self.created(), "2023-01-01T00:00:00Z")
        self.build(text, files={"f": "f"}, env={"SOURCE_DATE_EPOCH": "1700000000"})
        self.assertEqual(self.created(), "2023-11-14T22:13:20Z")
        self.build("FROM scratch\nCOPY f /f\n", files={"f": "f"})
        self.assertEqual(self.created(), "1970-01-01T00:00:00Z")

    def created(self):
        return Layout(self.out).config(Layout(self.out).tag("1"))["created"]


class OnOverlay(Times, RunCase):
    def test_a_layer_is_what_the_configuration_says(self):
        layer, configuration, _ = image_parts(busybox_files())
        other = gzip.compress(make_tar({**busybox_files(), "evil": b"evil"}), 6, mtime=0)
        manifest = canonical({"schemaVersion": 2, "mediaType": OCI["manifest"],
                              "config": {"mediaType": OCI["config"], "size": len(configuration), "digest": sha256(configuration)},
                              "layers": [{"mediaType": OCI["layer"], "size": len(other), "digest": sha256(other)}]})
        for blob in (layer, other, configuration):
            self.registry.put_blob("run/liar", blob)
        self.registry.put_manifest("run/liar", "1", manifest, OCI["manifest"])
        liar = f"{self.registry.host}/run/liar:1"
        expected = sha256(gzip.decompress(layer))
        actual = sha256(gzip.decompress(other))
        for text in (f"FROM {liar}\nRUN cat /evil\n", f"FROM scratch\nCOPY --from={liar} /evil /x\n",
                     f"FROM {liar}\nCOPY f /f\n"):
            for attempt in (1, 2):
                failed = self.build(text, expect=3, files={"f": "f"})
                self.assertNotIn("| evil", failed.err, attempt)
                for digest in (sha256(other), expected, actual):
                    self.assertIn(digest, failed.errors[-1], text)


class OnCopies(Times, RunCase):
    KIND = "copy"
