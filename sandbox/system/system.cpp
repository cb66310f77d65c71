#include "sandbox/system/system.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "process/spawn.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using files::UniqueFd;

void mount(const std::string& source, const std::string& target, const char* type,
           unsigned long flags, const std::string& options) {
  require(::mount(source.c_str(), target.c_str(), type, flags,
                  options.empty() ? nullptr : options.c_str()),
          std::string("mount ") + (type != nullptr ? type : source.c_str()) + " at " + target);
}

void mount_proc() {
  try {
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  } catch (const Error& error) {
    throw Error(ErrorCode::unsupported,
                std::string(error.what()) +
                    ": a container can't have a /proc of its own here; if this is a container "
                    "itself, it needs an unmasked /proc (Kubernetes: procMount: Unmasked; others: "
                    "--security-opt systempaths=unconfined)");
  }
}

void make_directory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
    base::throw_errno(errno, "create " + path);
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(fd, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    require(size, "write");
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

void write_file(const std::string& path, std::string_view text, mode_t mode) {
  UniqueFd fd(require(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode),
                      "create " + path));
  write_all(fd.get(), text);
  close_written(std::move(fd), path);
}

void close_written(UniqueFd fd, const std::string& shown) {
  // Each descriptor that closes tells, and UniqueFd's own does so to nobody.
  require(::close(require(::dup(fd.get()), "write " + shown)), "write " + shown);
}

Pipe make_pipe() {
  int ends[2];
  require(::pipe2(ends, O_CLOEXEC), "create a pipe");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

namespace {

/// Nothing of ours but its descriptors reaches the program; in the child, only calls that a
/// single thread may make anyway.
[[noreturn]] void become(const std::string& file, std::vector<std::string> arguments,
                         const std::string& path, const std::vector<int>& descriptors,
                         pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int number = 0; number < static_cast<int>(descriptors.size()); ++number) {
    const int wanted = descriptors[static_cast<std::size_t>(number)];
    const int from = wanted >= 0 ? wanted : nothing;
    if (from == number) {
      if (::fcntl(number, F_SETFD, 0) != 0) ::_exit(127);
    } else if (::dup2(from, number) < 0) {
      ::_exit(127);
    }
  }
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  std::string variable = "PATH=" + path;
  char* environment[] = {variable.data(), nullptr};
  for (const int number : {SIGPIPE, SIGXFSZ}) ::signal(number, SIG_DFL);
  ::execve(file.c_str(), words.data(), environment);
  ::_exit(127);
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const std::string& path,
                 const std::vector<int>& descriptors) {
  const std::string file = process::find_program(arguments.front(), {{"PATH", path}});
  const pid_t parent = ::getpid();
  m_pid = require(::fork(), "start " + arguments.front());
  if (m_pid == 0) become(file, arguments, path, descriptors, parent);
}

Program::~Program() {
  if (m_pid <= 0) return;
  // It is our child: killing it and waiting for it can't fail, and nobody asks how it ended.
  ::kill(m_pid, SIGKILL);
  while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

int Program::wait() {
  return wait_for(std::exchange(m_pid, -1));
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) base::throw_errno(errno, "wait for the end of a process");
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void run_program(const std::vector<std::string>& arguments, const std::string& path) {
  Pipe pipe = make_pipe();
  Program program(arguments, path, {-1, -1, pipe.writing.get()});
  pipe.writing.reset();
  files::FileSource source(std::move(pipe.reading), arguments.front());
  std::string said(4096, '\0');
  said.resize(base::read_full(source, std::as_writable_bytes(std::span(said))));
  const int code = program.wait();
  if (code == 0) return;
  while (said.ends_with('\n')) said.pop_back();
  throw Error(ErrorCode::io, arguments.front() + " ended with " + std::to_string(code) +
                                 (said.empty() ? "" : ": " + said));
}

}  // namespace pinnace::sandbox
