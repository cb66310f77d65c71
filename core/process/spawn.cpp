#include "process/spawn.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "base/error.hpp"

namespace pinnace::process {

using base::Error;
using base::ErrorCode;
using files::UniqueFd;

namespace {

/// Above 2, so that no dup2 in the child overwrites a descriptor that is still needed.
void raise_above_standard(UniqueFd& fd) {
  if (fd.get() > STDERR_FILENO) return;
  fd = UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!fd) base::throw_errno(errno, "duplicate a file descriptor");
}

struct PipeEnds {
  UniqueFd reading;
  UniqueFd writing;
};

PipeEnds make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) base::throw_errno(errno, "create a pipe");
  PipeEnds ends{UniqueFd(fds[0]), UniqueFd(fds[1])};
  raise_above_standard(ends.reading);
  raise_above_standard(ends.writing);
  return ends;
}

UniqueFd make_input(const std::string& text) {
  UniqueFd fd = files::open_in_memory(text);
  raise_above_standard(fd);
  return fd;
}

PipeEnds make_stream() {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0)
    base::throw_errno(errno, "create a socket");
  PipeEnds ends{UniqueFd(fds[0]), UniqueFd(fds[1])};
  raise_above_standard(ends.reading);
  raise_above_standard(ends.writing);
  return ends;
}

void require(int error, const char* what) {
  if (error != 0) base::throw_errno(error, what);
}

/// A function that not every libc has which we run on: glibc since 2.29 and 2.34; null if it is
/// missing.
template <class Function>
Function* find_in_libc(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
}

std::vector<int> open_descriptors_from(int first) {
  std::vector<int> result;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename().string());
    if (fd >= first) result.push_back(fd);
  }
  return result;
}

class FileActions {
 public:
  FileActions() { require(::posix_spawn_file_actions_init(&m_actions), "prepare a process"); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&m_actions); }

  void duplicate(int from, int to) {
    require(::posix_spawn_file_actions_adddup2(&m_actions, from, to), "prepare a process");
  }
  void change_directory(const char* path) {
    const auto add = find_in_libc<int(posix_spawn_file_actions_t*, const char*)>(
        "posix_spawn_file_actions_addchdir_np");
    if (add == nullptr) {
      throw Error(ErrorCode::unsupported,
                  "this libc can't start a program in another directory; glibc 2.29 can");
    }
    require(add(&m_actions, path), "prepare a process");
  }
  void close_from(int first) {
    if (const auto add = find_in_libc<int(posix_spawn_file_actions_t*, int)>(
            "posix_spawn_file_actions_addclosefrom_np")) {
      require(add(&m_actions, first), "prepare a process");
      return;
    }
    // What another thread opens meanwhile has O_CLOEXEC if it is ours.
    for (const int fd : open_descriptors_from(first)) {
      require(::posix_spawn_file_actions_addclose(&m_actions, fd), "prepare a process");
    }
  }
  const posix_spawn_file_actions_t* get() const { return &m_actions; }

 private:
  posix_spawn_file_actions_t m_actions;
};

/// Own process group, no signal blocked, every signal handled as by default.
class Attributes {
 public:
  Attributes() {
    require(::posix_spawnattr_init(&m_attributes), "prepare a process");
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&m_attributes, &none);
    ::posix_spawnattr_setsigdefault(&m_attributes, &all);
    ::posix_spawnattr_setpgroup(&m_attributes, 0);
    ::posix_spawnattr_setflags(
        &m_attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&m_attributes); }
  const posix_spawnattr_t* get() const { return &m_attributes; }

 private:
  posix_spawnattr_t m_attributes;
};

/// Pointers into `texts`, with the null at the end that exec wants.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Those of PATH that are absolute: an empty or relative one would run whatever lies in the
/// workspace.
std::vector<std::string_view> search_folders(const Environment& environment) {
  std::vector<std::string_view> folders;
  const auto path = environment.find("PATH");
  std::string_view rest = path != environment.end() ? std::string_view(path->second) : "";
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    if (folder.starts_with('/')) folders.push_back(folder);
  }
  return folders;
}

/// "NAME=VALUE". A child and its children look for programs where we do.
std::vector<std::string> variables_of(const Environment& environment) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) {
    if (name != "PATH") variables.push_back(name + "=" + value);
  }
  if (environment.contains("PATH")) {
    std::string path = "PATH=";
    for (const std::string_view folder : search_folders(environment))
      path.append(path.ends_with('=') ? "" : ":").append(folder);
    variables.push_back(path);
  }
  return variables;
}

pid_t spawn(const Command& command, const FileActions& actions) {
  const std::string program = find_program(command.arguments.front(), command.environment);
  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> variables = variables_of(command.environment);
  const Attributes attributes;
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, program.c_str(), actions.get(), attributes.get(),
                                  pointers(arguments).data(), pointers(variables).data());
  if (error != 0) base::throw_errno(error, "start " + program);
  return pid;
}

void check_text(std::string_view text, const std::string& program) {
  if (text.find('\0') == std::string_view::npos) return;
  throw Error(ErrorCode::invalid_input,
              "an argument or variable of " + program + " has a NUL byte");
}

void check(const Command& command) {
  static constexpr std::size_t k_max_input = std::size_t{1} << 20;
  if (command.arguments.empty() || command.arguments.front().empty()) {
    throw Error(ErrorCode::invalid_input, "no program to run");
  }
  const std::string& program = command.arguments.front();
  for (const std::string& argument : command.arguments) check_text(argument, program);
  for (const auto& [name, value] : command.environment) check_text(name + value, program);
  if (command.input.size() > k_max_input) {
    throw Error(ErrorCode::invalid_input, "input of " + program + " is larger than 1 MiB");
  }
}

void set_nonblocking(int fd) {
  if (::fcntl(fd, F_SETFL, O_NONBLOCK) != 0) base::throw_errno(errno, "prepare a pipe");
}

/// False with errno set.
bool limit(pid_t pid, decltype(RLIMIT_AS) resource, std::uint64_t most) {
  struct rlimit limits {};
  if (most == 0) return true;
  if (::prlimit(pid, resource, nullptr, &limits) != 0) return false;
  limits.rlim_max = std::min<rlim_t>(limits.rlim_max, most);
  limits.rlim_cur = std::min(limits.rlim_cur, limits.rlim_max);
  return ::prlimit(pid, resource, &limits, nullptr) == 0;
}

/// The same. The child is not reaped yet, so that it is no other's.
bool limit(pid_t pid, const Limits& limits) {
  return limit(pid, RLIMIT_AS, limits.memory) && limit(pid, RLIMIT_FSIZE, limits.file_size);
}

bool is_executable(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string find_program(const std::string& name, const Environment& environment) {
  if (name.find('/') != std::string::npos) return name;
  for (const std::string_view folder : search_folders(environment)) {
    std::string path = std::string(folder) + "/" + name;
    if (is_executable(path)) return path;
  }
  throw Error(ErrorCode::not_found, "program " + name + " not found in PATH");
}

Child::Child(const Command& command, Input kind) {
  check(command);
  PipeEnds input;
  if (kind == Input::stream) {
    input = make_stream();
    set_nonblocking(input.writing.get());
  } else {
    input.reading = make_input(command.input);
  }
  PipeEnds output = make_pipe();
  PipeEnds error = make_pipe();
  set_nonblocking(output.reading.get());
  set_nonblocking(error.reading.get());
  FileActions actions;
  actions.duplicate(input.reading.get(), STDIN_FILENO);
  actions.duplicate(output.writing.get(), STDOUT_FILENO);
  actions.duplicate(error.writing.get(), STDERR_FILENO);
  actions.close_from(STDERR_FILENO + 1);
  if (!command.directory.empty()) actions.change_directory(command.directory.c_str());
  m_input = std::move(input.writing);
  m_output = std::move(output.reading);
  m_error = std::move(error.reading);
  m_pid = spawn(command, actions);
  // glibc 2.36 declares pidfd_open() without extern "C".
  m_ended.reset(static_cast<int>(::syscall(SYS_pidfd_open, m_pid, 0)));
  if (m_ended && limit(m_pid, command.limits)) return;
  const int saved = errno;
  signal_group(SIGKILL);
  reap();
  base::throw_errno(saved, "watch and limit " + command.arguments.front());
}

Child::~Child() {
  if (m_pid < 0) return;
  signal_group(SIGKILL);
  reap();
}

void Child::signal_group(int signal) const noexcept {
  if (m_pid > 0) ::kill(-m_pid, signal);
}

int Child::reap() noexcept {
  int status = 0;
  while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
  }
  m_pid = -1;
  return status;
}

}  // namespace pinnace::process
