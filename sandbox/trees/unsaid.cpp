#include "sandbox/trees/unsaid.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <string_view>

#include "base/error.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

using tree::OpenRoot;
using tree::RootedPath;

namespace {

constexpr std::size_t k_max_names = 64 * 1024;  // XATTR_LIST_MAX of Linux
constexpr std::string_view k_marks = "user.overlay.";

/// Of ioctl_iflags(2), without those that need CAP_LINUX_IMMUTABLE.
constexpr int k_flags = FS_SECRM_FL | FS_UNRM_FL | FS_SYNC_FL | FS_NODUMP_FL | FS_NOATIME_FL |
                        FS_NOTAIL_FL | FS_DIRSYNC_FL | FS_TOPDIR_FL | FS_PROJINHERIT_FL;

/// What is not the host's, as labels of SELinux are (security.selinux).
bool is_of_containers(std::string_view name, Marks marks) {
  if (name == "security.capability" || name.starts_with("system.posix_acl_")) return true;
  if (!name.starts_with("user.")) return false;
  // Names of a container that begin as marks do are written below another one by overlayfs.
  const bool is_mark =
      name.starts_with(k_marks) && !name.substr(k_marks.size()).starts_with("overlay.");
  return marks == Marks::none || !is_mark;
}

/// For calls that take no descriptor of O_PATH, which is all that links and devices can have.
std::string path_of(const files::UniqueFd& fd) {
  return "/proc/self/fd/" + std::to_string(fd.get());
}

std::string names_at(const std::string& file, const std::string& shown) {
  std::string names(k_max_names, '\0');
  const ssize_t size = ::listxattr(file.c_str(), names.data(), names.size());
  if (size < 0 && errno != ENOTSUP) base::throw_errno(errno, "list attributes of " + shown);
  names.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return names;
}

}  // namespace

void remove_attributes(const OpenRoot& tree, const RootedPath& path,
                       const std::map<std::string, std::string>& said, Marks marks) {
  const files::UniqueFd fd = tree.open(path, O_PATH);
  const std::string file = path_of(fd);
  const std::string names = names_at(file, path.absolute());
  for (std::string_view rest = names; !rest.empty();) {
    const std::string name(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(name.size() + 1);
    if (said.contains(name) || !is_of_containers(name, marks)) continue;
    // Another name of the file may have lost it already.
    if (::removexattr(file.c_str(), name.c_str()) != 0 && errno != ENODATA)
      base::throw_errno(errno, "remove the attribute " + name + " of " + path.absolute());
  }
}

void remove_flags(const OpenRoot& tree, const RootedPath& path) {
  const files::UniqueFd fd = tree.open(path, O_RDONLY);
  int flags = 0;
  // Not every file system has them.
  if (::ioctl(fd.get(), FS_IOC_GETFLAGS, &flags) != 0 || (flags & k_flags) == 0) return;
  flags &= ~k_flags;
  if (::ioctl(fd.get(), FS_IOC_SETFLAGS, &flags) != 0)
    base::throw_errno(errno, "remove flags of " + path.absolute());
}

void split_hard_link(const OpenRoot& tree, const RootedPath& path) {
  const auto status = tree.status(path);
  if (!status) base::throw_errno(ENOENT, "look at " + path.absolute());
  const auto target = tree.link_target(path);
  tree.remove(path);
  if (target) {
    tree.make_link(path, *target);
  } else {
    tree.make_node(path, status->st_mode, status->st_rdev);
  }
  tree.set_owner(path, status->st_uid, status->st_gid);
  if (!target) tree.set_mode(path, status->st_mode & 07777);
}

}  // namespace pinnace::sandbox
