#include "inventory/image_inventory.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "base/shown.hpp"
#include "inventory/aliases.hpp"
#include "inventory/image_tree.hpp"
#include "inventory/owned_files.hpp"
#include "inventory/wanted_documents.hpp"
#include "packages/package_history.hpp"
#include "packages/python.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::inventory {

namespace {

using archive::EntryType;
using packages::Package;

auto order_of(const InstalledPackage& one) {
  return std::tie(one.package.type, one.package.group, one.package.name, one.package.version,
                  one.package.architecture, one.path, one.package.inside);
}

archive::TarEntry header_of(const Entry& entry) {
  archive::TarEntry header;
  header.type = entry.type;
  header.path = entry.path;
  header.link_target = entry.link_target;
  return header;
}

}  // namespace

struct LayerStack::State {
  /// What a layer has changed.
  struct Touched {
    std::set<std::string> told;    ///< paths that tell of packages
    std::set<std::string> wanted;  ///< of files that are to be read again
  };
  /// A database of the system that stands elsewhere.
  struct Database {
    ImageTree::Source source;
    std::shared_ptr<const Document> document;
  };

  State(base::Context c, ReadAgain read_again)
      : context(std::move(c)),
        wanted(std::move(read_again), kept,
               [this](std::size_t layer, Finding finding) { find(layer, std::move(finding)); }) {}

  base::Context context;
  ImageTree tree;
  ImageInventory inventory;
  KeptDocuments kept;
  WantedDocuments wanted;
  std::map<std::string, Database> databases;  ///< by the paths of aliases
  /// By names and architectures of dpkg's packages the last of its updates that has them.
  std::map<std::pair<std::string, std::string>, std::string> updates;
  packages::PackageHistory history;

  void place(tree::LayerPlacement& placement, ImageTree::Node node, Touched& touched);
  void find(std::size_t layer, Finding finding);
  void find(const Entry& entry, const std::string& problem);
  void read_wanted(const std::set<std::string>& paths);
  void look_at_databases(std::set<std::string>& told);
  const Document* document_at(const std::string& path) const;
  void remember(const std::set<std::string>& told);
  std::map<std::string, std::size_t> read_aliases(OwnedFiles::Aliases& documents);
  void note_update(const std::string& path, const Document& document);
  bool is_replaced(const std::string& path, const Package& package) const;
  bool has_room(const std::string& path);
  bool collect(OwnedFiles& owned, const std::string& path, const Document& document,
               std::size_t layer);
  bool says_name(const std::string& metadata, const OwnedFiles::Aliases& aliases) const;
  void collect_unnamed(OwnedFiles& owned, const OwnedFiles::Aliases& aliases);
  void collect_packages(const OwnedFiles::Aliases& aliases,
                        const std::map<std::string, std::size_t>& layers);
};

void LayerStack::State::find(std::size_t layer, Finding finding) {
  constexpr std::size_t k_most = 20'000;
  auto& findings = inventory.findings;
  if (findings.size() > k_most) return;
  if (findings.size() == k_most) finding = {{}, "and more findings, which are left out"};
  findings.push_back({layer, std::move(finding)});
}

void LayerStack::State::find(const Entry& entry, const std::string& problem) {
  find(tree.layer, {{entry.path}, base::printable(problem)});
}

/// Puts what an entry says, or the file that a hard link leads to. Where it stands, and by which
/// name, decides what it is read as.
void LayerStack::State::place(tree::LayerPlacement& placement, ImageTree::Node node,
                              Touched& touched) {
  const archive::TarEntry header = header_of(node.file.entry);
  const auto path = placement.place(header);
  if (!path) return;
  std::string read_by = node.file.entry.path;
  if (node.file.entry.type == EntryType::hardlink) {
    const ImageTree::Node* target = tree.find(placement.target_of(header));
    if (target == nullptr || target->file.entry.type == EntryType::directory)
      throw base::Error(base::ErrorCode::invalid_input, "it is a hard link to what is not there");
    node = *target;
    node.file.layer = tree.layer;
    read_by = node.file.entry.path;
  }
  node.file.entry.path = *path;
  const bool is_file = node.file.entry.type == EntryType::file;
  const auto kind = is_file ? kind_by_path(*path) : std::nullopt;
  const bool was_read_so =
      kind && kind == node.kind && meaning_of_path(*kind, read_by) == meaning_of_path(*kind, *path);
  if (kind && !was_read_so) {
    node.kind = kind;
    node.document = nullptr;
    node.is_wanted = true;
  }
  if (node.is_wanted) touched.wanted.insert(*path);
  if (kind || node.document) touched.told.insert(*path);
  tree.put(*path, std::move(node));
}

void LayerStack::State::read_wanted(const std::set<std::string>& paths) {
  std::vector<ImageTree::Node*> nodes;
  std::vector<Wanted> files;
  for (const std::string& path : paths) {
    ImageTree::Node* node = tree.find_to_change(path);
    if (node == nullptr || !node->is_wanted || !node->kind) continue;
    node->is_wanted = false;
    nodes.push_back(node);
    files.push_back({node->source, *node->kind, path});
  }
  const WantedDocuments::Documents found = wanted.read(files);
  for (std::size_t i = 0; i < nodes.size(); ++i) nodes[i]->document = found[i];
}

/// Their packages have a history, as of those that stand where they should.
void LayerStack::State::look_at_databases(std::set<std::string>& told) {
  std::map<std::string, Database> now;
  std::vector<Wanted> files;
  for (const Alias& alias : find_database_aliases(tree)) {
    const auto known = databases.find(alias.path);
    const ImageTree::Source& source = alias.file->source;
    if (known != databases.end() && known->second.source == source) {
      now.insert(*known);
    } else if (alias.file->kind == alias.kind) {
      now[alias.path] = {source, alias.file->document};
      told.insert(alias.path);
    } else {
      files.push_back({source, alias.kind, alias.path});
    }
  }
  const WantedDocuments::Documents found = wanted.read(files);
  for (std::size_t i = 0; i < files.size(); ++i) {
    told.insert(files[i].path);
    now[files[i].path] = {files[i].source, found[i]};
  }
  databases = std::move(now);
}

/// What a path tells now; nullptr: nothing.
const Document* LayerStack::State::document_at(const std::string& path) const {
  if (const auto database = databases.find(path); database != databases.end())
    return database->second.document.get();
  const ImageTree::Node* node = tree.find(path);
  return node != nullptr && node->tells() ? node->document.get() : nullptr;
}

void LayerStack::State::remember(const std::set<std::string>& told) {
  for (const std::string& path : told) {
    context.check();
    const Document* document = document_at(path);
    if (document != nullptr) history.tell(path, document->packages, tree.layer);
  }
  history.forget([&](const std::string& path) {
    context.check();
    return document_at(path) == nullptr;
  });
}

/// Reads what only links show; gives the layers since which it is there.
std::map<std::string, std::size_t> LayerStack::State::read_aliases(OwnedFiles::Aliases& documents) {
  std::map<std::string, std::size_t> layers;
  std::vector<Wanted> files;
  bool complete = true;
  for (const Alias& alias : find_aliases(context, tree, complete)) {
    layers[alias.path] = alias.layer;
    const ImageTree::Node& file = *alias.file;
    const bool was_read_so =
        file.kind == alias.kind && meaning_of_path(alias.kind, file.file.entry.path) ==
                                       meaning_of_path(alias.kind, alias.path);
    if (const auto known = databases.find(alias.path); known != databases.end()) {
      documents[alias.path] = known->second.document;
    } else if (was_read_so) {
      documents[alias.path] = file.document;
    } else {
      files.push_back({file.source, alias.kind, alias.path});
    }
  }
  if (!complete) find({}, "the image has more links than are followed to what they show");
  const WantedDocuments::Documents found = wanted.read(files);
  for (std::size_t i = 0; i < files.size(); ++i) documents[files[i].path] = found[i];
  return layers;
}

void LayerStack::State::note_update(const std::string& path, const Document& document) {
  if (!is_dpkg_update(path)) return;
  for (const Package& one : document.packages) {
    std::string& last = updates[{one.name, one.architecture}];
    last = std::max(last, path);
  }
}

/// By a paragraph of dpkg's updates.
bool LayerStack::State::is_replaced(const std::string& path, const Package& package) const {
  if (path != k_dpkg_status && !is_dpkg_update(path)) return false;
  const auto update = updates.find({package.name, package.architecture});
  return update != updates.end() && update->second != path;
}

bool LayerStack::State::has_room(const std::string& path) {
  constexpr std::size_t k_most = 500'000;
  if (inventory.packages.size() < k_most) return true;
  find({.path = path}, "the image has more packages than an inventory takes");
  return false;
}

/// `layer`: since which its packages are there, if nothing else is known. False: there are too
/// many.
bool LayerStack::State::collect(OwnedFiles& owned, const std::string& path,
                                const Document& document, std::size_t layer) {
  context.check();
  for (const Package& package : document.packages) {
    if (is_replaced(path, package)) continue;
    if (!has_room(path)) return false;
    InstalledPackage installed{package, path, history.since(path, package, layer)};
    owned.add_to(installed.package, path, document.kind);
    inventory.packages.push_back(std::move(installed));
  }
  return true;
}

bool LayerStack::State::says_name(const std::string& metadata,
                                  const OwnedFiles::Aliases& aliases) const {
  if (const auto alias = aliases.find(metadata); alias != aliases.end() && alias->second)
    return true;
  const ImageTree::Node* node = tree.follow(metadata);
  return node != nullptr && node->document != nullptr;
}

/// Distributions of Python without METADATA that says their names: their directories do, for pip.
void LayerStack::State::collect_unnamed(OwnedFiles& owned, const OwnedFiles::Aliases& aliases) {
  std::string known;
  for (const auto& [path, node] : tree.nodes()) {
    const std::string_view parent = tree::parent_path(path);
    const bool is_new = parent.ends_with(".dist-info") && parent != known &&
                        node.file.entry.type == EntryType::file;
    if (!is_new) continue;
    context.check();
    known = parent;
    const std::string& directory = known;
    const std::string metadata = directory + "/METADATA";
    if (says_name(metadata, aliases)) continue;
    Package package = packages::named_by_directory(tree::base_name(directory));
    if (package.name.empty()) continue;
    if (!has_room(directory)) return;
    InstalledPackage installed{std::move(package), directory, node.file.layer};
    owned.add_to(installed.package, metadata, DocumentKind::python_metadata);
    inventory.packages.push_back(std::move(installed));
  }
}

void LayerStack::State::collect_packages(const OwnedFiles::Aliases& aliases,
                                         const std::map<std::string, std::size_t>& layers) {
  OwnedFiles owned(tree, aliases);
  for (const auto& [path, node] : tree.nodes()) {
    if (node.tells()) note_update(path, *node.document);
  }
  for (const auto& [path, document] : aliases) {
    if (document) note_update(path, *document);
  }
  bool goes_on = true;
  for (const auto& [path, node] : tree.nodes()) {
    if (goes_on && node.tells()) goes_on = collect(owned, path, *node.document, node.file.layer);
  }
  for (const auto& [path, document] : aliases) {
    if (goes_on && document) goes_on = collect(owned, path, *document, layers.at(path));
  }
  if (goes_on) collect_unnamed(owned, aliases);
  if (owned.is_spent()) find({}, "packages list more files than an inventory takes");
}

LayerStack::LayerStack(base::Context context, ReadAgain read_again)
    : m_state(std::make_unique<State>(std::move(context), std::move(read_again))) {}
LayerStack::~LayerStack() = default;

void LayerStack::add(LayerInventory inventory) {
  State& state = *m_state;
  tree::LayerPlacement placement(state.tree);
  State::Touched touched;
  std::size_t next = 0;
  for (Finding& finding : inventory.findings) state.find(state.tree.layer, std::move(finding));
  for (std::size_t i = 0; i < inventory.entries.size(); ++i) {
    state.context.check();
    const Entry& entry = inventory.entries[i];
    ImageTree::Node node{{entry, state.tree.layer}, {}, {state.tree.layer, i}};
    if (entry.type == EntryType::file) node.kind = kind_by_path(entry.path);
    if (next < inventory.documents.size() && inventory.documents[next].entry == i) {
      node.document = state.kept.keep(std::move(inventory.documents[next++]));
      if (node.document == nullptr)
        state.find(entry, "could not be read: the image's files say more than an inventory takes");
    }
    try {
      state.place(placement, std::move(node), touched);
    } catch (const base::Error& error) {
      state.find(entry, std::string("left out: ") + error.what());
    }
  }
  placement.finish();
  state.read_wanted(touched.wanted);
  state.look_at_databases(touched.told);
  state.remember(touched.told);
  ++state.tree.layer;
}

ImageInventory LayerStack::take() {
  State& state = *m_state;
  ImageInventory& inventory = state.inventory;
  if (state.tree.layer != 0) --state.tree.layer;  // findings from here on are of the top
  OwnedFiles::Aliases aliases;
  const auto layers = state.read_aliases(aliases);
  for (const char* path : {"usr/lib/os-release", "etc/os-release"}) {
    const ImageTree::Node* node = state.tree.follow(path);
    const auto alias = aliases.find(path);
    const Document* document = node == nullptr ? nullptr : node->document.get();
    if (alias != aliases.end()) document = alias->second.get();
    if (document != nullptr && document->os) inventory.os = *document->os;
  }
  state.collect_packages(aliases, layers);
  std::stable_sort(inventory.packages.begin(), inventory.packages.end(),
                   [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
  for (auto& [path, node] : state.tree.nodes())
    inventory.files.emplace_hint(inventory.files.end(), path, std::move(node.file));
  return std::move(inventory);
}

}  // namespace pinnace::inventory
