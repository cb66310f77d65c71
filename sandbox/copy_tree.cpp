#include "sandbox/copy_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "base/file.hpp"
#include "layer/file_attributes.hpp"
#include "sandbox/system.hpp"

namespace pinnace::sandbox {

using base::UniqueFd;

namespace {

constexpr int k_most_tries = 5000;  ///< a millisecond each: clocks can be set back

UniqueFd open_for_reading(const std::string& path) {
  return UniqueFd(require(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC), "open " + path));
}

void copy_by_hand(int from, int to, off_t offset, off_t end, const std::string& shown) {
  std::array<char, 128 * 1024> buffer;
  require(::lseek(from, offset, SEEK_SET), "read " + shown);
  require(::lseek(to, offset, SEEK_SET), "write " + shown);
  while (offset < end) {
    const auto want = std::min<std::size_t>(buffer.size(), static_cast<std::size_t>(end - offset));
    const ssize_t size = require(::read(from, buffer.data(), want), "read " + shown);
    if (size == 0) return;
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

/// The parts that are no holes.
void copy_content(const std::string& from, const std::string& to, off_t size) {
  const UniqueFd source = open_for_reading(from);
  const UniqueFd target(
      require(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600),
              "create " + to));
  for (off_t offset = 0; offset < size;) {
    const off_t start = ::lseek(source.get(), offset, SEEK_DATA);
    if (start < 0 && errno == ENXIO) break;
    const off_t end = start < 0 ? size : ::lseek(source.get(), start, SEEK_HOLE);
    copy_range(source.get(), target.get(), std::max(start, offset), end < 0 ? size : end, to);
    offset = end < 0 ? size : end;
  }
  require(::ftruncate(target.get(), size), "write " + to);
}

class TreeCopy {
 public:
  void copy(const std::string& from, const std::string& to);

 private:
  void copy_directory(const std::string& from, const std::string& to);
  static void copy_attributes(const std::string& from, const std::string& to,
                              const struct stat& status);

  std::map<std::pair<dev_t, ino_t>, std::string> m_links;
};

void TreeCopy::copy_attributes(const std::string& from, const std::string& to,
                               const struct stat& status) {
  // The owner first, which clears set-user-id and capabilities.
  require(::lchown(to.c_str(), status.st_uid, status.st_gid), "change the owner of " + to);
  if (!S_ISLNK(status.st_mode))
    require(::chmod(to.c_str(), status.st_mode & 07777), "change the mode of " + to);
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
    for (const auto& [name, value] : attributes_of(from)) {
      require(::lsetxattr(to.c_str(), name.c_str(), value.data(), value.size(), 0),
              "set " + name + " of " + to);
    }
  }
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  require(::utimensat(AT_FDCWD, to.c_str(), times.data(), AT_SYMLINK_NOFOLLOW),
          "set the time of " + to);
}

void TreeCopy::copy_directory(const std::string& from, const std::string& to) {
  require(::mkdir(to.c_str(), 0700), "create " + to);
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    const std::string name = "/" + entry.path().filename().string();
    copy(from + name, to + name);
  }
}

void TreeCopy::copy(const std::string& from, const std::string& to) {
  struct stat status {};
  require(::lstat(from.c_str(), &status), "look at " + from);
  if (S_ISSOCK(status.st_mode)) return;
  if (!S_ISDIR(status.st_mode) && status.st_nlink > 1) {
    const auto [first, fresh] = m_links.try_emplace({status.st_dev, status.st_ino}, to);
    if (!fresh) {
      require(::link(first->second.c_str(), to.c_str()), "link " + to);
      return;
    }
  }
  if (S_ISDIR(status.st_mode)) {
    copy_directory(from, to);
  } else if (S_ISREG(status.st_mode)) {
    copy_content(from, to, status.st_size);
  } else if (S_ISLNK(status.st_mode)) {
    const std::string target = std::filesystem::read_symlink(from).string();
    require(::symlink(target.c_str(), to.c_str()), "create the link " + to);
  } else {
    require(::mknod(to.c_str(), status.st_mode, status.st_rdev), "create " + to);
  }
  copy_attributes(from, to, status);
}

}  // namespace

void copy_tree(const std::string& from, const std::string& to) {
  TreeCopy().copy(from, to);
}

std::map<std::string, std::string> attributes_of(const std::string& path) {
  // Reading, as O_PATH descriptors have no attributes.
  const UniqueFd fd = open_for_reading(path);
  auto attributes = layer::read_xattrs(fd.get(), path);
  std::erase_if(attributes, [](const auto& one) { return one.first.starts_with("user.overlay."); });
  return attributes;
}

bool is_earlier(const timespec& a, const timespec& b) noexcept {
  return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

timespec wait_for_later_timestamps(const std::string& directory) {
  const std::string mark = directory + "/mark";
  const auto changed_at = [&] {
    write_file(mark, "x");
    struct stat status {};
    require(::stat(mark.c_str(), &status), "look at " + mark);
    return status.st_ctim;
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
