#include "files/temporary.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/error.hpp"
#include "files/disk_usage.hpp"
#include "files/look.hpp"
#include "files/remove_tree.hpp"

namespace pinnace::files {

namespace fs = std::filesystem;

bool mark_in_use(const UniqueFd& fd, const fs::path& path) {
  // Not every file system has flock; whoever cleans up fails there, too.
  if (::flock(fd.get(), LOCK_SH | LOCK_NB) != 0) return errno != EWOULDBLOCK;
  return link_status(path).has_value();
}

bool is_own_name(std::string_view name) {
  return name.starts_with(AtomicFile::k_prefix) || name == k_lock_name || name == k_gc_lock_name;
}

Abandoned remove_abandoned(const Directory& directory) {
  Abandoned result;
  for (const std::string& name : directory.names()) {
    if (!name.starts_with(AtomicFile::k_prefix)) continue;
    const auto status = directory.status(name);
    if (!status || (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode))) continue;
    const UniqueFd fd(::openat(directory.fd(), name.c_str(),
                               O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) continue;
    const fs::path path = directory.path() / name;
    const std::uint64_t size =
        S_ISDIR(status->st_mode)
            ? disk_usage(directory.open_directory(name, Directory::Links::refuse))
            : static_cast<std::uint64_t>(status->st_size);
    try {
      remove_tree(directory.fd(), name, path.string());
    } catch (const base::Error&) {
      continue;
    }
    ++result.count;
    result.bytes += size;
  }
  return result;
}

void remove_abandoned_beside(const fs::path& file) {
  try {
    remove_abandoned(Directory("." / file.parent_path()));
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): who can't clean up may write all
                                  // the same
  }
}

}  // namespace pinnace::files
