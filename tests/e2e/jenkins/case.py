"""What every test of the plugin stands on."""
import unittest

from client import wait_for
from world import SECRETS


class Case(unittest.TestCase):
    world = None  # set by `run`

    @property
    def jobs(self):
        return self.world.jobs

    @property
    def controller(self):
        return self.world.controller

    @property
    def admin(self):
        return self.controller.admin

    def groovy(self, script):
        """What the script console prints."""
        _, text = self.admin.post("scriptText", {"script": script})
        return text.strip()

    def engine(self, name):
        said = self.groovy(
            "import io.jenkins.plugins.pinnace.configuration.PinnaceConfiguration\n"
            "import io.jenkins.plugins.pinnace.engine.EngineKind\n"
            f"PinnaceConfiguration.get().setEngine(EngineKind.{name}); print 'ok'")
        self.assertEqual(said, "ok")

    def assert_refused(self, build, *expected):
        """It failed, with one line that says why."""
        self.assertEqual(build.result(), "FAILURE", build.log())
        log = build.log()
        errors = [line for line in log.splitlines() if line.startswith("ERROR: ")]
        self.assertEqual(len(errors), 1, log)
        for text in expected:
            self.assertIn(text, errors[0])
        self.assertNotIn("\tat ", log)
        self.assertNotRegex(log, r"\w+Exception")
        for secret in SECRETS:
            self.assertNotIn(secret, log)


__all__ = ["Case", "wait_for"]
