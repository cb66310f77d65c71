"""Builds that are aborted, and that lose Jenkins or their agent in the middle."""
import re
import time

from case import Case
from jobs import pipeline


class Interruptions(Case):
    def setUp(self):
        self.addCleanup(self.world.gate.open)

    def script(self, tag, label):
        """Each has a base that no store has yet, so that the build waits at the gate."""
        return "node('agent') {\n" + self.world.definition(self.world.base, text=label) + f"""
            def web = containerBuild definition: 'pinnace.yaml', tags: ['web:{tag}'], registry: 'ci'
            echo "digest ${{web.digest}}"
        }}"""

    def forget(self):
        """The agent's store goes, so that the base is asked for again."""
        said = self.groovy("jenkins.model.Jenkins.get().getNode('agent').rootPath.child('caches/pinnace/store')"
                           ".deleteRecursive(); print 'ok'")
        self.assertEqual(said, "ok")

    def start_and_wait_at_the_gate(self, tag):
        self.forget()
        self.world.gate.close()
        build = self.jobs.start(self.jobs.create(pipeline(self.script(tag, "interrupted"))))
        self.world.gate.wait_for_request()
        return build

    def undisturbed(self):
        build = self.jobs.run(self.script("undisturbed", "interrupted")).succeed()
        return re.search(r"digest (sha256:\w+)", build.log()).group(1)

    def test_abort_ends_at_once_and_pushes_nothing(self):
        for engine in ("PROCESS", "JNI"):
            with self.subTest(engine):
                self.engine(engine)
                build = self.start_and_wait_at_the_gate("aborted")
                started = time.monotonic()
                build.stop()
                self.assertEqual(build.result(), "ABORTED")
                self.world.figures[f"an abort took, {engine}"] = f"{time.monotonic() - started:.1f} s"
                self.world.gate.open()
                self.assertIsNone(self.world.in_ci("web", "aborted"))
                self.assertNotIn("\tat ", build.log())
        self.engine("PROCESS")

    def test_restart_of_the_controller(self):
        for kind, kill in (("stopped", False), ("killed", True)):
            with self.subTest(kind):
                digest = self.undisturbed()
                build = self.start_and_wait_at_the_gate("restarted-" + kind)
                self.controller.restart(kill)
                self.world.agent.wait()
                self.world.gate.open()
                build.succeed()
                self.assertIn("digest " + digest, build.log())
                self.assertEqual(self.world.in_ci("web", "restarted-" + kind), digest)
                self.assertEqual(build.containers()["images"][0]["digest"], digest)

    def test_agent_killed_and_back(self):
        digest = self.undisturbed()
        build = self.start_and_wait_at_the_gate("agent-back")
        self.world.agent.kill()
        self.world.gate.open()
        self.world.agent.start()
        build.succeed()
        self.assertIn("digest " + digest, build.log())
        self.assertEqual(self.world.in_ci("web", "agent-back"), digest)

    def test_a_promotion_on_an_agent_that_goes_and_then_jenkins_too(self):
        self.world.gate.close()
        build = self.jobs.run(f"containerPromote image: '{self.world.base}', to: 'labelled'")
        self.world.gate.wait_for_request()
        self.world.agent.kill()
        self.world.gate.close()  # forgets who asked
        self.world.agent.start()
        self.world.gate.wait_for_request()
        self.controller.restart(True)
        self.world.agent.wait()
        self.world.gate.open()
        build.succeed()
        self.assertIsNotNone(self.world.in_ci("labelled/base/busybox", "1"))
        self.assertEqual(build.containers()["promotions"][0]["environment"], "labelled")
        self.assertRegex(self.controller.log(), r"(?m)^.*admin promoted .* to labelled as ")
