#include "sandbox/runtime/control_group.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <map>
#include <sstream>
#include <string>

#include "base/error.hpp"
#include "files/file.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

namespace {

constexpr const char* k_place = "/sys/fs/cgroup";
constexpr std::size_t k_max_file = std::size_t{1} << 20;

/// Lines "number:controllers:/path" as paths by hierarchy.
std::map<std::string, std::string> groups_of(std::string_view text) {
  std::map<std::string, std::string> groups;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t path = line.find(":/");
    if (path != std::string::npos) groups[line.substr(0, path)] = line.substr(path + 1);
  }
  return groups;
}

bool is_at_or_below(const std::string& path, const std::string& group) {
  return group == "/" || path == group || path.starts_with(group + "/");
}

}  // namespace

bool has_unified_groups() {
  struct statfs status {};
  return ::statfs(k_place, &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC;
}

void hide_other_groups(const Stage& stage) {
  if (!has_unified_groups()) return;
  require(::unshare(CLONE_NEWCGROUP), "make a namespace of control groups");
  // Where it is mounted already, the kernel takes it only in this way.
  const std::string place = stage.base + "/groups";
  make_directory(place);
  mount("cgroup2", place, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  mount(place, k_place, nullptr, MS_BIND);
}

bool is_within_groups(std::string_view ours, std::string_view theirs) {
  const auto containers = groups_of(theirs);
  const auto wanted = groups_of(ours);
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& group) {
    const auto found = containers.find(group.first);
    return found != containers.end() && is_at_or_below(found->second, group.second);
  });
}

namespace {

/// Of a file below /proc/PID; empty if the process is gone. Throws io.
std::string read_of(pid_t process, const char* file) {
  const std::string path = "/proc/" + std::to_string(process) + "/" + file;
  const files::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer;
  std::string text;
  for (ssize_t size = 1; size > 0 && text.size() < k_max_file;) {
    size = fd ? ::read(fd.get(), buffer.data(), buffer.size()) : -1;
    if (size < 0 && (errno == ENOENT || errno == ESRCH)) return {};
    if (size < 0) base::throw_errno(errno, "read " + path);
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return text;
}

/// Or is about to: it has left its control groups before it is a zombie.
bool has_ended(pid_t process) {
  constexpr unsigned long k_exiting = 4;  // PF_EXITING of linux/sched.h
  const std::string stat = read_of(process, "stat");
  // proc(5): "PID (NAME) STATE PPID PGRP SESSION TTY TPGID FLAGS ..."
  const std::size_t name = stat.rfind(") ");
  if (name == std::string::npos) return true;
  std::istringstream fields(stat.substr(name + 2));
  std::string state, parent, group, session, terminal, foreground;
  unsigned long flags = 0;
  fields >> state >> parent >> group >> session >> terminal >> foreground >> flags;
  return !fields || (flags & k_exiting) != 0;
}

}  // namespace

void require_within_our_groups(pid_t process) {
  const std::string theirs = read_of(process, "cgroup");
  // First what it says, then whether it could say it.
  if (has_ended(process)) return;
  if (!is_within_groups(files::read_file("/proc/self/cgroup", k_max_file), theirs))
    throw base::Error(base::ErrorCode::unsupported,
                      "the runtime has taken the container out of the control group that limits "
                      "it; choose another one (--runtime runc), or no limits");
}

}  // namespace pinnace::sandbox
