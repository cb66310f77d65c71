#include "sandbox/trees/copy_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/error.hpp"
#include "files/look.hpp"
#include "layer/file_attributes.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

using files::UniqueFd;
using tree::OpenRoot;
using tree::RootedPath;

namespace {

constexpr int k_most_tries = 5000;  ///< a millisecond each: clocks can be set back

void copy_by_hand(int from, int to, off_t offset, off_t end, const std::string& shown) {
  std::array<char, 128 * 1024> buffer;
  require(::lseek(from, offset, SEEK_SET), "read " + shown);
  require(::lseek(to, offset, SEEK_SET), "write " + shown);
  while (offset < end) {
    const auto want = std::min<std::size_t>(buffer.size(), static_cast<std::size_t>(end - offset));
    const ssize_t size = require(::read(from, buffer.data(), want), "read " + shown);
    if (size == 0)
      throw base::Error(base::ErrorCode::io, shown + ": what it is copied from became shorter");
    write_all(to, std::string_view(buffer.data(), static_cast<std::size_t>(size)));
    offset += size;
  }
}

void copy_range(int from, int to, off_t offset, off_t end, const std::string& shown) {
  off_t out = offset;
  while (offset < end) {
    const ssize_t size =
        ::copy_file_range(from, &offset, to, &out, static_cast<std::size_t>(end - offset), 0);
    if (size < 0 && errno == ENOSPC) base::throw_errno(errno, "write " + shown);
    // Not every file system can.
    if (size <= 0) return copy_by_hand(from, to, offset, end, shown);
  }
}

class TreeCopy {
 public:
  TreeCopy(const OpenRoot& from, const OpenRoot& to, HardLinks links)
      : m_from(from), m_to(to), m_hard_links(links) {}
  void copy(const RootedPath& from, const RootedPath& to);

 private:
  void copy_directory(const RootedPath& from, const RootedPath& to);
  void copy_content(const RootedPath& from, const RootedPath& to, off_t size);

  const OpenRoot& m_from;
  const OpenRoot& m_to;
  const HardLinks m_hard_links;
  std::map<std::pair<dev_t, ino_t>, RootedPath> m_links;
};

/// The parts that are no holes.
void TreeCopy::copy_content(const RootedPath& from, const RootedPath& to, off_t size) {
  const std::string shown = to.absolute();
  const UniqueFd source = m_from.open(from, O_RDONLY);
  UniqueFd target = m_to.make_file(to);
  for (off_t offset = 0; offset < size;) {
    // Where the file system knows of no holes, all is copied.
    const off_t start = ::lseek(source.get(), offset, SEEK_DATA);
    if (start < 0 && errno == ENXIO) break;
    const off_t end = start < 0 ? size : ::lseek(source.get(), start, SEEK_HOLE);
    copy_range(source.get(), target.get(), std::max(start, offset), end < 0 ? size : end, shown);
    offset = end < 0 ? size : end;
  }
  require(::ftruncate(target.get(), size), "write " + shown);
  close_written(std::move(target), shown);
}

void TreeCopy::copy_directory(const RootedPath& from, const RootedPath& to) {
  if (!m_to.make_directory(to, 0700) && !to.is_root())
    base::throw_errno(EEXIST, "create " + to.absolute());
  for (const std::string& name : m_from.names(from)) copy(from / name, to / name);
}

void TreeCopy::copy(const RootedPath& from, const RootedPath& to) {
  const auto status = m_from.status(from);
  if (!status) base::throw_errno(ENOENT, "look at " + from.absolute());
  const mode_t mode = status->st_mode;
  if (S_ISSOCK(mode)) return;
  if (m_hard_links == HardLinks::keep && !S_ISDIR(mode) && status->st_nlink > 1) {
    const auto [first, fresh] = m_links.try_emplace({status->st_dev, status->st_ino}, to);
    if (!fresh) return m_to.make_hard_link(to, first->second);
  }
  if (S_ISDIR(mode)) {
    copy_directory(from, to);
  } else if (S_ISREG(mode)) {
    copy_content(from, to, status->st_size);
  } else if (S_ISLNK(mode)) {
    m_to.make_link(to, m_from.link_target(from).value());
  } else {
    m_to.make_node(to, mode, status->st_rdev);
  }
  copy_looks(m_from, from, m_to, to);
}

}  // namespace

void copy_tree(const OpenRoot& from, const RootedPath& path, const OpenRoot& to,
               const RootedPath& target, HardLinks links) {
  TreeCopy(from, to, links).copy(path, target);
}

void copy_looks(const OpenRoot& from, const RootedPath& path, const OpenRoot& to,
                const RootedPath& target) {
  const auto status = from.status(path);
  if (!status) base::throw_errno(ENOENT, "look at " + path.absolute());
  // The owner first, which clears set-user-id and capabilities.
  to.set_owner(target, status->st_uid, status->st_gid);
  if (!S_ISLNK(status->st_mode)) to.set_mode(target, status->st_mode & 07777);
  if (S_ISREG(status->st_mode) || S_ISDIR(status->st_mode)) {
    for (const auto& [name, value] : attributes_of(from, path)) {
      if (!to.set_attribute(target, name, value))
        base::throw_errno(ENOTSUP, "set " + name + " of " + target.absolute());
    }
  }
  to.set_times(target, status->st_atim, status->st_mtim);
}

std::map<std::string, std::string> attributes_of(const OpenRoot& root, const RootedPath& path) {
  // Reading, as O_PATH descriptors have no attributes.
  const UniqueFd fd = root.open(path, O_RDONLY);
  return layer::read_xattrs(fd.get(), path.absolute());
}

bool have_same_content(base::Source& first, base::Source& second, std::uint64_t size) {
  std::array<std::byte, 64 * 1024> ours;
  std::array<std::byte, 64 * 1024> theirs;
  for (std::uint64_t left = size; left != 0;) {
    const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(left, ours.size()));
    if (base::read_full(first, std::span(ours).first(part)) != part ||
        base::read_full(second, std::span(theirs).first(part)) != part)
      throw base::Error(base::ErrorCode::io, "a file became shorter");
    if (!std::equal(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(part), theirs.begin()))
      return false;
    left -= part;
  }
  return true;
}

bool is_earlier(const timespec& a, const timespec& b) noexcept {
  return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

timespec wait_for_later_timestamps(const std::string& directory) {
  const std::string mark = directory + "/mark";
  const auto changed_at = [&] {
    write_file(mark, "x");
    const auto status = files::status(mark);
    if (!status) throw base::Error(base::ErrorCode::io, mark + " is gone");
    return status->st_ctim;
  };
  // Timestamps are as coarse as the kernel's clock ticks, or the file system's.
  const timespec first = changed_at();
  for (int tries = 0;; ++tries) {
    const timespec later = changed_at();
    if (is_earlier(first, later) || tries == k_most_tries) return later;
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace pinnace::sandbox
