"""RUN --mount=type=ssh: what a container may ask the user's SSH agent."""
import contextlib
import os
import pwd
import socket
import threading

import harness
from test_run import AS_USER, USER, RunCase

CLIENT = os.path.join(harness.HERE, "agent_client.c")


class Agent:
    """Answers everything with 100 and what was asked; `asked` has the types of what came."""

    def __init__(self, path):
        self.asked = []
        self._service = socket.socket(socket.AF_UNIX)
        self._service.bind(path)
        self._service.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._answer, args=(self._service.accept()[0],), daemon=True).start()

    def _answer(self, connection):
        with connection, connection.makefile("rb") as requests:
            while size := requests.read(4):
                message = requests.read(int.from_bytes(size, "big"))
                self.asked.append(message[0])
                connection.sendall(bytes((0, 0, 0, 1, 100 + message[0])))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._service.close()


class Agents:
    def setUp(self):
        super().setUp()
        self.need("cc")
        self.tool("cc", "-static", "-O1", "-o", self.path("client"), CLIENT)
        with open(self.path("client"), "rb") as file:
            self.files_of_it = {"client": file.read()}
        self.socket = self.path("agent")
        self.agent = self.enterContext(Agent(self.socket)) if hasattr(self, "enterContext") else Agent(self.socket)
        self.addCleanup(self.agent.__exit__)
        if self.prefix:
            os.chown(self.socket, pwd.getpwnam(USER).pw_uid, -1)

    def run_with_agent(self, text, **options):
        return self.printed(f"FROM {self.base}\nCOPY --chmod=755 client /client\n{text}", "--ssh", f"default={self.socket}",
                            files=self.files_of_it, **options)

    def test_it_lists_and_signs_and_nothing_else_reaches_the_agent(self):
        lines = self.run_with_agent("RUN --mount=type=ssh /client\n")
        self.assertEqual(lines, ["list 111", "bind 127", "sign 113", "other 5", "5 5 5 5 5 5 5 5 5 5 111 ", "big -1"])
        self.assertEqual(self.agent.asked, [11, 27, 13, 11])

    def test_owner_and_mode_are_those_of_the_mount(self):
        lines = self.run_with_agent("RUN --mount=type=ssh stat -c '%a %u %g' $SSH_AUTH_SOCK\n"
                                    "RUN --mount=type=ssh,uid=1000,gid=1001,mode=0640 stat -c '%a %u %g' $SSH_AUTH_SOCK\n"
                                    "USER app\n"
                                    "RUN --mount=type=ssh /client || true\n"
                                    "RUN --mount=type=ssh,uid=1000 /client | grep list\n"
                                    "RUN --mount=type=ssh,mode=0666 --mount=type=ssh,id=default,target=/run/two,mode=0666 /client | grep list\n")
        self.assertEqual(lines, ["600 0 0", "640 1000 1001", "connect: Permission denied", "list 111", "list 111"])

    def test_what_is_no_agent_is_told(self):
        os.remove(self.socket)
        for make, message in ((lambda: None, "the host has nothing there"),
                              (lambda: harness.write(self.socket, "x"), "it is no socket of an agent")):
            make()
            failed = self.build(f"FROM {self.base}\nRUN --mount=type=ssh true\n", "--ssh", f"default={self.socket}", expect=None)
            self.assertRegex(failed.errors[-1], rf"Containerfile:2:\d+: .*SSH agent {self.socket}: {message}")


class AgentsAsRoot(Agents, RunCase):
    pass


class AgentsAsUser(Agents, RunCase):
    prefix = AS_USER
