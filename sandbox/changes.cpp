#include "sandbox/changes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <tuple>

#include "archive/tar_format.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "layer/whiteout.hpp"
#include "sandbox/copy_tree.hpp"
#include "sandbox/output.hpp"
#include "sandbox/system.hpp"

namespace pinnace::sandbox {

using archive::EntryType;
using archive::TarEntry;

namespace {

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

EntryType type_of(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return EntryType::directory;
  if (S_ISLNK(status.st_mode)) return EntryType::symlink;
  if (S_ISFIFO(status.st_mode)) return EntryType::fifo;
  if (S_ISCHR(status.st_mode)) return EntryType::character_device;
  if (S_ISBLK(status.st_mode)) return EntryType::block_device;
  return EntryType::file;
}

bool is_opaque(const std::string& path) {
  char value = 0;
  return ::lgetxattr(path.c_str(), "user.overlay.opaque", &value, 1) == 1 && value == 'y';
}

void set_time(const std::string& path, const timespec& time) {
  const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, time};
  require(::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW),
          "set the time of " + path);
}

/// Of two files of one size.
bool have_same_content(const std::string& a, const std::string& b) {
  const auto open = [](const std::string& path) {
    return base::FileSource(
        base::UniqueFd(require(::open(path.c_str(), O_RDONLY | O_CLOEXEC), "open " + path)), path);
  };
  base::FileSource first = open(a);
  base::FileSource second = open(b);
  std::array<std::byte, 64 * 1024> ours;
  std::array<std::byte, 64 * 1024> theirs;
  for (;;) {
    const std::size_t size = base::read_full(first, ours);
    if (base::read_full(second, theirs) != size) return false;
    if (size == 0) return true;
    if (!std::equal(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(size), theirs.begin()))
      return false;
  }
}

class Scan {
 public:
  explicit Scan(const ChangeSource& source) : m_source(source) {}
  void run() {
    visit_below("", m_source.copied.has_value());
    settle_root();
    m_out.write(archive::k_tar_end);
    m_out.flush();
  }

 private:
  /// Returns whether anything was sent.
  bool visit_below(const std::string& directory, bool opaque);
  bool visit(const std::string& path, bool hides_below);
  void send_header(const TarEntry& entry);
  void send_whiteout(const std::string& directory, const std::string& name);
  void send_content(const std::string& path, std::uint64_t size);
  TarEntry entry_of(const std::string& path, const struct stat& status);
  void settle_time(const std::string& path, struct stat& status);
  void settle_root();
  bool visit_directory(const std::string& path, struct stat& status, bool hides_below);
  bool as_below(const std::string& path, const TarEntry& entry) const;
  bool is_unchanged_copy(const std::string& path, const struct stat& status) const;
  std::optional<struct stat> find_below(const std::string& path) const;

  const ChangeSource& m_source;
  FrameSink m_out{run::FrameType::change};
  std::map<std::pair<dev_t, ino_t>, std::string> m_links;
};

void Scan::send_header(const TarEntry& entry) {
  std::string header;
  archive::append_tar_header(entry, header);
  m_out.write(base::as_bytes(header));
}

void Scan::send_whiteout(const std::string& directory, const std::string& name) {
  TarEntry entry;
  entry.path = (directory.empty() ? "" : directory + "/") + std::string(layer::k_whiteout) + name;
  entry.mtime = m_source.epoch;
  send_header(entry);
}

void Scan::send_content(const std::string& path, std::uint64_t size) {
  const base::UniqueFd fd(
      require(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC), "open " + path));
  std::array<std::byte, 128 * 1024> buffer;
  for (std::uint64_t left = size; left != 0;) {
    const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
    const std::size_t got = base::read_some(fd, std::span(buffer).first(want), path);
    if (got == 0) throw base::Error(base::ErrorCode::io, path + " became shorter");
    m_out.write(base::Bytes(buffer).first(got));
    left -= got;
  }
  const std::array<std::byte, archive::k_tar_block> zeros{};
  m_out.write(base::Bytes(zeros).first(archive::tar_padding(size)));
}

/// Times that the run made are not its result.
void Scan::settle_time(const std::string& path, struct stat& status) {
  if (status.st_mtim.tv_sec < m_source.start) {
    // Layers have whole seconds: later containers must see what they will see from the layer.
    if (status.st_mtim.tv_nsec == 0) return;
  } else {
    status.st_mtim.tv_sec = m_source.epoch;
  }
  set_time(path, {status.st_mtim.tv_sec, 0});
}

/// No layer says what the root directory is: later containers must see what they will see from the
/// layer.
void Scan::settle_root() {
  struct stat status {};
  require(::stat(m_source.below.c_str(), &status), "look at the root");
  require(::chown(m_source.upper.c_str(), status.st_uid, status.st_gid), "settle the root");
  require(::chmod(m_source.upper.c_str(), status.st_mode & 07777), "settle the root");
}

TarEntry Scan::entry_of(const std::string& path, const struct stat& status) {
  const std::string file = m_source.upper + "/" + path;
  TarEntry entry;
  entry.type = type_of(status);
  entry.path = path;
  entry.mode = status.st_mode & 07777;
  entry.uid = status.st_uid;
  entry.gid = status.st_gid;
  entry.mtime = status.st_mtim.tv_sec;
  if (entry.type == EntryType::file) entry.size = static_cast<std::uint64_t>(status.st_size);
  if (entry.type == EntryType::file || entry.type == EntryType::directory)
    entry.xattrs = attributes_of(file);
  if (entry.type == EntryType::symlink)
    entry.link_target = std::filesystem::read_symlink(file).string();
  if (entry.type == EntryType::character_device || entry.type == EntryType::block_device) {
    entry.device_major = major(status.st_rdev);
    entry.device_minor = minor(status.st_rdev);
  }
  return entry;
}

/// Whether a directory differs from the one below in its time at most.
bool Scan::as_below(const std::string& path, const TarEntry& entry) const {
  const auto below = find_below(path);
  if (!below || !S_ISDIR(below->st_mode)) return false;
  return (below->st_mode & 07777) == entry.mode && below->st_uid == entry.uid &&
         below->st_gid == entry.gid && attributes_of(m_source.below + "/" + path) == entry.xattrs;
}

std::optional<struct stat> Scan::find_below(const std::string& path) const {
  struct stat status {};
  if (::lstat((m_source.below + "/" + path).c_str(), &status) != 0) return std::nullopt;
  return status;
}

/// Whether a file that is no directory was neither touched nor is another one. The kernel's time
/// finds what was only touched, as an overlay does; what makes a difference is found by comparing.
bool Scan::is_unchanged_copy(const std::string& path, const struct stat& status) const {
  const auto below = find_below(path);
  if (!below || !is_earlier(status.st_ctim, *m_source.copied)) return false;
  const auto facts = [](const struct stat& file) {
    return std::tuple(file.st_mode, file.st_uid, file.st_gid, file.st_size, file.st_rdev,
                      file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
  };
  if (facts(status) != facts(*below)) return false;
  const std::string ours = m_source.upper + "/" + path;
  const std::string theirs = m_source.below + "/" + path;
  if (S_ISLNK(status.st_mode))
    return std::filesystem::read_symlink(ours) == std::filesystem::read_symlink(theirs);
  if (!S_ISREG(status.st_mode)) return true;
  return attributes_of(ours) == attributes_of(theirs) && have_same_content(ours, theirs);
}

bool Scan::visit_directory(const std::string& path, struct stat& status, bool hides_below) {
  const std::string file = m_source.upper + "/" + path;
  const bool sent = visit_below(path, hides_below);
  TarEntry entry = entry_of(path, status);
  if (!sent && as_below(path, entry)) {
    // What is in no layer has no new time either.
    set_time(file, find_below(path)->st_mtim);
    return false;
  }
  settle_time(file, status);
  entry.mtime = status.st_mtim.tv_sec;
  send_header(entry);
  return true;
}

bool Scan::visit(const std::string& path, bool hides_below) {
  const std::string file = m_source.upper + "/" + path;
  struct stat status {};
  require(::lstat(file.c_str(), &status), "look at " + file);
  // Nobody listens to a socket of a container that has ended: it hides what it stands for.
  if (is_whiteout(status) || S_ISSOCK(status.st_mode)) {
    if (!find_below(path)) return false;
    const std::size_t slash = path.rfind('/');
    send_whiteout(slash == std::string::npos ? "" : path.substr(0, slash), path.substr(slash + 1));
    return true;
  }
  if (S_ISDIR(status.st_mode)) return visit_directory(path, status, hides_below || is_opaque(file));
  if (m_source.copied && is_unchanged_copy(path, status)) return false;
  settle_time(file, status);
  TarEntry entry = entry_of(path, status);
  if (S_ISREG(status.st_mode) && status.st_nlink > 1) {
    const auto [first, fresh] = m_links.try_emplace({status.st_dev, status.st_ino}, path);
    if (!fresh) {
      entry.type = EntryType::hardlink;
      entry.link_target = first->second;
      entry.size = 0;
      entry.xattrs.clear();
    }
  }
  send_header(entry);
  if (entry.type == EntryType::file) send_content(file, entry.size);
  return true;
}

bool Scan::visit_below(const std::string& directory, bool opaque) {
  bool sent = false;
  const std::string prefix = directory.empty() ? "" : directory + "/";
  const std::vector<std::string> names = names_in(m_source.upper + "/" + directory);
  for (const std::string& name : names) {
    // Written down, it would delete another file, or all of the directory.
    if (name.starts_with(layer::k_whiteout))
      throw base::Error(base::ErrorCode::invalid_input,
                        "/" + prefix + name +
                            ": in a layer, names that start with .wh. say what is deleted, so no "
                            "file can have one");
    sent |= visit(prefix + name, opaque);
  }
  const std::string below = m_source.below + "/" + directory;
  struct stat status {};
  if (!opaque || ::lstat(below.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return sent;
  // An opaque directory hides all that is below: said one by one, which every reader knows.
  for (const std::string& name : names_in(below)) {
    if (std::binary_search(names.begin(), names.end(), name)) continue;
    send_whiteout(directory, name);
    sent = true;
  }
  return sent;
}

}  // namespace

void send_changes(const ChangeSource& source) {
  Scan(source).run();
}

}  // namespace pinnace::sandbox
