#include "inventory/image_inventory.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "base/shown.hpp"
#include "inventory/image_tree.hpp"
#include "inventory/owned_files.hpp"

namespace pinnace::inventory {

namespace {

using archive::EntryType;
using packages::Package;

/// What makes it the same package in the next layer's database.
std::string key_of(const Package& package) {
  std::string key = std::to_string(static_cast<int>(package.type));
  for (const std::string* text :
       {&package.group, &package.name, &package.version, &package.architecture, &package.inside})
    key.append(1, '\0').append(*text);
  return key;
}

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
  ImageTree tree;
  ImageInventory inventory;
  /// Of each file that tells of packages: since which layer each is there.
  std::map<std::string, std::map<std::string, std::size_t>> since;

  void place(tree::LayerPlacement& placement, Entry entry, std::shared_ptr<const Document> document,
             std::set<std::string>& told);
  void find(const Entry& entry, const std::string& problem);
  void remember(const std::set<std::string>& told);
  void collect_packages();
};

void LayerStack::State::find(const Entry& entry, const std::string& problem) {
  constexpr std::size_t k_most = 1000;
  auto& findings = inventory.findings;
  if (findings.size() < k_most)
    findings.push_back({tree.layer, {{entry.path}, base::printable(problem)}});
}

/// `told` gets the paths that tell of packages.
void LayerStack::State::place(tree::LayerPlacement& placement, Entry entry,
                              std::shared_ptr<const Document> document,
                              std::set<std::string>& told) {
  const archive::TarEntry header = header_of(entry);
  const auto path = placement.place(header);
  if (!path) return;
  ImageTree::Node node{{std::move(entry), tree.layer}, std::move(document)};
  if (node.file.entry.type == EntryType::hardlink) {
    const ImageTree::Node* target = tree.find(placement.target_of(header));
    if (target == nullptr || target->file.entry.type == EntryType::directory)
      throw base::Error(base::ErrorCode::invalid_input, "it is a hard link to what is not there");
    node = *target;
    node.file.layer = tree.layer;
  }
  node.file.entry.path = *path;
  if (node.document) told.insert(*path);
  tree.put(*path, std::move(node));
}

void LayerStack::State::remember(const std::set<std::string>& told) {
  for (const std::string& path : told) {
    const ImageTree::Node* node = tree.find(path);
    if (node == nullptr || !node->document) continue;
    const auto& before = since[path];
    std::map<std::string, std::size_t> now;
    for (const Package& package : node->document->packages) {
      const std::string key = key_of(package);
      const auto known = before.find(key);
      now[key] = known == before.end() ? tree.layer : known->second;
    }
    since[path] = std::move(now);
  }
  std::erase_if(since, [&](const auto& one) { return tree.find(one.first) == nullptr; });
}

void LayerStack::State::collect_packages() {
  constexpr std::size_t k_most = 500'000;
  OwnedFiles owned(tree);
  for (const auto& [path, node] : tree.nodes()) {
    if (!node.document) continue;
    for (const Package& package : node.document->packages) {
      if (inventory.packages.size() == k_most)
        return find(node.file.entry, "the image has more packages than an inventory takes");
      InstalledPackage installed{package, path, since[path][key_of(package)]};
      owned.add_to(installed.package, path, node.document->kind);
      inventory.packages.push_back(std::move(installed));
    }
  }
  if (owned.is_spent()) find({}, "packages list more files than an inventory takes");
}

LayerStack::LayerStack() : m_state(std::make_unique<State>()) {}
LayerStack::~LayerStack() = default;

void LayerStack::add(LayerInventory inventory) {
  State& state = *m_state;
  tree::LayerPlacement placement(state.tree);
  std::set<std::string> told;
  std::size_t next = 0;
  for (std::size_t i = 0; i < inventory.entries.size(); ++i) {
    std::shared_ptr<const Document> document;
    if (next < inventory.documents.size() && inventory.documents[next].entry == i)
      document = std::make_shared<const Document>(std::move(inventory.documents[next++]));
    try {
      state.place(placement, inventory.entries[i], std::move(document), told);
    } catch (const base::Error& error) {
      state.find(inventory.entries[i], std::string("left out: ") + error.what());
    }
  }
  placement.finish();
  state.remember(told);
  for (Finding& finding : inventory.findings)
    state.inventory.findings.push_back({state.tree.layer, std::move(finding)});
  ++state.tree.layer;
}

ImageInventory LayerStack::take() {
  State& state = *m_state;
  ImageInventory& inventory = state.inventory;
  for (const char* path : {"usr/lib/os-release", "etc/os-release"}) {
    const ImageTree::Node* node = state.tree.follow(path);
    if (node != nullptr && node->document && node->document->os) inventory.os = *node->document->os;
  }
  if (state.tree.layer != 0) --state.tree.layer;  // findings from here on are of the top
  state.collect_packages();
  std::stable_sort(inventory.packages.begin(), inventory.packages.end(),
                   [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
  for (auto& [path, node] : state.tree.nodes())
    inventory.files.emplace_hint(inventory.files.end(), path, std::move(node.file));
  return std::move(inventory);
}

}  // namespace pinnace::inventory
