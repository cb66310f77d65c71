"""What a container can't reach by its network, whatever it sends, and what goes on working."""
import contextlib
import os
import socket
import threading

import harness
from test_run import AS_USER, RunCase

ATTACK = os.path.join(harness.HERE, "loopback_attack.c")
NOT_REACHED = ("127.0.0.1", "127.0.0.9", "127.255.255.255", "0.0.0.0", "10.0.2.2", "10.0.2.3", "255.255.255.255", "::1",
               "::ffff:127.0.0.1", "::")


class LoopbackServices:
    """TCP and UDP on one port of the host's loopback; `seen` has what came."""

    def __init__(self):
        self.seen = []
        self._open = contextlib.ExitStack()
        self.port = 0

    def _listen(self, family, kind, address):
        service = self._open.enter_context(socket.socket(family, kind))
        service.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        service.bind((address, self.port))
        self.port = service.getsockname()[1]
        if kind == socket.SOCK_STREAM:
            service.listen()
        threading.Thread(target=self._wait, args=(service, kind, address), daemon=True).start()

    def _wait(self, service, kind, address):
        with contextlib.suppress(OSError):
            while True:
                came = service.accept()[1] if kind == socket.SOCK_STREAM else service.recvfrom(99)
                self.seen.append((address, kind.name, came))

    def __enter__(self):
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "127.0.0.9"), (socket.AF_INET6, "::1")):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                self._listen(family, kind, address)
        return self

    def __exit__(self, *error):
        self._open.close()


class Loopback:
    def setUp(self):
        super().setUp()
        self.need("cc")
        self.tool("cc", "-static", "-O1", "-o", self.path("attack"), ATTACK)
        os.chmod(self.path("attack"), 0o755)
        harness.write(self.path("resolv.conf"), "nameserver 127.0.0.1\n")

    def attacked(self, services):
        return f"/attack {services.port} {' '.join(NOT_REACHED)}"

    def verify(self, services, said):
        self.assertIn("device 1", said)
        self.assertEqual(services.seen, [])

    def test_a_step_does_not_reach_it(self):
        with open(self.path("attack"), "rb") as file:
            program = file.read()
        with LoopbackServices() as services:
            lines = self.printed(f"FROM {self.base}\nCOPY --chmod=755 attack /attack\nRUN {self.attacked(services)}\n",
                                 files={"attack": program})
            self.verify(services, "\n".join(lines))

    def test_a_container_does_not_reach_it(self):
        for user in ("0", "app"):
            with LoopbackServices() as services, self.subTest(user):
                said = self.pinnace("run", self.base, "-u", user, "-v", f"{self.path('attack')}:/attack:ro", "--", "/bin/sh", "-c",
                                    self.attacked(services), prefix=self.prefix).out
                self.verify(services, said)

    def test_a_detached_one_does_not_reach_it(self):
        with LoopbackServices() as services:
            ident = self.pinnace("run", "--detach", self.base, "-v", f"{self.path('attack')}:/attack:ro", "--wait-port", "9", "--",
                                 "/bin/sh", "-c", f"{self.attacked(services)}; exec nc -l -p 9", prefix=self.prefix).out.strip()
            self.verify(services, self.pinnace("logs", ident, prefix=self.prefix).out)
            self.pinnace("stop", ident, prefix=self.prefix)

    def test_what_answers_the_hosts_own_link_is_not_reached(self):
        """A cloud's metadata service gives the machine's credentials to whoever asks from it."""
        layout = self.path("base")
        self.tool(harness.PINNACE, "copy", self.base, f"oci:{layout}:1")
        machine = ("unshare", "-n", "python3", os.path.join(harness.HERE, "linked_machine.py"), *self.prefix)
        addresses = "169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 fd00:ec2::254 10.9.9.1"
        ask = f"for a in {addresses}; do echo | nc -w 3 $a 8080; done; true"
        done = self.build(f"FROM oci:{layout}:1\nRUN {ask}\n", prefix=machine)
        self.assertEqual([line for line in done.out.splitlines() if "." in line or "::" in line], ["10.9.9.1"])
        done = self.pinnace("run", f"oci:{layout}:1", "--", "/bin/sh", "-c", ask, prefix=machine)
        self.assertEqual(done.out.splitlines(), ["credentials", "10.9.9.1"])
        done = self.build(f"FROM oci:{layout}:1\nRUN --network=host {ask}\n", "--network", "host", prefix=machine)
        self.assertEqual(len(done.out.split("\n169.254.169.254\n")), 2, "who asks for the host's network has all of it")

    def test_ping_works_without_raw_sockets(self):
        """As it asks the kernel for an echo, and not for a raw socket."""
        source = self.path("echo.c")
        harness.write(source, """
            #include <netinet/in.h>
            #include <stdio.h>
            #include <sys/socket.h>
            int main(void) { perror(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) >= 0 ? "echo" : "refused"); }
        """)
        self.tool("cc", "-static", "-o", self.path("echo"), source)
        os.chmod(self.path("echo"), 0o755)
        for user in ("0", "app", "60000:60000"):
            said = self.pinnace("run", self.base, "-u", user, "-v", f"{self.path('echo')}:/echo:ro", "--", "/echo",
                                prefix=self.prefix).err
            self.assertIn("echo: Success", said)


class LoopbackAsRoot(Loopback, RunCase):
    def test_a_resolver_there_is_reached_for_names_only(self):
        """10.0.2.3 leads to the host's resolver, which is on its loopback here: to its port 53."""
        prefix = ("unshare", "-m", "sh", "-c", f"mount --bind {self.path('resolv.conf')} /etc/resolv.conf; exec \"$@\"", "-")
        with LoopbackServices() as services:
            said = self.pinnace("run", self.base, "-v", f"{self.path('attack')}:/attack:ro", "--", "/bin/sh", "-c",
                                f"/attack {services.port} 10.0.2.3", prefix=prefix).out
            self.verify(services, said)

    def test_the_hosts_root_does_not_reach_it(self):
        with LoopbackServices() as services:
            said = self.pinnace("run", "--run-as-host-root", self.base, "-v", f"{self.path('attack')}:/attack:ro", "--", "/bin/sh",
                                "-c", self.attacked(services)).out
            self.verify(services, said)


class LoopbackAsUser(Loopback, RunCase):
    prefix = AS_USER
