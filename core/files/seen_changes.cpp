#include "files/seen_changes.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"

namespace pinnace::files {

namespace {

std::uint64_t file_system_of(const UniqueFd& fd) {
  struct statfs status {};
  if (::fstatfs(fd.get(), &status) != 0) base::throw_errno(errno, "look at a file system");
  return static_cast<std::uint64_t>(status.f_type);
}

/// A read lease is given only where nobody has the file open, or mapped, for writing; it ends at
/// once. Not everybody may ask, and not every file system knows leases.
bool has_no_writer(const UniqueFd& fd) {
  // Who opens the file in between is told by a signal; this one (SIGURG) is ignored where nobody
  // wants it.
  constexpr int k_ignored = 23;
  if (::fcntl(fd.get(), F_SETSIG, k_ignored) != 0) return false;
  if (::fcntl(fd.get(), F_SETLEASE, F_RDLCK) != 0) return false;
  ::fcntl(fd.get(), F_SETLEASE, F_UNLCK);
  return true;
}

bool write_out(const UniqueFd& fd) {
  constexpr unsigned k_all =
      SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  // Without the barrier of fdatasync(): the pages matter here, not the disk. Its own pages are all
  // that overlayfs would write.
  const bool is_overlay = file_system_of(fd) == OVERLAYFS_SUPER_MAGIC;
  if (!is_overlay && ::sync_file_range(fd.get(), 0, 0, k_all) == 0) return true;
  return ::fdatasync(fd.get()) == 0;
}

}  // namespace

bool is_in_memory(const UniqueFd& fd) {
  const std::uint64_t type = file_system_of(fd);
  return type == TMPFS_MAGIC || type == RAMFS_MAGIC || type == HUGETLBFS_MAGIC;
}

bool make_changes_seen(const UniqueFd& fd) {
  return has_no_writer(fd) || (!is_in_memory(fd) && write_out(fd));
}

}  // namespace pinnace::files
