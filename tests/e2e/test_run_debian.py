"""Packages installed by RUN on a base of Debian's packages, without privileges, and the image answers requests."""
import os
import shutil
import urllib.request

import harness
from test_run import AS_USER, RunCase, layer_members
from test_run_image import Images

# One for all runs on a machine: it takes a minute to make.
ROOTFS = os.path.join(harness.ROOT, "build/tools/debian-apt.tar")


def debian_rootfs():
    if not os.path.exists(ROOTFS):
        os.makedirs(os.path.dirname(ROOTFS), exist_ok=True)
        unfinished = f"{ROOTFS}.{os.getpid()}.tar"
        harness.run([os.path.join(harness.ROOT, "scripts/debian-rootfs"), "--quiet", "--variant=apt",
                     "--skip=output/dev", unfinished],
                    env={**os.environ}, timeout=900)
        os.rename(unfinished, ROOTFS)
    return ROOTFS


class Debian(RunCase):
    prefix = AS_USER
    start = Images.start

    def test_nginx_and_ssh_are_installed_without_privileges_and_answer(self):
        self.files("project", {})
        shutil.copy(debian_rootfs(), self.path("project", "rootfs.tar"))
        self.build("FROM scratch AS debian\nADD rootfs.tar /\n"
                   "FROM debian\n"
                   "RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nginx"
                   " openssh-client && rm -rf /var/lib/apt/lists/*\n"
                   "COPY site /var/www/html\n"
                   'CMD ["nginx", "-g", "daemon off;"]\n',
                   files={"site/index.html": "built by RUN\n", ".dockerignore": ""}, timeout=900)
        members = layer_members(self.out, "1", 1)
        self.assertIn("usr/sbin/nginx", members)
        # Set-group-id and a group of its own: what a single id can't have.
        agent = members["usr/bin/ssh-agent"]
        self.assertEqual(agent.mode & 0o7000, 0o2000)
        self.assertNotEqual(agent.gid, 0)
        self.assertNotIn("etc/resolv.conf", members)
        process, ports = self.start(f"oci:{self.out}:1", "-p", "80", "--wait-http", ":80/")
        with urllib.request.urlopen(f"http://127.0.0.1:{ports[0]['hostPort']}/", timeout=20) as answer:
            self.assertEqual(answer.read(), b"built by RUN\n")
        process.terminate()
        process.communicate(timeout=60)
