#include "base/temporary.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace pinnace::base {

namespace fs = std::filesystem;

namespace {

std::uint64_t size_below(const fs::path& directory) {
  std::uint64_t size = 0;
  std::error_code failed;
  for (auto entry = fs::recursive_directory_iterator(directory, failed);
       !failed && entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
    std::error_code no_file;
    if (entry->symlink_status(no_file).type() == fs::file_type::regular)
      size += entry->file_size(no_file);
  }
  return size;
}

}  // namespace

bool mark_in_use(const UniqueFd& fd, const fs::path& path) {
  // Not every file system has flock; whoever cleans up fails there, too.
  if (::flock(fd.get(), LOCK_SH | LOCK_NB) != 0) return errno != EWOULDBLOCK;
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
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
        S_ISDIR(status->st_mode) ? size_below(path) : static_cast<std::uint64_t>(status->st_size);
    std::error_code failed;
    if (fs::remove_all(path, failed) == 0 || failed) continue;
    ++result.count;
    result.bytes += size;
  }
  return result;
}

}  // namespace pinnace::base
