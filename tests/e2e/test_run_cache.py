"""RUN and the build cache: what runs again and what doesn't, and whether a build is reproducible."""
import os
import shutil

from test_run import RunCase

STAGES = ("FROM {base} AS made\nCOPY input /in/\nRUN cat /in/* > /made && cat /proc/sys/kernel/random/uuid > /unique\n"
          "FROM {base} AS other\nRUN echo other > /other\n"
          "FROM {base}\nCOPY --from=made /made /unique /srv/\nCOPY --from=other /other /srv/\nRUN ls /srv > /list\n")


class RunCache(RunCase):
    def ran(self, result):
        return [line.split(": ")[1] for line in result.err.splitlines()
                if ": RUN " in line and not line.endswith(": unchanged")]

    def stages(self, tag, *arguments, text="one\n", **options):
        return self.build(STAGES.format(base=self.base), *arguments, tag=tag, files={"input/a": text}, **options)

    def test_only_what_depends_on_a_change_runs_again(self):
        first = self.stages("1")
        self.assertEqual(len(self.ran(first)), 3)
        again = self.stages("2")
        self.assertEqual((self.ran(again), again.digest), ([], first.digest), "a random number shows that nothing ran")
        changed = self.stages("3", text="two\n")
        self.assertEqual(len(self.ran(changed)), 2, "the other stage did not run")
        self.assertNotEqual(changed.digest, first.digest)
        back = self.stages("4", text="one\n")
        self.assertEqual((self.ran(back), back.digest), ([], first.digest))
        self.assertEqual(len(self.ran(self.stages("5", "--no-cache"))), 3)

    def test_what_is_cached_needs_no_runtime(self):
        first = self.stages("1")
        without = ("--runtime", "no-such-runtime")
        again = self.stages("2", *without)
        self.assertEqual((self.ran(again), again.digest), ([], first.digest))
        self.assertRegex(again.err, "warning: .*the runtime no-such-runtime is not there, .*; only what the cache knows can be built")
        failed = self.stages("3", *without, text="two\n", expect=2)
        self.assertRegex(failed.errors[-1], r"Containerfile:3:1: .*the runtime no-such-runtime is not there")
        self.assertRegex(self.stages("4", *without, "--no-cache", expect=2).errors[-1], "no-such-runtime is not there")

    def test_a_cache_in_a_registry_serves_another_machine(self):
        cache = f"{self.registry.host}/run/records:1"
        first = self.stages("1", "--cache-to", cache)
        other = {"PINNACE_STORE": self.path("other")}
        second = self.stages("2", "--cache-from", cache, env=other)
        self.assertEqual((self.ran(second), second.digest), ([], first.digest))
        kept = os.path.join(self.path("other"), "cache/build/layers/blobs/sha256")
        self.assertEqual(os.listdir(kept) if os.path.isdir(kept) else [], [], "a layer was fetched that nobody needed")
        shutil.rmtree(self.out)
        third = self.build(STAGES.format(base=self.base) + "RUN cat /srv/made > /end\n", "--cache-from", cache, env=other,
                           files={"input/a": "one\n"})
        self.assertEqual(len(self.ran(third)), 1, "only what is new runs, on layers of the cache")

    def test_the_first_difference_is_named(self):
        text = f"FROM {self.base}\nRUN echo same > /a\nRUN echo x > /b; cat /proc/sys/kernel/random/uuid > /c\n"
        failed = self.build(text, "--verify-reproducible", expect=1)
        self.assertEqual(len(failed.errors), 1)
        self.assertRegex(failed.errors[0], r"not reproducible: two builds differ in layer 3 of linux/amd64, /c: byte \d+ of its content")
        self.assertFalse(os.path.exists(self.out), "it was put somewhere")
        self.build(f"FROM {self.base}\nRUN echo same > /a\n", "--verify-reproducible")
