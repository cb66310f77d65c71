#include "sandbox/apply.hpp"

#include <sys/stat.h>

#include <array>
#include <optional>
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
using base::OpenRoot;
using base::RootedPath;

namespace {

/// More is refused, as in layer::Spool: a small layer can unpack to more than any disk has.
constexpr std::uint64_t k_max_bytes = std::uint64_t{64} << 30;
constexpr std::size_t k_max_entries = 2'000'000;

/// One layer on its way to the disk.
class Application {
 public:
  explicit Application(const OpenRoot& root) : m_root(root) {}
  void add(const TarEntry& entry, base::Source& content);
  /// Times of directories, which their contents have changed.
  void finish();

 private:
  RootedPath place_of(const std::string& clean);
  void remove_lower(const RootedPath& path);
  void remove_lower_below(const RootedPath& directory);
  bool holds_new(const RootedPath& path) const;
  void make_parents(const RootedPath& directory);
  void make(const RootedPath& path, const TarEntry& entry, base::Source& content);
  void set_attributes(const RootedPath& path, const TarEntry& entry);
  void count(const TarEntry& entry);
  void remove(const RootedPath& path);

  const OpenRoot& m_root;
  std::uint64_t m_bytes = 0;
  std::size_t m_entries = 0;
  std::set<std::string, std::less<>> m_added;
  std::vector<std::pair<RootedPath, std::int64_t>> m_directories;
  // Where the directory of the last entry is; links of it may go with whatever is removed.
  std::optional<std::pair<RootedPath, RootedPath>> m_last_parent;
};

void write_content(const OpenRoot& root, const RootedPath& path, base::Source& content) {
  base::UniqueFd fd = root.make_file(path);
  std::array<std::byte, 128 * 1024> buffer;
  while (const std::size_t size = content.read(buffer))
    write_all(fd.get(), base::as_text(base::Bytes(buffer).first(size)));
  close_written(std::move(fd), path.absolute());
}

/// Where an entry belongs: the links that lead to its directory are followed, as runtimes do.
RootedPath Application::place_of(const std::string& clean) {
  const RootedPath path(clean);
  if (path.is_root()) return path;
  RootedPath parent = path.parent();
  if (!m_last_parent || m_last_parent->first != parent) {
    RootedPath resolved = m_root.resolve(parent);
    m_last_parent.emplace(std::move(parent), std::move(resolved));
  }
  return m_last_parent->second / path.name();
}

void Application::remove(const RootedPath& path) {
  m_last_parent.reset();
  m_root.remove(path);
}

bool Application::holds_new(const RootedPath& path) const {
  if (m_added.contains(path.relative())) return true;
  const std::string below = path.relative() + "/";
  const auto next = m_added.lower_bound(below);
  return next != m_added.end() && next->starts_with(below);
}

/// What a whiteout hides is below this layer, never in it.
void Application::remove_lower(const RootedPath& path) {
  if (!holds_new(path)) return remove(path);
  remove_lower_below(path);
}

void Application::remove_lower_below(const RootedPath& directory) {
  if (!m_root.is_directory(directory)) return;
  for (const std::string& name : m_root.names(directory)) remove_lower(directory / name);
}

void Application::make_parents(const RootedPath& directory) {
  if (m_root.is_directory(directory)) return;
  make_parents(directory.parent());
  if (m_root.status(directory)) remove(directory);
  m_root.make_directory(directory);
}

void Application::make(const RootedPath& path, const TarEntry& entry, base::Source& content) {
  switch (entry.type) {
    case EntryType::directory:
      m_root.make_directory(path);
      return;
    case EntryType::file:
      return write_content(m_root, path, content);
    case EntryType::symlink:
      return m_root.make_link(path, entry.link_target);
    case EntryType::hardlink:
      return m_root.make_hard_link(path, place_of(archive::clean_path(entry.link_target)));
    default:
      m_root.make_node(path, S_IFIFO | 0600, 0);
  }
}

void Application::set_attributes(const RootedPath& path, const TarEntry& entry) {
  m_root.set_owner(path, static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid));
  const bool has_attributes = entry.type == EntryType::file || entry.type == EntryType::directory;
  for (const auto& [name, value] : entry.xattrs) {
    // Others, such as trusted.*, are not for containers.
    const bool ours = name == "security.capability" || name.starts_with("user.");
    // A file system without attributes has none for anybody.
    if (ours && has_attributes) (void)m_root.set_attribute(path, name, value);
  }
  if (entry.type != EntryType::symlink) m_root.set_mode(path, entry.mode & 07777);
  if (entry.type == EntryType::directory) {
    m_directories.emplace_back(path, entry.mtime);
  } else {
    m_root.set_times(path, {entry.mtime, 0}, {entry.mtime, 0});
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
  if (const auto whiteout = layer::read_whiteout(clean)) {
    if (whiteout->opaque) return remove_lower_below(m_root.resolve(RootedPath(whiteout->path)));
    return remove_lower(place_of(whiteout->path));
  }
  if (entry.type == EntryType::character_device || entry.type == EntryType::block_device) return;
  const RootedPath path = place_of(clean);
  if (path.is_root()) {
    if (entry.type == EntryType::directory) set_attributes(path, entry);
    return;
  }
  make_parents(path.parent());
  if (const auto present = m_root.status(path)) {
    const bool merges = S_ISDIR(present->st_mode) && entry.type == EntryType::directory;
    if (!merges) remove(path);
  }
  make(path, entry, content);
  m_added.insert(path.relative());
  if (entry.type != EntryType::hardlink) set_attributes(path, entry);
}

void Application::finish() {
  // From their contents on upwards; another entry may have taken the place of one.
  for (auto place = m_directories.rbegin(); place != m_directories.rend(); ++place) {
    if (m_root.is_directory(place->first))
      m_root.set_times(place->first, {place->second, 0}, {place->second, 0});
  }
}

}  // namespace

void apply_layer(const OpenRoot& root, base::Source& tar, const std::string& what) {
  archive::TarReader reader(tar, what);
  Application application(root);
  while (const auto entry = reader.next())
    base::with_context([&] { return what; }, [&] { application.add(*entry, reader.content()); });
  application.finish();
}

}  // namespace pinnace::sandbox
