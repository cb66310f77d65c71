#include "sandbox/system/host_tree.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <sstream>

#include "base/error.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using files::UniqueFd;

namespace {

constexpr std::size_t k_max_mounts = std::size_t{16} << 20;

/// A path as /proc/self/mountinfo has it: white space and backslashes in octal.
std::string unescaped(const std::string& text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      path += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      path += text[i];
    }
  }
  return path;
}

}  // namespace

UniqueFd clone_host_tree(const std::string& path) {
  UniqueFd tree(static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, path.c_str(),
                                           OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE)));
  if (!tree) {
    const int error = errno;
    if (error == ENOENT)
      throw Error(ErrorCode::not_found, "mount of " + path + ": the host has nothing there");
    base::throw_errno(error, "mount of " + path);
  }
  return tree;
}

bool restrict_tree(const UniqueFd& tree, Writable writable) {
  mount_attr wanted{};
  wanted.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  if (writable == Writable::no) wanted.attr_set |= MOUNT_ATTR_RDONLY;
  wanted.propagation = MS_PRIVATE;
  return ::syscall(SYS_mount_setattr, tree.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &wanted,
                   sizeof wanted) == 0;
}

void restrict_mount(const std::string& place, unsigned long flags) {
  struct statvfs status {};
  require(::statvfs(place.c_str(), &status), "look at " + place);
  // What statvfs() says has the same numbers.
  flags |= status.f_flag & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
  mount("", place, nullptr, MS_REMOUNT | MS_BIND | flags);
}

std::vector<std::string> mounts_below(const std::string& path) {
  const std::string real = std::filesystem::canonical(path).string();
  const std::string wanted = real == "/" ? real : real + "/";
  std::vector<std::string> found;
  std::istringstream lines(files::read_file("/proc/self/mountinfo", k_max_mounts));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, place;
    fields >> id >> parent >> device >> root >> place;
    place = unescaped(place);
    if (place.starts_with(wanted) && place != wanted) found.push_back(place);
  }
  return found;
}

void attach_mount(const UniqueFd& mount, const std::string& place, const std::string& shown) {
  struct stat status {};
  require(::fstat(mount.get(), &status), "look at " + shown);
  if (S_ISDIR(status.st_mode)) {
    make_directory(place);
  } else {
    write_file(place, "");
  }
  require(
      ::syscall(SYS_move_mount, mount.get(), "", AT_FDCWD, place.c_str(), MOVE_MOUNT_F_EMPTY_PATH),
      "mount of " + shown);
}

void move_mount(const std::string& place, const UniqueFd& target) {
  require(
      ::syscall(SYS_move_mount, AT_FDCWD, place.c_str(), target.get(), "", MOVE_MOUNT_T_EMPTY_PATH),
      "move the mount " + place);
}

}  // namespace pinnace::sandbox
