#include "sandbox/mounts/stubs.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"

namespace pinnace::sandbox {

using tree::RootedPath;

void Stubs::keep(const RootedPath& path) {
  auto parent = m_root.find_directory(path.parent());
  if (parent == nullptr) base::throw_errno(errno, "open " + path.parent().absolute());
  m_made.push_back({path, std::move(parent), m_root.open(path, O_PATH)});
}

void Stubs::add(const RootedPath& path, bool directory) {
  if (path.is_root()) return;
  if (const auto present = m_root.status(path)) {
    if (S_ISDIR(present->st_mode) == directory) return;
    throw base::Error(base::ErrorCode::invalid_input,
                      "a mount at " + path.absolute() + " needs a " +
                          (directory ? "directory" : "file") + ", and the image has " +
                          (S_ISLNK(present->st_mode) ? "a link" : "something else") + " there");
  }
  add(path.parent(), true);
  if (directory) {
    m_root.make_directory(path);
  } else {
    m_root.make_file(path);
    m_root.set_mode(path, 0644);
  }
  keep(path);
}

void Stubs::remove() {
  for (; !m_made.empty(); m_made.pop_back()) {
    const Stub& stub = m_made.back();
    const std::string name(stub.path.name());
    struct stat made {};
    struct stat now {};
    if (::fstat(stub.made.get(), &made) != 0)
      base::throw_errno(errno, "look at " + stub.path.absolute());
    if (::fstatat(stub.parent->get(), name.c_str(), &now, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) continue;
      base::throw_errno(errno, "look at " + stub.path.absolute());
    }
    const bool ours = now.st_dev == made.st_dev && now.st_ino == made.st_ino;
    const bool directory = S_ISDIR(made.st_mode);
    if (!ours || (!directory && now.st_size != 0)) continue;
    if (::unlinkat(stub.parent->get(), name.c_str(), directory ? AT_REMOVEDIR : 0) == 0) continue;
    // Somebody put something there.
    if (errno != ENOTEMPTY && errno != EEXIST)
      base::throw_errno(errno, "remove " + stub.path.absolute());
  }
}

}  // namespace pinnace::sandbox
