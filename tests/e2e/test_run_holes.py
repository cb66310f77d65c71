"""Blocks of files: a RUN finds the same ones whether the step before it ran or came from a cache."""
from test_run import AS_USER, RunCase

WRITES = (
    "busybox dd if=/dev/zero of=/h/zeros bs=1M count=2",
    "printf a > /h/small; busybox dd if=/dev/zero of=/h/small bs=4096 count=1 seek=8 conv=notrunc; printf b | busybox dd of=/h/small bs=1 seek=40000 conv=notrunc",
    "printf a > /h/tail; busybox dd if=/dev/zero of=/h/tail bs=1 count=100 seek=8192 conv=notrunc",
    "printf a > /h/odd; busybox dd if=/dev/zero of=/h/odd bs=1 count=5000 seek=1 conv=notrunc; printf b >> /h/odd",
    "busybox dd if=/dev/zero of=/h/suid bs=8192 count=1; chmod 6755 /h/suid; ln /h/suid /h/other",
)


class Holes:
    def test_the_same_blocks_from_a_cache(self):
        text = (f"FROM {self.base}\nRUN mkdir /h; {'; '.join(f'({write}) 2> /dev/null' for write in WRITES)}\n"
                "RUN cd /h; stat -c '%n %b %s %a %Y' * > /seen; cat /seen\n")
        cache = f"oci:{self.path('cache')}:1"
        fresh = self.build(text, "--cache-to", cache)
        cached = self.build(text.replace("> /seen;", "> /seen; true;"), "--cache-from", cache, tag="2",
                            env={"PINNACE_STORE": self.path("home/other")})
        self.assertIn(": unchanged", cached.err)
        seen = [[line[2:] for line in done.err.splitlines() if line.startswith("| ")] for done in (fresh, cached)]
        self.assertEqual(seen[0], seen[1])
        blocks = {line.split()[0]: line.split()[1:] for line in seen[0]}
        self.assertEqual((blocks["zeros"][0], blocks["suid"][0]), ("0", "0"))
        self.assertEqual(blocks["suid"][1:], ["8192", "6755", blocks["zeros"][3]])
        self.assertEqual(blocks["other"], blocks["suid"])


class HolesAsRoot(Holes, RunCase):
    pass


class HolesAsUser(Holes, RunCase):
    prefix = AS_USER
