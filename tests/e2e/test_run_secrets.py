"""Secrets as variables: the same bytes, or none, and never in an error."""
import harness
from test_run import AS_USER, RunCase


class Secrets:
    def test_what_is_no_text_is_refused_by_its_name_before_anything_runs(self):
        for number, bad in enumerate((b"TOPSECRET\0X", b"TOPSECRET\377\376z")):
            path = self.path(f"secret-{number}")
            harness.write(path, bad)
            text = f"FROM {self.base}\nRUN echo ran\nRUN --mount=type=secret,id=a,env=TOK echo ran\n"
            failed = self.build(text, "--secret", f"id=a,src={path}", expect=2)
            self.assertRegex(failed.errors[-1], r'Containerfile:3:5: the secret "?a"? can\'t be a variable')
            self.assertNotIn("TOPSECRET", failed.err)
            self.assertNotIn("| ran", failed.err)
            lines = self.printed(f"FROM {self.base}\nRUN --mount=type=secret,id=a,target=/s cat /s | busybox wc -c; : {number}\n",
                                 "--secret", f"id=a,src={path}")
            self.assertEqual(lines, [str(len(bad))])

    def test_all_text_arrives_as_it_is(self):
        good = "pa55 wörd\t\"\\'$x\x01\n two"
        harness.write(self.path("secret"), good)
        lines = self.printed(f"FROM {self.base}\nRUN --mount=type=secret,id=a,env=TOK,target=/s printf %s \"$TOK\" > /t; busybox cmp /t /s && echo same\n",
                             "--secret", f"id=a,src={self.path('secret')}")
        self.assertEqual(lines, ["same"])


class SecretsAsRoot(Secrets, RunCase):
    pass


class SecretsAsUser(Secrets, RunCase):
    prefix = AS_USER
