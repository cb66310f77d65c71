#include "sandbox/apply.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <set>
#include <vector>

#include "archive/path.hpp"
#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "layer/whiteout.hpp"
#include "sandbox/system.hpp"

namespace pinnace::sandbox {

using archive::EntryType;
using archive::TarEntry;
using base::Error;
using base::ErrorCode;

namespace {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

/// More is refused, as in layer::Spool: a small layer can unpack to more than any disk has.
constexpr std::uint64_t k_max_bytes = std::uint64_t{64} << 30;
constexpr std::size_t k_max_entries = 2'000'000;

/// One layer on its way to the disk.
class Application {
 public:
  void add(const TarEntry& entry, base::Source& content);
  /// Times of directories, which their contents have changed.
  void finish();

 private:
  void whiteout(const layer::Whiteout& whiteout);
  void clear(const std::string& directory);
  void make_parents(const std::string& path);
  void make(const std::string& path, const TarEntry& entry, base::Source& content);
  void set_attributes(const std::string& path, const TarEntry& entry);

  void count(const TarEntry& entry);

  std::uint64_t m_bytes = 0;
  std::size_t m_entries = 0;
  std::set<std::string, std::less<>> m_added;
  std::vector<std::pair<std::string, std::int64_t>> m_directories;
};

void set_time(const std::string& path, std::int64_t seconds) {
  const std::array<timespec, 2> times = {timespec{seconds, 0}, timespec{seconds, 0}};
  require(::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW),
          "set the time of " + path);
}

void write_content(const std::string& path, base::Source& content) {
  const base::UniqueFd fd(
      require(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600),
              "create " + path));
  std::array<std::byte, 128 * 1024> buffer;
  while (const std::size_t size = content.read(buffer))
    write_all(fd.get(), base::as_text(base::Bytes(buffer).first(size)));
}

void Application::whiteout(const layer::Whiteout& whiteout) {
  const std::string hidden = "/" + whiteout.path;
  if (whiteout.opaque) return clear(hidden);
  // What hides is below this layer, never in it.
  if (!m_added.contains(hidden)) std::filesystem::remove_all(hidden);
}

void Application::clear(const std::string& directory) {
  struct stat status {};
  if (::lstat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return;
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    names.push_back(entry.path().string());
  for (const std::string& path : names) {
    const auto next = m_added.lower_bound(path);
    const bool holds_new =
        next != m_added.end() && (*next == path || next->starts_with(path + "/"));
    if (!holds_new) std::filesystem::remove_all(path);
  }
}

void Application::make_parents(const std::string& path) {
  const std::string parent = parent_of(path);
  struct stat status {};
  if (::stat(parent.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return;
  if (parent == "/") return;
  make_parents(parent);
  if (::lstat(parent.c_str(), &status) == 0) ::unlink(parent.c_str());
  make_directory(parent);
}

void Application::make(const std::string& path, const TarEntry& entry, base::Source& content) {
  switch (entry.type) {
    case EntryType::directory:
      return make_directory(path);
    case EntryType::file:
      return write_content(path, content);
    case EntryType::symlink:
      require(::symlink(entry.link_target.c_str(), path.c_str()), "create the link " + path);
      return;
    case EntryType::hardlink:
      require(::link(("/" + archive::clean_path(entry.link_target)).c_str(), path.c_str()),
              "link " + path + " to " + entry.link_target);
      return;
    default:
      require(::mkfifo(path.c_str(), 0600), "create " + path);
  }
}

void Application::set_attributes(const std::string& path, const TarEntry& entry) {
  if (::lchown(path.c_str(), static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid)) != 0) {
    if (errno != EINVAL) base::throw_errno(errno, "change the owner of " + path);
    throw Error(ErrorCode::invalid_input, path + " belongs to " + std::to_string(entry.uid) + ":" +
                                              std::to_string(entry.gid) +
                                              ", and containers here have the ids up to 65535");
  }
  for (const auto& [name, value] : entry.xattrs) {
    // Others, such as trusted.*, are not for containers.
    const bool ours = name == "security.capability" || name.starts_with("user.");
    if (ours && ::lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0) != 0 &&
        errno != ENOTSUP)
      base::throw_errno(errno, "set " + name + " of " + path);
  }
  if (entry.type != EntryType::symlink)
    require(::chmod(path.c_str(), entry.mode & 07777), "change the mode of " + path);
  if (entry.type == EntryType::directory) {
    m_directories.emplace_back(path, entry.mtime);
  } else {
    set_time(path, entry.mtime);
  }
}

void Application::count(const TarEntry& entry) {
  if (entry.size > k_max_bytes || (m_bytes += entry.size) > k_max_bytes)
    throw Error(ErrorCode::invalid_input, "the layer unpacks to more than 64 GiB");
  if (++m_entries > k_max_entries)
    throw Error(ErrorCode::invalid_input, "the layer has more than 2,000,000 entries");
}

void Application::add(const TarEntry& entry, base::Source& content) {
  count(entry);
  const std::string clean = archive::clean_path(entry.path);
  const std::string path = "/" + clean;
  if (const auto hidden = layer::read_whiteout(clean)) return whiteout(*hidden);
  if (entry.type == EntryType::character_device || entry.type == EntryType::block_device) return;
  if (clean.empty()) {
    if (entry.type == EntryType::directory) set_attributes("/", entry);
    return;
  }
  make_parents(path);
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    const bool merges = S_ISDIR(status.st_mode) && entry.type == EntryType::directory;
    if (!merges) std::filesystem::remove_all(path);
  }
  make(path, entry, content);
  m_added.insert(path);
  if (entry.type != EntryType::hardlink) set_attributes(path, entry);
}

void Application::finish() {
  for (auto place = m_directories.rbegin(); place != m_directories.rend(); ++place) {
    struct stat status {};
    if (::lstat(place->first.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
      set_time(place->first, place->second);
  }
}

}  // namespace

void apply_layer(base::Source& tar, const std::string& what) {
  archive::TarReader reader(tar, what);
  Application application;
  while (const auto entry = reader.next())
    base::with_context([&] { return what; }, [&] { application.add(*entry, reader.content()); });
  application.finish();
}

}  // namespace pinnace::sandbox
