#include "inventory/aliases.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "tree/file_tree.hpp"

namespace pinnace::inventory {

namespace {

constexpr std::size_t k_max_looks = 2'000'000;

/// Where documents are by their whole path.
constexpr std::array<std::string_view, 11> k_directories = {"etc",
                                                            "lib/apk/db",
                                                            "usr/lib",
                                                            "usr/lib/apk/db",
                                                            "usr/lib/sysimage/rpm",
                                                            "usr/share/rpm",
                                                            "var/lib/dpkg",
                                                            "var/lib/dpkg/info",
                                                            "var/lib/dpkg/status.d",
                                                            "var/lib/dpkg/updates",
                                                            "var/lib/rpm"};
constexpr std::string_view k_documentation = "usr/share/doc";
constexpr std::string_view k_modules = "node_modules";

constexpr std::array<std::string_view, 5> k_databases = {
    "var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/apk/db/installed", "etc/os-release",
    "usr/lib/os-release"};
constexpr std::array<std::string_view, 3> k_rpm = {"var/lib/rpm", "usr/lib/sysimage/rpm",
                                                   "usr/share/rpm"};
constexpr std::array<std::string_view, 4> k_rpm_names = {"Packages", "Packages.db", "rpmdb.sqlite",
                                                         "rpmdb.sqlite-wal"};

std::string joined(std::string_view directory, std::string_view name) {
  return tree::join_path(std::string(directory), name);
}

class AliasFinder {
 public:
  explicit AliasFinder(const ImageTree& tree) : m_tree(tree) {}

  /// `layer`: of a link on the way.
  void look_at(const std::string& path, std::size_t layer = 0);
  void look_at_directory(std::string_view directory);
  void look_at_documentation();
  void look_at_link(const std::string& path, const ImageTree::Node& link);
  bool is_complete() const noexcept { return m_left != 0; }
  std::vector<Alias> take();

 private:
  std::vector<std::string> names(const std::string& directory);
  void look_at_modules(const std::string& path, const std::string& directory, std::size_t layer,
                       bool of_group);

  const ImageTree& m_tree;
  std::size_t m_left = k_max_looks;
  std::vector<Alias> m_aliases;
  std::set<std::tuple<std::string, DocumentKind, std::string>> m_known;
};

void AliasFinder::look_at(const std::string& path, std::size_t layer) {
  if (m_left == 0) return;
  --m_left;
  const auto kind = kind_by_path(path);
  if (!kind) return;
  const ImageTree::Node* file = m_tree.follow(path);
  if (file == nullptr || file->file.entry.type != archive::EntryType::file) return;
  const std::string& real = file->file.entry.path;
  if (real == path || kind_by_path(real) == kind) return;
  if (!m_known.emplace(real, *kind, std::string(meaning_of_path(*kind, path))).second) return;
  m_aliases.push_back({path, *kind, file, std::max(layer, file->file.layer)});
}

std::vector<std::string> AliasFinder::names(const std::string& directory) {
  if (m_left == 0) return {};
  std::vector<std::string> names = m_tree.names(directory);
  m_left -= std::min(m_left, names.size());
  return names;
}

void AliasFinder::look_at_directory(std::string_view directory) {
  const ImageTree::Node* real = m_tree.follow(directory);
  if (real == nullptr) return;
  // A file in it may be a link, too: look_at_link() sees those.
  if (real->file.entry.path == directory) return;
  for (const std::string& name : names(real->file.entry.path)) look_at(joined(directory, name));
}

void AliasFinder::look_at_documentation() {
  const ImageTree::Node* real = m_tree.follow(k_documentation);
  if (real == nullptr || real->file.entry.path == k_documentation) return;
  for (const std::string& name : names(real->file.entry.path))
    look_at(joined(joined(k_documentation, name), "copyright"));
}

/// `path` leads to `directory`, which has packages, or those of one group ("@s").
void AliasFinder::look_at_modules(const std::string& path, const std::string& directory,
                                  std::size_t layer, bool of_group) {
  for (const std::string& name : names(directory)) {
    if (!of_group && name.starts_with('@')) {
      look_at_modules(joined(path, name), joined(directory, name), layer, true);
    } else {
      look_at(joined(joined(path, name), "package.json"), layer);
    }
  }
}

void AliasFinder::look_at_link(const std::string& path, const ImageTree::Node& link) {
  const ImageTree::Node* target = m_tree.follow(path);
  if (target == nullptr) return;
  const std::size_t layer = link.file.layer;
  if (target->file.entry.type != archive::EntryType::directory) return look_at(path, layer);
  const std::string& directory = target->file.entry.path;
  const std::string_view name = tree::base_name(path);
  if (name == k_modules) return look_at_modules(path, directory, layer, false);
  if (name.starts_with('@') && tree::base_name(tree::parent_path(path)) == k_modules)
    return look_at_modules(path, directory, layer, true);
  for (const std::string& one : names(directory)) look_at(joined(path, one), layer);
  if (name != "specifications") return;
  for (const std::string& one : names(joined(directory, "default")))
    look_at(joined(path, "default/" + one), layer);
}

std::vector<Alias> AliasFinder::take() {
  std::sort(m_aliases.begin(), m_aliases.end(),
            [](const Alias& a, const Alias& b) { return a.path < b.path; });
  return std::move(m_aliases);
}

}  // namespace

std::vector<Alias> find_aliases(const base::Context& context, const ImageTree& tree,
                                bool& complete) {
  AliasFinder finder(tree);
  for (const std::string_view directory : k_directories) finder.look_at_directory(directory);
  finder.look_at_documentation();
  for (const auto& [path, node] : tree.nodes()) {
    if (node.file.entry.type != archive::EntryType::symlink) continue;
    context.check();
    finder.look_at_link(path, node);
  }
  complete = finder.is_complete();
  return finder.take();
}

std::vector<Alias> find_database_aliases(const ImageTree& tree) {
  AliasFinder finder(tree);
  for (const std::string_view path : k_databases) finder.look_at(std::string(path));
  for (const std::string_view directory : k_rpm) {
    for (const std::string_view name : k_rpm_names) finder.look_at(joined(directory, name));
  }
  return finder.take();
}

}  // namespace pinnace::inventory
