// What OpenRoot makes and changes.

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.hpp"
#include "files/remove_tree.hpp"
#include "tree/open_root.hpp"

namespace pinnace::tree {

namespace {

void require(bool done, const char* action, const RootedPath& path) {
  if (!done) base::throw_errno(errno, action + (" " + path.absolute()));
}

}  // namespace

bool OpenRoot::make_directory(const RootedPath& path, mode_t mode) const {
  const Place place = present_place(path, "create");
  if (::mkdirat(place.directory->get(), place.name.c_str(), mode) == 0) return true;
  require(errno == EEXIST, "create", path);
  if (is_directory(path)) return false;
  throw base::Error(base::ErrorCode::invalid_input,
                    path.absolute() + " must be a directory, and something else is there");
}

void OpenRoot::make_directories(const RootedPath& path) const {
  if (is_directory(path)) return;
  make_directories(path.parent());
  make_directory(path);
}

files::UniqueFd OpenRoot::make_file(const RootedPath& path) const {
  const Place place = present_place(path, "create");
  files::UniqueFd fd(::openat(place.directory->get(), place.name.c_str(),
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  require(static_cast<bool>(fd), "create", path);
  return fd;
}

void OpenRoot::make_link(const RootedPath& path, const std::string& target) const {
  const Place place = present_place(path, "create the link");
  require(::symlinkat(target.c_str(), place.directory->get(), place.name.c_str()) == 0,
          "create the link", path);
}

void OpenRoot::make_hard_link(const RootedPath& path, const RootedPath& present) const {
  const Place from = present_place(present, "link");
  const Place to = present_place(path, "link");
  if (::linkat(from.directory->get(), from.name.c_str(), to.directory->get(), to.name.c_str(), 0) ==
      0)
    return;
  base::throw_errno(errno, "link " + path.absolute() + " to " + present.absolute());
}

void OpenRoot::make_node(const RootedPath& path, mode_t mode, dev_t device) const {
  const Place place = present_place(path, "create");
  require(::mknodat(place.directory->get(), place.name.c_str(), mode, device) == 0, "create", path);
}

void OpenRoot::set_owner(const RootedPath& path, uid_t uid, gid_t gid) const {
  const Place place = present_place(path, "change the owner of");
  if (::fchownat(place.directory->get(), place.name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW) == 0)
    return;
  require(errno == EINVAL, "change the owner of", path);
  throw base::Error(base::ErrorCode::invalid_input,
                    path.absolute() + " belongs to " + std::to_string(uid) + ":" +
                        std::to_string(gid) + ", and containers here have the ids up to 65535");
}

void OpenRoot::set_mode(const RootedPath& path, mode_t mode) const {
  const Place place = present_place(path, "change the mode of");
  require(::fchmodat(place.directory->get(), place.name.c_str(), mode, AT_SYMLINK_NOFOLLOW) == 0,
          "change the mode of", path);
}

void OpenRoot::set_times(const RootedPath& path, const timespec& accessed,
                         const timespec& modified) const {
  const Place place = present_place(path, "set the time of");
  const std::array<timespec, 2> times = {accessed, modified};
  require(::utimensat(place.directory->get(), place.name.c_str(), times.data(),
                      AT_SYMLINK_NOFOLLOW) == 0,
          "set the time of", path);
}

bool OpenRoot::set_attribute(const RootedPath& path, const std::string& name,
                             std::string_view value) const {
  const files::UniqueFd fd = open(path, O_RDONLY);
  if (::fsetxattr(fd.get(), name.c_str(), value.data(), value.size(), 0) == 0) return true;
  if (errno == ENOTSUP) return false;
  base::throw_errno(errno, "set " + name + " of " + path.absolute());
}

void OpenRoot::remove(const RootedPath& path) const {
  const Place place = place_of(path);
  if (place.directory == nullptr) {
    require(is_absent(errno), "remove", path);
    return;
  }
  m_last = nullptr;
  files::remove_tree(place.directory->get(), place.name, path.absolute());
}

}  // namespace pinnace::tree
