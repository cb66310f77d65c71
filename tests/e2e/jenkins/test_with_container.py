"""Blocks beside a container: it is there while they run, and gone afterwards, whatever happened."""
import os

from case import Case, wait_for


def processes(mark):
    """Those whose command has `mark` in it, in containers too."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                command = file.read().split(b"\0")
        except OSError:
            continue
        if b"httpd" in command and mark.encode() in command:
            found.append(int(pid))
    return found


class WithContainer(Case):
    def script(self, mark, block, options=""):
        """The mark is the realm of a web server, which nobody asks for."""
        return f"""node('agent') {{
            sh 'cp /bin/busybox .'
            writeFile file: 'index.html', text: 'hello from {mark}'
            writeFile file: 'Containerfile', text: '''FROM scratch
COPY busybox /bin/busybox
COPY index.html /srv/
CMD ["/bin/busybox", "httpd", "-f", "-v", "-p", "8080", "-h", "/srv", "-r", "{mark}"]
'''
            def web = containerBuild definition: 'Containerfile', registry: 'ci', tags: ['{mark}:1']
            withContainer(image: web.reference, ports: ['8080'] {options}) {{
                {block}
            }}
        }}"""

    def assert_gone(self, mark):
        wait_for(f"end of the container {mark}", lambda: not processes(mark), 10)

    def waiting(self, mark):
        """A build that is in its block, which waits for ever."""
        build = self.jobs.run(self.script(mark, "echo 'in the block'; sleep 600", ", waitHttp: ':8080/'"))
        build.wait_for_log("in the block")
        self.assertEqual(len(processes(mark)), 1)
        return build

    def test_the_block_reaches_it(self):
        for engine in ("PROCESS", "JNI"):
            with self.subTest(engine):
                self.engine(engine)
                mark = "reached-" + engine.lower()
                build = self.jobs.run(self.script(mark, """
                    sh 'echo "it says: $(/bin/busybox wget -qO- http://$CONTAINER_HOST:$CONTAINER_PORT/)"'
                    sh 'test "$CONTAINER_PORT" = "$CONTAINER_PORT_8080"'""", ", waitHttp: ':8080/'")).succeed()
                self.assertIn(f"it says: hello from {mark}", build.log())
                self.assertRegex(build.log(), r"(?m)^! .*response:200")
                self.assert_gone(mark)
        self.engine("PROCESS")

    def test_its_program_has_time_to_end(self):
        program = 'trap "echo farewell; exit 0" TERM; /bin/busybox httpd -f -p 8080 -h /srv -r polite & wait'
        build = self.jobs.run(self.script(
            "polite", "echo 'in the block'", f", waitHttp: ':8080/', command: ['/bin/busybox', 'sh', '-c', '{program}']")).succeed()
        self.assertRegex(build.log(), r"(?m)^\| .*farewell")
        self.assert_gone("polite")

    def test_a_block_that_fails(self):
        build = self.jobs.run(self.script("fails", "error 'of the block'", ", waitPort: 8080"))
        self.assert_refused(build, "of the block")
        self.assert_gone("fails")

    def test_a_container_that_does_not_become_ready(self):
        build = self.jobs.run(self.script("never", "echo 'in the block'", ", waitHttp: ':8080/missing', waitSeconds: 1"))
        self.assert_refused(build, "no good answer within 1 s", "404")
        self.assertNotIn("in the block", build.log().replace("echo 'in the block'", ""))
        self.assert_gone("never")

    def test_a_container_that_ends_at_once(self):
        build = self.jobs.run(self.script("short", "echo 'in the block'",
                                          ", waitPort: 8080, command: ['/bin/busybox', 'false']"))
        self.assert_refused(build, "exit code 1")

    def test_abort_before_it_is_ready(self):
        build = self.jobs.run(self.script("early", "echo 'in the block'",
                                          ", waitHttp: ':8080/missing', waitSeconds: 600"))
        wait_for("start of the container", lambda: processes("early"))
        build.stop()
        self.assertEqual(build.result(), "ABORTED")
        self.assertNotRegex(build.log(), r"\w+Exception")
        self.assert_gone("early")

    def test_abort_in_the_block(self):
        build = self.waiting("aborted")
        build.stop()
        self.assertEqual(build.result(), "ABORTED")
        self.assertEqual(processes("aborted"), [])

    def test_the_agent_dies(self):
        build = self.waiting("orphan")
        self.world.agent.kill()
        self.assert_gone("orphan")
        self.world.agent.start()
        build.stop()
        self.assertEqual(build.result(), "ABORTED")

    def test_the_controller_restarts(self):
        build = self.waiting("restarted")
        self.controller.restart(True)
        self.assert_gone("restarted")
        self.world.agent.wait()
        self.assertEqual(build.result(), "FAILURE")
        self.assertIn("the container ended when Jenkins was restarted", build.log())
