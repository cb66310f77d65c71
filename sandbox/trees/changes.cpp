#include "sandbox/trees/changes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <map>
#include <tuple>
#include <vector>

#include "archive/tar_format.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"
#include "sandbox/system/output.hpp"
#include "sandbox/trees/copy_tree.hpp"
#include "sandbox/trees/holes.hpp"
#include "sandbox/trees/layer_times.hpp"
#include "sandbox/trees/unsaid.hpp"
#include "tree/whiteout.hpp"

namespace pinnace::sandbox {

using archive::EntryType;
using archive::TarEntry;
using base::Error;
using base::ErrorCode;
using tree::RootedPath;

namespace {

layer::ShownTime shown_time(const timespec& time) {
  return {time.tv_sec, static_cast<std::uint32_t>(time.tv_nsec)};
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

/// Paths that Linux takes in one call have one byte less (PATH_MAX counts the zero), a slash at
/// their beginning among them.
constexpr std::size_t k_max_path = PATH_MAX - 2;

class Scan {
 public:
  Scan(const ChangeSource& source, layer::ShownTimes& times) : m_source(source), m_below(times) {}
  void run() {
    visit_below({}, m_source.copied.has_value());
    settle_root();
    settle_times();
    m_out.write(archive::k_tar_end);
    m_out.flush();
  }

 private:
  /// Returns whether anything was sent.
  bool visit_below(const RootedPath& directory, bool opaque);
  bool visit(const RootedPath& path, bool hides_below);
  bool visit_directory(const RootedPath& path, const struct stat& status, bool hides_below);
  bool visit_file(const RootedPath& path, const struct stat& status);
  bool is_opaque(const RootedPath& directory) const;
  void take_away(const RootedPath& path, bool hides_below) const;
  Marks marks() const { return m_source.copied ? Marks::none : Marks::overlay; }
  bool send_whiteouts(const RootedPath& directory, const std::vector<std::string>& present);
  void send_header(const TarEntry& entry);
  void send_whiteout(const RootedPath& hidden);
  void send_content(const RootedPath& path, const TarEntry& entry);
  TarEntry entry_of(const RootedPath& path, const struct stat& status);
  std::int64_t true_time(const RootedPath& path, const struct stat& status);
  void keep_time(const RootedPath& path);
  void settle_times();
  void settle_root();
  bool as_below(const struct stat& below, const TarEntry& entry) const;
  bool is_unchanged_copy(const RootedPath& path, const struct stat& status) const;

  const ChangeSource& m_source;
  layer::ShownTimes& m_below;  ///< the times of all layers below
  LayerTimes m_times;
  FrameSink m_out{helper::FrameType::change};
  std::map<std::pair<dev_t, ino_t>, RootedPath> m_links;
};

void Scan::send_header(const TarEntry& entry) {
  std::string header;
  archive::append_tar_header(entry, header);
  m_out.write(base::as_bytes(header));
}

void Scan::send_whiteout(const RootedPath& hidden) {
  TarEntry entry;
  const RootedPath path =
      hidden.parent() / (std::string(tree::k_whiteout) + std::string(hidden.name()));
  entry.path = path.relative();
  entry.mtime = m_source.epoch;
  send_header(entry);
}

void Scan::send_content(const RootedPath& path, const TarEntry& entry) {
  files::FileSource file(m_source.upper.open(path, O_RDONLY), path.absolute());
  Holes holes(m_source.upper, path);
  std::array<std::byte, 128 * 1024> buffer;
  for (std::uint64_t left = entry.size; left != 0;) {
    const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
    if (base::read_full(file, std::span(buffer).first(want)) != want)
      throw Error(ErrorCode::io, path.absolute() + " became shorter");
    m_out.write(base::Bytes(buffer).first(want));
    holes.take(base::Bytes(buffer).first(want));
    left -= want;
  }
  holes.finish(entry);
  const std::array<std::byte, archive::k_tar_block> zeros{};
  m_out.write(base::Bytes(zeros).first(archive::tar_padding(entry.size)));
}

/// What the layer says: the time that a layer below says of what was copied or moved, else what the
/// file has. Times that the run made are not its result.
std::int64_t Scan::true_time(const RootedPath& path, const struct stat& status) {
  const layer::ShownTime shown = shown_time(status.st_mtim);
  std::int64_t time = shown.seconds < m_source.start ? shown.seconds : m_source.epoch;
  const auto& others = m_source.trees.true_times();
  if (const auto known = m_below.true_time(shown)) {
    time = *known;
  } else if (const auto other = others.find(shown); other != others.end()) {
    time = other->second;
  }
  m_times.note(path.relative(), time);
  return time;
}

void Scan::settle_times() {
  const layer::TimeRule rule{layer::TimesOf::step, m_source.epoch};
  m_times.settle(m_below, rule, [this](const std::string& path, const timespec& time) {
    m_source.upper.set_times(RootedPath(path), time, time);
  });
}

/// No layer says what the root directory is: later containers must see what they will see from the
/// layer.
void Scan::settle_root() {
  remove_attributes(m_source.upper, {}, {}, marks());
  remove_flags(m_source.upper, {});
  copy_looks(m_source.below, {}, m_source.upper, {});
}

TarEntry Scan::entry_of(const RootedPath& path, const struct stat& status) {
  TarEntry entry;
  entry.type = type_of(status);
  entry.path = path.relative();
  entry.mode = status.st_mode & 07777;
  entry.uid = status.st_uid;
  entry.gid = status.st_gid;
  if (entry.type == EntryType::file) entry.size = static_cast<std::uint64_t>(status.st_size);
  if (entry.type == EntryType::file || entry.type == EntryType::directory)
    entry.xattrs = attributes_of(m_source.upper, path);
  if (entry.type == EntryType::symlink)
    entry.link_target = m_source.upper.link_target(path).value();
  if (entry.type == EntryType::character_device || entry.type == EntryType::block_device) {
    entry.device_major = major(status.st_rdev);
    entry.device_minor = minor(status.st_rdev);
  }
  return entry;
}

/// The disk gets the name of the layer, so it must be as if the layer had been unpacked to it.
void Scan::take_away(const RootedPath& path, bool hides_below) const {
  m_source.upper.remove(path);
  const bool hides = !m_source.copied && !hides_below && m_source.below.status(path);
  if (hides) m_source.upper.make_node(path, S_IFCHR, 0);
}

/// Whether a directory differs from the one below in its time at most.
bool Scan::as_below(const struct stat& below, const TarEntry& entry) const {
  return S_ISDIR(below.st_mode) && (below.st_mode & 07777) == entry.mode &&
         below.st_uid == entry.uid && below.st_gid == entry.gid &&
         attributes_of(m_source.below, RootedPath(entry.path)) == entry.xattrs;
}

/// Whether a file that is no directory was neither touched nor is another one. The kernel's time
/// finds what was only touched, as an overlay does; what makes a difference is found by comparing.
bool Scan::is_unchanged_copy(const RootedPath& path, const struct stat& status) const {
  const auto below = m_source.below.status(path);
  if (!below || !is_earlier(status.st_ctim, *m_source.copied)) return false;
  const auto facts = [](const struct stat& file) {
    return std::tuple(file.st_mode, file.st_uid, file.st_gid, file.st_size, file.st_rdev);
  };
  const auto& anew = m_source.trees.anew_in_root();
  const auto found = anew.find(path.relative());
  const layer::ShownTime given = found == anew.end() ? shown_time(below->st_mtim) : found->second;
  if (facts(status) != facts(*below) || shown_time(status.st_mtim) != given) return false;
  if (S_ISLNK(status.st_mode))
    return m_source.upper.link_target(path) == m_source.below.link_target(path);
  if (!S_ISREG(status.st_mode)) return true;
  if (attributes_of(m_source.upper, path) != attributes_of(m_source.below, path)) return false;
  files::FileSource ours(m_source.upper.open(path, O_RDONLY), path.absolute());
  files::FileSource theirs(m_source.below.open(path, O_RDONLY), path.absolute());
  return have_same_content(ours, theirs, static_cast<std::uint64_t>(status.st_size));
}

/// Of a file that did not change: what the container has seen may be another one (RenewedTrees).
void Scan::keep_time(const RootedPath& path) {
  if (!m_source.trees.anew_in_root().contains(path.relative())) return;
  if (const auto below = m_source.below.status(path)) m_times.keep(path.relative(), below->st_mtim);
}

bool Scan::is_opaque(const RootedPath& directory) const {
  return !m_source.copied && m_source.upper.attribute(directory, "user.overlay.opaque") == "y";
}

bool Scan::visit_directory(const RootedPath& path, const struct stat& status, bool hides_below) {
  const bool sent = visit_below(path, hides_below);
  TarEntry entry = entry_of(path, status);
  remove_attributes(m_source.upper, path, entry.xattrs, marks());
  remove_flags(m_source.upper, path);
  const auto below = m_source.below.status(path);
  if (!sent && below && as_below(*below, entry)) {
    // What is in no layer has no new time either.
    m_times.keep(path.relative(), below->st_mtim);
    return false;
  }
  entry.mtime = true_time(path, status);
  send_header(entry);
  return true;
}

bool Scan::visit_file(const RootedPath& path, const struct stat& status) {
  if (m_source.copied && is_unchanged_copy(path, status)) {
    keep_time(path);
    return false;
  }
  TarEntry entry = entry_of(path, status);
  entry.mtime = true_time(path, status);
  remove_attributes(m_source.upper, path, entry.xattrs, marks());
  if (S_ISREG(status.st_mode)) remove_flags(m_source.upper, path);
  if (status.st_nlink > 1 && !S_ISREG(status.st_mode)) split_hard_link(m_source.upper, path);
  if (status.st_nlink > 1 && S_ISREG(status.st_mode)) {
    const auto [first, fresh] = m_links.try_emplace({status.st_dev, status.st_ino}, path);
    if (!fresh) {
      entry.type = EntryType::hardlink;
      entry.link_target = first->second.relative();
      entry.size = 0;
      entry.xattrs.clear();
    }
  }
  send_header(entry);
  if (entry.type == EntryType::file) send_content(path, entry);
  return true;
}

bool Scan::visit(const RootedPath& path, bool hides_below) {
  auto status = m_source.upper.status(path);
  if (!status) base::throw_errno(ENOENT, "look at " + path.absolute());
  // Nobody listens to a socket of a container that has ended: it hides what it stands for.
  if (is_whiteout(*status) || S_ISSOCK(status->st_mode)) {
    take_away(path, hides_below);
    if (!m_source.below.status(path)) return false;
    send_whiteout(path);
    return true;
  }
  if (S_ISDIR(status->st_mode))
    return visit_directory(path, *status, hides_below || is_opaque(path));
  const bool sent = visit_file(path, *status);
  // Containers have no devices but their own (sandbox/trees/apply.cpp).
  if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) {
    take_away(path, hides_below);
    m_times.forget(path.relative());
  }
  return sent;
}

/// An opaque directory hides all that is below: said one by one, which every reader knows.
bool Scan::send_whiteouts(const RootedPath& directory, const std::vector<std::string>& present) {
  if (!m_source.below.is_directory(directory)) return false;
  bool sent = false;
  for (const std::string& name : m_source.below.names(directory)) {
    if (std::binary_search(present.begin(), present.end(), name)) continue;
    send_whiteout(directory / name);
    sent = true;
  }
  return sent;
}

bool Scan::visit_below(const RootedPath& directory, bool opaque) {
  bool sent = false;
  const std::vector<std::string> names = m_source.upper.names(directory);
  for (const std::string& name : names) {
    const RootedPath path = directory / name;
    // Written down, it would delete another file, or all of the directory.
    if (name.starts_with(tree::k_whiteout))
      throw Error(ErrorCode::invalid_input, path.absolute() +
                                                ": in a layer, names that start with .wh. say what "
                                                "is deleted, so no file can have one");
    if (path.relative().size() > k_max_path)
      throw Error(ErrorCode::invalid_input,
                  base::shown(path.absolute()) +
                      ": a path in a layer has at most 4,095 bytes, as Linux takes no longer ones");
    sent |= visit(path, opaque);
  }
  return (opaque && send_whiteouts(directory, names)) || sent;
}

}  // namespace

void send_changes(const ChangeSource& source, layer::ShownTimes& times) {
  Scan(source, times).run();
}

}  // namespace pinnace::sandbox
