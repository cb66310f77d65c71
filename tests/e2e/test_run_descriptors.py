"""RUN: a container that passes a descriptor of its root to another one, which outlives it, changes nothing that a build sees."""
import os
import shutil
import threading

import harness
from test_run import AS_USER, RunCase

# pass SOCKET PATH: opens PATH, for writing if it is a file, and sends the descriptor to who holds SOCKET.
# hold SOCKET GO: takes a descriptor of a directory, waits for the file GO, and writes there.
PROGRAM = """
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int open_socket(const char* path) {
  strcpy(address.sun_path, path);
  return socket(AF_UNIX, SOCK_STREAM, 0);
}
static char byte = 'x', control[CMSG_SPACE(sizeof(int))];
static struct iovec part = {&byte, 1};
static struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
static int send_descriptor(const char* path, const char* what) {
  int fd = open(what, O_RDWR);
  if (fd < 0) fd = open(what, O_RDONLY | O_DIRECTORY);
  struct cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(head), &fd, sizeof fd);
  int out = open_socket(path);
  for (int i = 0; connect(out, (void*)&address, sizeof address) != 0; ++i) {
    if (i > 600) return 1;
    usleep(100000);
  }
  return sendmsg(out, &message, 0) != 1 || read(out, &byte, 1) != 1;
}
static int hold_descriptor(const char* path, const char* go) {
  int in = open_socket(path);
  if (bind(in, (void*)&address, sizeof address) != 0 || listen(in, 1) != 0) return 1;
  int from = accept(in, 0, 0), fd;
  if (recvmsg(from, &message, 0) != 1) return 1;
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  if (write(from, "k", 1) != 1) return 1;
  for (int i = 0; i < 600 && access(go, F_OK) != 0; ++i) usleep(100000);
  int made = openat(fd, "evil", O_WRONLY | O_CREAT, 0666);
  printf("held: %s\\n", made < 0 ? strerror(errno) : "written");
  return 0;
}
int main(int count, char** words) {
  return count == 4 && (strcmp(words[1], "pass") == 0 ? send_descriptor : hold_descriptor)(words[2], words[3]);
}
"""
MOUNTS = "RUN --mount=type=cache,target=/c --mount=type=bind,source=passing,target=/passing "


class Descriptors(RunCase):
    SNAPSHOTS = "overlay"

    def setUp(self):
        super().setUp()
        self.need("cc")
        harness.write(self.path("passing.c"), PROGRAM)
        self.tool("cc", "-static", "-O1", "-o", self.path("passing"), self.path("passing.c"))
        self.holder = None

    def step(self, lines, tag, expect=0):
        project = self.files(tag, {"Containerfile": f"FROM {self.base}\n{lines}\n", "f": "text\n"})
        shutil.copy(self.path("passing"), project)
        os.chmod(project, 0o755)
        return self.pinnace("build", "-f", f"{project}/Containerfile", "-t", f"oci:{self.path('out-' + tag)}:1", expect=expect,
                            prefix=self.prefix, env={"PINNACE_SNAPSHOTS": self.SNAPSHOTS})

    def start_holder(self):
        results = []
        self.holder = threading.Thread(target=lambda: results.append(
            self.step(MOUNTS + "/passing hold /c/s /c/go", "holder", expect=None)))
        self.holder.start()
        return results

    def end_holder(self):
        self.step("RUN --mount=type=cache,target=/c touch /c/go", "go")
        self.holder.join()

    def test_what_is_written_later_by_a_descriptor_of_the_root(self):
        results = self.start_holder()
        try:
            # The layer is that of the COPY below, so both have one snapshot.
            self.step(MOUNTS + "cat /etc/hostname > /dev/null; echo text > /f; touch -d @0 /f; /passing pass /c/s /", "hostile")
        finally:
            self.end_holder()
        if self.SNAPSHOTS == "overlay":
            self.assertRegex(results[0].err, "held: Read-only file system")
        else:
            self.assertRegex(results[0].err, "held: (written|No such file)")
        victim = self.step("COPY f /f\nRUN if [ -e /evil ]; then echo poisoned; else echo clean; fi", "victim")
        self.assertIn("| clean", victim.err)


class DescriptorsOnOverlay(Descriptors):
    def test_a_file_that_another_container_still_has_open_for_writing(self):
        self.start_holder()
        try:
            refused = self.step(MOUNTS + "touch /f; /passing pass /c/s /f", "hostile", expect=2)
        finally:
            self.end_holder()
        self.assertRegex(refused.errors[-1], r"Containerfile:2:1: .*still has a file of its root open for writing")


class DescriptorsAsUser(DescriptorsOnOverlay):
    prefix = AS_USER


class DescriptorsOnCopies(Descriptors):
    SNAPSHOTS = "copy"
