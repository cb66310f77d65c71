"""What is written of the job protocol is what the executable reads and writes."""
import os
import sys

import harness
from harness import Case, run


class Protocol(Case):
    def test_schema_and_tables_are_those_of_the_executable(self):
        run([sys.executable, os.path.join(harness.ROOT, "scripts/protocol"), "--check"],
            env={**os.environ, "PINNACE": harness.PINNACE})

    def test_java_records_are_those_of_the_schema(self):
        run([sys.executable, os.path.join(harness.ROOT, "scripts/java-records"), "--check"])

    def test_schema_of_one_job(self):
        schema = self.pinnace("job", "--schema", "ping").json()
        self.assertEqual(list(schema["jobs"]), ["ping"])
        self.assertEqual(sorted(schema["$defs"]), ["PingRequest", "PingResult"])
        refused = self.pinnace("job", "--schema", "fly", expect=2)
        self.assertIn("expected one of attest, build, copy", refused.err)
