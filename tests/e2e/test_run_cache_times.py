"""RUN with a cache mount: a source that has changed since the cache was used last is newer than what the cache holds, and
one that has not is older, as with make in a directory of one's own."""
import glob
import os

from test_run import RunCase, layer_members

# As make does it: what is older than its source is made again.
MAKE = ("for f in {names}; do [ /obj/$f -nt {sources}/$f ] || {{ echo make $f; cat {sources}/$f > /obj/$f; }}; done; "
        "cd /obj; cat {names} > /app")
CACHE = "--mount=type=cache,target=/obj"


class CacheTimes:
    KIND = "overlay"

    def made(self, text, files, **options):
        """What is made, and the program in the image."""
        self.tag = str(int(getattr(self, "tag", "0")) + 1)
        env = {"PINNACE_STORE": self.path("home", "store"), "PINNACE_SNAPSHOTS": self.KIND}
        text += f"RUN --network=none echo is $(cat /app); : {self.tag}\n"
        lines = self.printed(text, files=files, tag=self.tag, env=env, **options)
        return [line[5:] for line in lines if line.startswith("make ")], lines[-1][3:]

    def assert_follows_changes(self, text, prefix=""):
        def made(*contents):
            return self.made(text, {prefix + name: content for name, content in zip("ab", contents)})
        self.assertEqual(made("1", "1"), (["a", "b"], "11"))
        self.assertEqual(made("2", "1"), (["a"], "21"))
        self.assertEqual(made("2", "1"), ([], "21"))
        self.assertEqual(made("2", "2"), (["b"], "22"))
        self.assertEqual(made("1", "2"), (["a"], "12"), "what it was once is new again")

    def test_a_record_that_is_too_large_is_none(self):
        """Whoever shares the cache may have written it."""
        text = f"FROM {self.base}\nCOPY src /w/\nRUN {CACHE} " + MAKE.format(names="a b", sources="/w") + "\n"
        files = {"src/a": "1", "src/b": "1"}
        self.assertEqual(self.made(text, files)[0], ["a", "b"])
        records = glob.glob(self.path("home", "store", "sandbox", "*", "caches", "*.seen"))
        self.assertEqual(len(records), 1)
        os.truncate(records[0], (1 << 30) + 1)
        files["src/a"] = "2"
        made, program = self.made(text, files)
        self.assertEqual((made, program), (["a", "b"], "21"), "of what is known to nobody all is new")
        self.assertLess(os.path.getsize(records[0]), 10_000)
        self.assertEqual(self.made(text, files | {"src/b": "2"})[0], ["b"])

    def test_what_is_copied(self):
        text = (f"FROM {self.base}\nCOPY src /w/\nRUN {CACHE} " + MAKE.format(names="a b", sources="/w") +
                "; cp -p /w/a /kept; mv /w/b /moved; touch -r /w/a /touched\n")
        self.assert_follows_changes(text, "src/")
        for tag in map(str, range(1, int(self.tag) + 1)):
            members = layer_members(self.out, tag)
            self.assertEqual(sorted(members), ["app", "kept", "moved", "touched", "w", "w/.wh.b"])
            self.assertEqual({member.mtime for member in members.values()}, {0}, tag)

    def test_what_is_mounted(self):
        make = MAKE.format(names="a b", sources="/w")
        for options in ("", ",rw"):
            mount = f"--mount=type=bind,source=src,target=/w{options} --mount=type=cache,id=obj{len(options)},target=/obj"
            self.assert_follows_changes(f"FROM {self.base}\nRUN {mount} {make}; cp -p /w/a /kept\n", "src/")
            self.assertEqual({member.mtime for member in layer_members(self.out, self.tag).values()}, {0})

    def test_a_cache_below_the_sources(self):
        text = (f"FROM {self.base}\nRUN --mount=type=bind,source=src,target=/w,rw --mount=type=cache,target=/w/obj "
                "[ /w/obj/a -nt /w/a ] || { echo make a; cat /w/a > /w/obj/a; }; cat /w/obj/a > /app\n")
        self.assertEqual(self.made(text, {"src/a": "1"}), (["a"], "1"))
        self.assertEqual(self.made(text, {"src/a": "2"}), (["a"], "2"))

    def test_a_stage_that_is_mounted(self):
        text = (f"FROM scratch AS src\nCOPY src /s/\nFROM {self.base}\n"
                f"RUN --mount=type=bind,from=src,source=/s,target=/w {CACHE} " + MAKE.format(names="a b", sources="/w") + "\n")
        self.assert_follows_changes(text, "src/")

    def test_what_a_run_has_written(self):
        text = (f"FROM {self.base}\nCOPY src /src\nRUN mkdir /w; cp /src /w/a; echo b > /w/b\n"
                f"RUN {CACHE} " + MAKE.format(names="a b", sources="/w") + "\n")
        self.assertEqual(self.made(text, {"src": "1"}), (["a", "b"], "1b"))
        self.assertEqual(self.made(text, {"src": "2"}), (["a", "b"], "2b"), "what comes of a later step stays newer")

    def test_later_steps_stay_newer(self):
        text = f"FROM {self.base}\nCOPY a /w/a\nCOPY b /w/b\nRUN {CACHE} [ /w/b -nt /w/a ] && " + MAKE.format(names="a b", sources="/w") + "\n"
        self.assertEqual(self.made(text, {"a": "1", "b": "1"}), (["a", "b"], "11"))
        self.assertEqual(self.made(text, {"a": "1", "b": "2"}), (["b"], "12"))
        self.assertEqual(self.made(text, {"a": "2", "b": "2"}), (["a", "b"], "22"))

    def test_what_was_away_is_new(self):
        text = f"FROM {self.base}\nCOPY src /w/\nRUN {CACHE} " + MAKE.format(names="$(ls /w)", sources="/w") + "\n"
        self.assertEqual(self.made(text, {"src/a": "1", "src/b": "1"}), (["a", "b"], "11"))
        os.remove(self.path("project/src/b"))
        self.assertEqual(self.made(text, {}), ([], "1"))
        self.assertEqual(self.made(text, {"src/b": "1", "src/c": "1"}), (["b", "c"], "111"))

    def test_a_directory_is_its_names(self):
        look = "[ /obj/list -nt /w/d ] || { echo make list; ls /w/d > /obj/list; }; cat /obj/list > /app"
        text = f"FROM {self.base}\nCOPY src /w/\nRUN {CACHE} {look}\n"
        self.assertEqual(self.made(text, {"src/d/a": "1"}), (["list"], "a"))
        self.assertEqual(self.made(text, {"src/d/a": "2"}), ([], "a"))
        self.assertEqual(self.made(text, {"src/d/b": "1"}), (["list"], "a b"))

    def test_two_containerfiles_with_one_cache(self):
        for number, name in enumerate("xyxy"):
            text = f"FROM {self.base}\nCOPY {name} /w/a\nRUN {CACHE} : {number}; {MAKE.format(names='a', sources='/w')}\n"
            self.assertEqual(self.made(text, {"x": "x", "y": "y"}), (["a"], name))

    def test_a_cache_that_starts_with_files(self):
        text = (f"FROM {self.base} AS start\nRUN true; mkdir /c\nRUN echo stub > /c/a\nFROM {self.base}\nCOPY src /w/a\n"
                f"RUN --mount=type=cache,target=/obj,from=start,source=/c " + MAKE.format(names="a", sources="/w") + "\n")
        self.assertEqual(self.made(text, {"src": "1"}), (["a"], "1"))

    def test_what_was_mounted_leaves_nothing(self):
        text = f"FROM {self.base}\nCOPY src /w/\nRUN {CACHE} --mount=type=bind,target=/ctx,rw echo $(cat /w/a) > /app; echo x > /ctx/x\n"
        self.made(text, {"src/a": "1"})
        self.made(text, {"src/a": "2"})
        found = self.tool("find", self.path("home", "store"), "-maxdepth", "4", "(", "-name", "mount-*", "-o", "-name", "anew-*", ")")
        self.assertEqual(found.out.split(), [])


class OnOverlay(CacheTimes, RunCase):
    pass


class OnCopies(CacheTimes, RunCase):
    KIND = "copy"
