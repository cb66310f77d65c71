#include "sandbox/trees/apply.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <set>
#include <vector>

#include "archive/entry_path.hpp"
#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"
#include "base/zeros.hpp"
#include "layer/file_attributes.hpp"
#include "sandbox/system/system.hpp"
#include "sandbox/trees/layer_times.hpp"
#include "tree/entry_budget.hpp"
#include "tree/file_tree.hpp"
#include "tree/layer_placement.hpp"

namespace pinnace::sandbox {

using archive::EntryType;
using archive::TarEntry;
using base::Error;
using base::ErrorCode;
using tree::OpenRoot;
using tree::RootedPath;

namespace {

/// More is refused, as in layer::Spool: a small layer can unpack to more than any disk has.
constexpr std::uint64_t k_max_bytes = std::uint64_t{64} << 30;

EntryType type_of(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return EntryType::directory;
  if (S_ISLNK(status.st_mode)) return EntryType::symlink;
  return EntryType::file;  // devices and FIFOs, too: what is replaced and never merges
}

/// What is unpacked so far.
class DiskTree final : public tree::PlacedTree {
 public:
  explicit DiskTree(const OpenRoot& root) : m_root(root) {}

  std::optional<Place> look(const std::string& path) const override {
    const auto status = m_root.status(RootedPath(path));
    if (!status) return std::nullopt;
    const EntryType type = type_of(*status);
    if (type != EntryType::symlink) return Place{type, {}};
    return Place{type, m_root.link_target(RootedPath(path)).value()};
  }
  std::vector<std::string> names(const std::string& directory) const override {
    return m_root.names(RootedPath(directory));
  }
  void remove(const std::string& path) override {
    keep_parent_time(path);
    m_root.remove(RootedPath(path));
    m_times.forget(path);
  }
  void make_parent(const std::string& path) override {
    keep_parent_time(path);
    m_root.make_directory(RootedPath(path));
    m_times.note(path, 0);
  }

  /// Before something is made at `path`.
  void keep_parent_time(const std::string& path) {
    const std::string parent(tree::parent_path(path));
    if (m_kept == parent) return;
    if (const auto status = m_root.status(RootedPath(parent)))
      m_times.keep(parent, status->st_mtim);
    m_kept = parent;
  }
  void note_time(const std::string& path, std::int64_t time) { m_times.note(path, time); }
  void note_link(const std::string& path, const std::string& present) {
    m_times.note_link(path, present);
  }
  void settle_times(layer::ShownTimes& shown, const layer::TimeRule& rule) const {
    m_times.settle(shown, rule, [this](const std::string& path, const timespec& time) {
      m_root.set_times(RootedPath(path), time, time);
    });
  }

 private:
  const OpenRoot& m_root;
  LayerTimes m_times;
  std::optional<std::string> m_kept;  ///< the last one
};

/// Zeros become holes (base/zeros.hpp): a layer of few bytes fills no disk, and programs find what
/// RUN left (sandbox/trees/holes.hpp).
void write_content(const OpenRoot& root, const RootedPath& path, base::Source& content) {
  files::UniqueFd fd = root.make_file(path);
  std::array<std::byte, 64 * 1024> buffer;
  off_t end = 0;
  while (const std::size_t size = base::read_full(content, buffer)) {
    const base::Bytes part = base::Bytes(buffer).first(size);
    for (base::Bytes rest = part; !rest.empty();) {
      const base::BlockRun run = base::first_run(rest);
      end += static_cast<off_t>(run.size);
      if (run.zeros) {
        require(::lseek(fd.get(), end, SEEK_SET), "write " + path.absolute());
      } else {
        write_all(fd.get(), base::as_text(rest.first(run.size)));
      }
      rest = rest.subspan(run.size);
    }
  }
  require(::ftruncate(fd.get(), end), "write " + path.absolute());
  close_written(std::move(fd), path.absolute());
}

/// One layer on its way to the disk.
class Application {
 public:
  explicit Application(const OpenRoot& root) : m_root(root), m_tree(root), m_placement(m_tree) {}
  void add(const TarEntry& entry, base::Source& content);
  void finish(layer::ShownTimes& times, const layer::TimeRule& rule) {
    m_placement.finish();
    m_tree.settle_times(times, rule);
  }

 private:
  void count(const TarEntry& entry);
  void make(const RootedPath& path, const TarEntry& entry, base::Source& content);
  void link(const std::string& path, const TarEntry& entry);
  void set_attributes(const RootedPath& path, const TarEntry& entry);

  const OpenRoot& m_root;
  DiskTree m_tree;
  tree::LayerPlacement m_placement;
  std::set<std::string> m_left_out;  ///< devices, and other names of them
  std::uint64_t m_bytes = 0;
  std::size_t m_entries = 0;
};

void Application::make(const RootedPath& path, const TarEntry& entry, base::Source& content) {
  switch (entry.type) {
    case EntryType::directory:
      m_root.make_directory(path);
      return;
    case EntryType::file:
      return write_content(m_root, path, content);
    case EntryType::symlink:
      return m_root.make_link(path, entry.link_target);
    default:
      m_root.make_node(path, S_IFIFO | 0600, 0);
  }
}

void Application::link(const std::string& path, const TarEntry& entry) {
  const std::string target = m_placement.target_of(entry);
  if (m_left_out.contains(target)) {
    m_left_out.insert(path);
    return;
  }
  const auto place = m_tree.look(target);
  if (!place || place->type == EntryType::directory)
    throw Error(ErrorCode::invalid_input, "/" + base::shown(entry.path) + " is a hard link to " +
                                              base::shown(entry.link_target) +
                                              ", where there is no file");
  m_root.make_hard_link(RootedPath(path), RootedPath(target));
  m_tree.note_link(path, target);
}

void Application::set_attributes(const RootedPath& path, const TarEntry& entry) {
  m_root.set_owner(path, static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid));
  const bool has_attributes = entry.type == EntryType::file || entry.type == EntryType::directory;
  for (const auto& [name, value] : entry.xattrs) {
    // A RUN's layer would not have the others. A file system without attributes has none for
    // anybody.
    if (has_attributes && layer::keeps_attribute(name))
      (void)m_root.set_attribute(path, name, value);
  }
  if (entry.type != EntryType::symlink) m_root.set_mode(path, entry.mode & 07777);
  m_tree.note_time(path.relative(), entry.mtime);
}

void Application::count(const TarEntry& entry) {
  if (entry.size > k_max_bytes || (m_bytes += entry.size) > k_max_bytes)
    throw Error(ErrorCode::invalid_input, "the layer unpacks to more than 64 GiB");
  if (++m_entries > tree::k_max_layer_entries)
    throw Error(ErrorCode::invalid_input, "the layer has more than 2,000,000 entries");
}

void Application::add(const TarEntry& entry, base::Source& content) {
  count(entry);
  if (archive::entry_path(entry.path).empty() && entry.type == EntryType::directory)
    return set_attributes(RootedPath(), entry);
  const auto place = m_placement.place(entry);
  if (!place) return;
  if (entry.type == EntryType::character_device || entry.type == EntryType::block_device) {
    m_left_out.insert(*place);
    return;
  }
  m_left_out.erase(*place);
  m_tree.keep_parent_time(*place);
  if (entry.type == EntryType::hardlink) return link(*place, entry);
  make(RootedPath(*place), entry, content);
  set_attributes(RootedPath(*place), entry);
}

}  // namespace

void apply_layer(const tree::OpenRoot& root, base::Source& tar, const std::string& what,
                 layer::ShownTimes& times, const layer::TimeRule& rule) {
  archive::TarReader reader(tar, what, archive::TarReader::Sparse::expand);
  Application application(root);
  while (const auto entry = reader.next())
    base::with_context([&] { return what; }, [&] { application.add(*entry, reader.content()); });
  application.finish(times, rule);
}

}  // namespace pinnace::sandbox
