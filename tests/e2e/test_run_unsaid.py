"""RUN: what a container leaves and its layer does not say is seen by no later RUN, of this build or another one: not on the
disk that other builds stand on, with and without a cache, on overlays and on copies."""
import harness
from images import Layout
from test_run import AS_USER, RunCase, layer_members

# Sets what no layer says, and tells what is set.
PROGRAM = """
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>
static int bind_socket(const char* path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strcpy(address.sun_path, path);
  return bind(socket(AF_UNIX, SOCK_STREAM, 0), (void*)&address, sizeof address);
}
static int set_list(const char* path, const char* name) {
  struct { uint32_t version; struct { uint16_t tag, rights; uint32_t id; } entries[5]; } list = {
      2, {{1, 7, -1}, {2, 7, 1000}, {4, 7, -1}, {16, 7, -1}, {32, 7, -1}}};
  return lsetxattr(path, name, &list, sizeof list, 0);
}
static int show(const char* path) {
  char names[65536];
  long size = llistxattr(path, names, sizeof names);
  for (char* name = names; name < names + size; name += strlen(name) + 1) printf("%s %s\\n", path, name);
  return 0;
}
/* "No dump", "no access times", "synchronous". */
static int set_flags(const char* path) {
  int flags = 0, fd = open(path, O_RDONLY);
  ioctl(fd, FS_IOC_GETFLAGS, &flags);
  flags |= 0xc8;
  return ioctl(fd, FS_IOC_SETFLAGS, &flags);
}
static int show_flags(const char* path) {
  int flags = 0;
  ioctl(open(path, O_RDONLY), FS_IOC_GETFLAGS, &flags);
  printf("%s %x\\n", path, flags & 0xc8);
  return 0;
}
int main(int count, char** words) {
  int failed = 0;
  for (int i = 2; i < count; ++i) {
    if (strcmp(words[1], "socket") == 0) failed |= bind_socket(words[i]);
    else if (strcmp(words[1], "access") == 0) failed |= set_list(words[i], "system.posix_acl_access");
    else if (strcmp(words[1], "default") == 0) failed |= set_list(words[i], "system.posix_acl_default");
    else if (strcmp(words[1], "show") == 0) failed |= show(words[i]);
    else if (strcmp(words[1], "flags") == 0) failed |= set_flags(words[i]);
    else if (strcmp(words[1], "show-flags") == 0) failed |= show_flags(words[i]);
    else failed |= lsetxattr(words[i], words[1], "y", 1, 0);
  }
  if (failed) perror(words[1]);
  return failed != 0;
}
"""


class Unsaid:
    KIND = "overlay"

    def setUp(self):
        super().setUp()
        self.need("cc")
        harness.write(self.path("leave.c"), PROGRAM)
        self.tool("cc", "-static", "-O1", "-o", self.path("leave"), self.path("leave.c"))
        with open(self.path("leave"), "rb") as file:
            self.tool_files = {"leave": file.read()}

    def run_lines(self, *lines, store="store", tag="1", arguments=()):
        text = f"FROM {self.base}\nCOPY --chmod=755 leave /leave\n" + "".join(f"RUN {line}\n" for line in lines)
        env = {"PINNACE_STORE": self.path("home", store), "PINNACE_SNAPSHOTS": self.KIND}
        result = self.build(text, *arguments, files=self.tool_files, tag=tag, env=env)
        layers = [layer["digest"] for layer, _ in Layout(self.out).layers(Layout(self.out).tag(tag))]
        return layers, [line[2:] for line in result.err.splitlines() if line.startswith("| ")]

    def assert_not_seen(self, hostile, honest, look):
        """The same layer comes of both: what stands on it is the same."""
        alone = self.run_lines(honest, look, store="alone")
        self.run_lines(hostile)
        self.assertEqual(self.run_lines(honest, look), alone, hostile)
        self.assertEqual(self.run_lines(hostile, look, store="fresh"), alone, hostile)

    def test_access_control_lists(self):
        for kind in ("default", "access"):
            self.assert_not_seen(f"mkdir -p -m 777 /srv/app; /leave {kind} /srv/app", "mkdir -p -m 777 /srv/app; : " + kind,
                                 "echo x > /srv/app/file; mkdir /srv/app/dir; /leave show /srv/app; stat -c '%a %n' /srv/app/*")

    def test_flags(self):
        self.assert_not_seen("mkdir -p /srv/app; echo x > /srv/f; /leave flags /srv/app /srv/f /srv /", "mkdir -p /srv/app; echo x > /srv/f; : flags",
                             "mkdir /srv/app/d; echo x > /srv/app/g; /leave show-flags / /srv /srv/f /srv/app /srv/app/d /srv/app/g")

    def test_access_control_lists_of_the_root_and_of_what_the_base_has(self):
        self.assert_not_seen("touch /x; /leave default / /old; /leave user.a / ; chmod 777 /", "touch /x",
                             "echo x > /file; mkdir /dir /old/dir; /leave show / /old; stat -c '%a %n' / /old/dir /file /dir")

    def test_sockets(self):
        self.assert_not_seen("mkdir /s; /leave socket /s/s /old/s", "mkdir /s", "ls -A /s /old")

    def test_sockets_in_place_of_files(self):
        self.assert_not_seen("rm /old/a; /leave socket /old/a", "rm /old/a", "ls -A /old; mkdir /old/a")
        self.assert_not_seen("rm -r /old; mkdir /old; /leave socket /old/a", "rm -r /old; mkdir /old", "ls -A /old; touch /old/a")

    def test_attributes_that_layers_do_not_have(self):
        self.assert_not_seen("mkdir /d; touch /d/f; mkfifo /d/p; for i in /d /d/f; do /leave user.xdg.a $i; done; "
                             "/leave user.overlay.opaque /d || true; /leave access /d/p",
                             "mkdir /d; touch /d/f; mkfifo /d/p; chmod 777 /d/p", "/leave show /d /d/f /d/p; stat -c '%a %n' /d/*")

    def test_attributes_that_layers_have_are_kept(self):
        _, lines = self.run_lines("mkdir /d; touch /d/f; /leave user.a /d /d/f; /leave access /d/f", "/leave show /d /d/f")
        self.assertEqual(lines, ["/d user.a", "/d/f user.a"])
        self.assertEqual(layer_members(self.out, "1", 2)["d/f"].pax_headers, {"SCHILY.xattr.user.a": "y"})

    def test_names_of_one_link_or_fifo(self):
        self.assert_not_seen("mkdir /d; cd /d; mkfifo p; ln p q; ln -s x l; busybox ln l m || ln -s x m; chown 1000 p",
                             "mkdir /d; cd /d; mkfifo p q; chown 1000 p q; ln -s x l; ln -s x m", "stat -c '%h %a %u %n' /d/?")

    def test_times_of_access(self):
        self.assert_not_seen("touch /x; touch -a -d @7 /x", "touch /x", "stat -c '%X %Y' /x")


class OnOverlay(Unsaid, RunCase):
    pass


class OnOverlayAsUser(Unsaid, RunCase):
    prefix = AS_USER


class OnCopies(Unsaid, RunCase):
    KIND = "copy"
