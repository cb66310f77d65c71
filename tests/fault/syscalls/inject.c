// Fails one call of one function of libc in a pinnace process: what run.py preloads.
//
// FAIL_IN      main or helper: in which process ("pinnace sandbox" is the helper)
// FAIL_COUNTS  file: fails nothing; each process adds a line "NAME COUNT" for each function when it ends
// FAIL_CALL    name of the function, as in the lists below
// FAIL_AT      which of its calls fails, from 1, counted in each process; 0: all of them
// FAIL_ERRNO   number of the error
// FAIL_HIT     file: gets a byte when the call has failed
//
// Integers and pointers travel in registers on x86_64 and aarch64, so one shape serves functions of up to six of them.

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

extern char** environ;

typedef long (*function)(long, long, long, long, long, long);

enum { k_names = 160, k_creates = 0100, k_read_only = 0, k_write_append = 02001, k_close_on_exec = 02000000, k_duplicate_close_on_exec = 1030 };

static const char* names[k_names];
static atomic_long counts[k_names];
static long report = -1;  // the file to report to
static int active = -1;  // -1: not looked yet; 0: another process; 1: counts; 2: fails

static function real(const char* name) { return (function)dlsym(RTLD_NEXT, name); }

static int is_wanted_process(void) {
  char line[512] = {0};
  long fd = real("open")((long)"/proc/self/cmdline", k_read_only, 0, 0, 0, 0);
  long length = real("read")(fd, (long)line, sizeof line - 1, 0, 0, 0);
  real("close")(fd, 0, 0, 0, 0, 0);
  const char* wanted = getenv("FAIL_IN");
  if (length <= 0 || !wanted || !strstr(line, "pinnace")) return 0;
  const char* verb = line + strlen(line) + 1;
  int is_helper = verb < line + length && strcmp(verb, "sandbox") == 0;
  return is_helper == (strcmp(wanted, "helper") == 0);
}

static void append(const char* text) { real("write")(report, (long)text, (long)strlen(text), 0, 0, 0); }

// The file to report to is opened before anything is mounted over it.
static void look(void) {
  if (active >= 0) return;
  active = 0;  // what look() itself calls is not counted
  const char* counts_file = getenv("FAIL_COUNTS");
  const char* file = counts_file ? counts_file : getenv("FAIL_HIT");
  if (!file || !is_wanted_process()) return;
  long fd = real("open")((long)file, k_write_append | k_close_on_exec, 0, 0, 0, 0);
  report = real("fcntl")(fd, k_duplicate_close_on_exec, 900, 0, 0, 0);
  real("close")(fd, 0, 0, 0, 0, 0);
  active = counts_file ? 1 : 2;
}

static atomic_long* count_of(const char* name) {
  for (int i = 0; i < k_names; ++i) {
    if (!names[i]) names[i] = name;
    if (strcmp(names[i], name) == 0) return &counts[i];
  }
  abort();
}

// Whether this call is the one that fails; errno is set then.
static int fails(const char* name) {
  look();
  if (active == 0) return 0;
  if (active == 1) {
    ++*count_of(name);
    return 0;
  }
  static atomic_long seen;
  if (strcmp(getenv("FAIL_CALL"), name) != 0) return 0;
  long at = atol(getenv("FAIL_AT"));
  if (at != 0 && ++seen != at) return 0;
  append("x");
  errno = atoi(getenv("FAIL_ERRNO"));
  return 1;
}

__attribute__((destructor)) static void say_counts(void) {
  if (active != 1) return;
  for (int i = 0; i < k_names && names[i]; ++i) {
    char line[128], digits[24], *end = digits + sizeof digits - 1;
    *end = 0;
    long left = counts[i];
    do *--end = (char)('0' + left % 10);
    while (left /= 10);
    strcpy(line, names[i]);
    strcat(strcat(strcat(line, " "), end), "\n");
    append(line);
  }
}

// A forked process ends without its destructors.
void _exit(int code) {
  say_counts();
  real("_exit")(code, 0, 0, 0, 0, 0);
  abort();
}

#define WRAP_AS(symbol, shown, failure)                                        \
  long symbol(long a, long b, long c, long d, long e, long f) {                \
    static function next;                                                      \
    if (!next) next = real(#symbol);                                           \
    return fails(shown) ? (failure) : next(a, b, c, d, e, f);                  \
  }
#define WRAP(symbol) WRAP_AS(symbol, #symbol, -1)
#define WRAP_64(symbol) WRAP(symbol) WRAP_AS(symbol##64, #symbol, -1)

// Opening: a file that is made fails for other reasons than one that is there.
#define WRAP_OPEN(symbol, flags, made, found) WRAP_AS(symbol, ((flags) & k_creates) ? made : found, -1)
WRAP_OPEN(open, b, "open to create", "open")
WRAP_OPEN(open64, b, "open to create", "open")
WRAP_OPEN(openat, c, "openat to create", "openat")
WRAP_OPEN(openat64, c, "openat to create", "openat")
WRAP_AS(fopen, "fopen", 0)
WRAP_AS(fopen64, "fopen", 0)
WRAP_AS(opendir, "opendir", 0)
WRAP_AS(fdopendir, "fdopendir", 0)
WRAP_AS(readdir, "readdir", 0)
WRAP_AS(readdir64, "readdir", 0)

WRAP(read) WRAP_64(pread) WRAP(readv) WRAP(getdents64)
WRAP(writev) WRAP_64(pwrite) WRAP_64(ftruncate) WRAP_64(truncate) WRAP_64(fallocate) WRAP_64(sendfile) WRAP(copy_file_range)
WRAP(close) WRAP(fsync) WRAP(fdatasync) WRAP(sync_file_range) WRAP(syncfs) WRAP_64(lseek)
WRAP(rename) WRAP(renameat) WRAP(renameat2) WRAP(link) WRAP(linkat) WRAP(symlink) WRAP(symlinkat)
WRAP(mkdir) WRAP(mkdirat) WRAP(unlink) WRAP(unlinkat) WRAP(rmdir) WRAP(remove) WRAP(mknod) WRAP(mknodat) WRAP(mkfifo)
WRAP_64(stat) WRAP_64(lstat) WRAP_64(fstat) WRAP_64(fstatat) WRAP(statx) WRAP(access) WRAP(faccessat) WRAP_64(statvfs)
WRAP(readlink) WRAP(readlinkat) WRAP_AS(realpath, "realpath", 0)
WRAP(chmod) WRAP(fchmod) WRAP(fchmodat) WRAP(chown) WRAP(lchown) WRAP(fchown) WRAP(fchownat)
WRAP(utimensat) WRAP(futimens) WRAP(lsetxattr) WRAP(setxattr) WRAP(fsetxattr) WRAP(lgetxattr) WRAP(fgetxattr) WRAP(llistxattr)
WRAP(flistxattr) WRAP(lremovexattr)
WRAP(flock) WRAP_64(fcntl) WRAP(ioctl) WRAP(dup) WRAP(dup2) WRAP(dup3) WRAP(pipe) WRAP(pipe2) WRAP(memfd_create)
WRAP(socket) WRAP(socketpair) WRAP(connect) WRAP(send) WRAP(recv) WRAP(sendmsg) WRAP(recvmsg) WRAP(poll)
WRAP(mount) WRAP(umount2) WRAP(unshare) WRAP(setns) WRAP(fork) WRAP(execve) WRAP(waitpid) WRAP(prctl)
WRAP(setresuid) WRAP(setresgid) WRAP(setgroups) WRAP(chdir) WRAP(fchdir) WRAP(chroot)
WRAP_AS(mmap, "mmap", -1)
WRAP_AS(mmap64, "mmap", -1)
// These return the number of the error.
WRAP_AS(pthread_create, "pthread_create", 11)
WRAP_AS(posix_spawnp, "posix_spawn", 11)

// The helper is started with an empty environment: it gets what concerns us.
long posix_spawn(long pid, long path, long actions, long attributes, long arguments, long variables) {
  static function next;
  if (!next) next = real("posix_spawn");
  if (fails("posix_spawn")) return 11;
  char** of_child = (char**)arguments;
  if (!of_child[0] || !of_child[1] || strcmp(of_child[1], "sandbox") != 0)
    return next(pid, path, actions, attributes, arguments, variables);
  char* ours[64];
  int count = 0;
  for (char** variable = (char**)variables; variable && *variable && count < 40; ++variable) ours[count++] = *variable;
  for (char** variable = environ; *variable && count < 60; ++variable)
    if (strncmp(*variable, "FAIL_", 5) == 0 || strncmp(*variable, "LD_PRELOAD=", 11) == 0) ours[count++] = *variable;
  ours[count] = 0;
  return next(pid, path, actions, attributes, arguments, (long)ours);
}

// What a process says on its standard output and error is no work of its.
long write(long fd, long data, long size) {
  static function next;
  if (!next) next = real("write");
  return fd > 2 && fails("write") ? -1 : next(fd, data, size, 0, 0, 0);
}

// System calls that libc has no function for.
static const char* name_of(long number) {
  switch (number) {
    case 428: return "open_tree";
    case 429: return "move_mount";
    case 430: return "fsopen";
    case 431: return "fsconfig";
    case 432: return "fsmount";
    case 437: return "openat2";
    case 442: return "mount_setattr";
  }
  return 0;
}

long syscall(long number, long a, long b, long c, long d, long e, long f) {
  static long (*next)(long, long, long, long, long, long, long);
  if (!next) next = (long (*)(long, long, long, long, long, long, long))dlsym(RTLD_NEXT, "syscall");
  const char* name = name_of(number);
  return name && fails(name) ? -1 : next(number, a, b, c, d, e, f);
}
