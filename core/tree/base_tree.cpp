#include "tree/base_tree.hpp"

#include <algorithm>
#include <iterator>

#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"
#include "disk/oci_layout.hpp"
#include "files/scratch.hpp"
#include "tree/layer_placement.hpp"

namespace pinnace::tree {

using archive::EntryType;
using archive::TarEntry;
using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_nodes = 2'000'000;

/// A list of layers may have one a thousand times: it is fetched once.
class LayersOfList {
 public:
  LayersOfList(const base::Context& context, store::BlobStore& store,
               const std::vector<StoredLayer>& layers)
      : m_store(store), m_directory(context.scratch) {
    for (const StoredLayer& layer : layers) ++m_times[layer.blob.digest];
  }

  /// A store that has the layer.
  store::BlobStore& holder(const base::Context& context, const StoredLayer& layer) {
    if (m_times.at(layer.blob.digest) == 1) return m_store;
    if (!m_layout) m_layout.emplace(m_directory.path(), disk::OciLayout::Missing::create);
    m_layout->put_blob(context, layer.blob, [&] { return m_store.open_blob(context, layer.blob); });
    return *m_layout;
  }

 private:
  store::BlobStore& m_store;
  std::map<hash::Digest, std::size_t> m_times;
  files::ScratchDirectory m_directory;
  std::optional<disk::OciLayout> m_layout;
};

}  // namespace

/// The tree as LayerPlacement sees it.
class BaseTree::Placed final : public PlacedTree {
 public:
  explicit Placed(BaseTree& tree) : m_tree(tree) {}

  std::optional<Place> look(const std::string& path) const override {
    const Node* node = m_tree.find(path);
    if (node == nullptr) return std::nullopt;
    return Place{node->type, node->link_target};
  }
  std::vector<std::string> names(const std::string& directory) const override {
    return m_tree.names(directory);
  }
  void remove(const std::string& path) override { m_tree.remove(path); }
  void make_parent(const std::string& path) override { m_tree.put(path, Node{}); }
  bool keeps(EntryType type) const override { return m_tree.keeps(type); }

 private:
  BaseTree& m_tree;
};

/// One layer on its way into the tree.
class BaseTree::Layer {
 public:
  /// `number`: Node::layer; `what` names the layer.
  Layer(BaseTree& tree, std::size_t number, const std::string& what)
      : m_tree(tree), m_number(number), m_what(what) {}

  /// `content`: of a file that is at hand.
  void add(const TarEntry& entry, const FileContent* content = nullptr);
  void finish() { m_placement.finish(); }

 private:
  std::optional<Node> node_of(const TarEntry& entry);
  std::optional<Node> linked_node(const TarEntry& entry);

  BaseTree& m_tree;
  std::size_t m_number;
  const std::string& m_what;
  Placed m_placed{m_tree};
  LayerPlacement m_placement{m_placed};
  EntryBudget m_budget;
  std::uint64_t m_entries = 0;
};

void BaseTree::Layer::add(const TarEntry& entry, const FileContent* content) {
  if (m_tree.keeps(entry.type)) m_budget.take(entry.path, {}, {}, m_what);
  if (const auto place = m_placement.place(entry)) {
    if (auto node = node_of(entry)) {
      if (content != nullptr && node->type == EntryType::file) node->content = *content;
      m_tree.put(*place, *std::move(node));
    }
  }
  ++m_entries;
}

std::optional<BaseTree::Node> BaseTree::Layer::node_of(const TarEntry& entry) {
  if (entry.type == EntryType::hardlink) return linked_node(entry);
  if (!m_tree.keeps(entry.type)) return std::nullopt;
  Node node{entry.type, entry.mode, entry.uid, entry.gid, entry.mtime, entry.link_target};
  if (m_tree.m_keep == Keep::everything) {
    node.size = entry.size;
    node.xattrs = entry.xattrs;
    node.layer = m_number;
    node.entry = m_entries;
  }
  return node;
}

/// Another name of what the target is at this moment: a link, too.
std::optional<BaseTree::Node> BaseTree::Layer::linked_node(const TarEntry& entry) {
  const Node* target = m_tree.find(m_placement.target_of(entry));
  if (target != nullptr && !target->is_directory()) return *target;
  if (m_tree.m_keep == Keep::everything)
    throw Error(ErrorCode::invalid_input, "/" + base::shown(entry.path) + " is a hard link to " +
                                              base::shown(entry.link_target) +
                                              ", where there is no file");
  if (m_tree.m_keep == Keep::directories_and_links) return std::nullopt;
  return Node{EntryType::file};
}

BaseTree BaseTree::read(const base::Context& context, store::BlobStore& store,
                        const std::vector<StoredLayer>& layers, Keep keep) {
  BaseTree tree;
  tree.m_keep = keep;
  LayersOfList list(context, store, layers);
  for (std::size_t number = 0; number < layers.size(); ++number)
    tree.add_layer(context, list.holder(context, layers[number]), layers[number], number);
  return tree;
}

void BaseTree::add_layer(const base::Context& context, store::BlobStore& store,
                         const StoredLayer& layer, std::size_t number) {
  const std::string what = name_of(layer, store);
  context.log("reading " + what);
  const auto tar = open_layer(context, store, layer);
  archive::TarReader reader(*tar, what, archive::TarReader::Sparse::expand);
  Layer placed(*this, number, what);
  while (const auto entry = reader.next()) {
    context.check();
    base::with_context([&] { return what; }, [&] { placed.add(*entry); });
  }
  placed.finish();
}

bool BaseTree::keeps(EntryType type) const noexcept {
  // A hard link may be one of a symbolic link.
  return m_keep != Keep::directories_and_links || type == EntryType::directory ||
         type == EntryType::symlink || type == EntryType::hardlink;
}

void BaseTree::put(const std::string& path, Node node) {
  m_budget.take(path, node.link_target, node.xattrs, "the base");
  m_nodes[path] = std::move(node);
  if (m_nodes.size() > k_max_nodes) {
    throw Error(ErrorCode::invalid_input, "the base has more than 2,000,000 paths");
  }
}

void BaseTree::apply(const FileTree& layer) {
  const std::string what = "a new layer";
  Layer placed(*this, 0, what);
  for (const TreeEntry& entry : layer.entries()) placed.add(entry.header, &entry.content);
}

void BaseTree::remove(const std::string& path) {
  m_nodes.erase(path);
  // '0' follows '/' in ASCII: [path + "/", path + "0") is all that stands below.
  m_nodes.erase(m_nodes.lower_bound(path + "/"), m_nodes.lower_bound(path + "0"));
}

const BaseTree::Node* BaseTree::find(std::string_view path) const {
  const auto place = m_nodes.find(path);
  return place == m_nodes.end() ? nullptr : &place->second;
}

std::vector<std::string> BaseTree::names(std::string_view directory) const {
  std::vector<std::string> found;
  const std::string prefix = directory.empty() ? "" : std::string(directory) + "/";
  for (auto place = m_nodes.lower_bound(prefix);
       place != m_nodes.end() && place->first.starts_with(prefix);) {
    const std::string_view rest = std::string_view(place->first).substr(prefix.size());
    const std::string name(rest.substr(0, rest.find('/')));
    found.push_back(name);
    // Behind all that is in it: '0' follows '/' in ASCII. Names such as "a-b" stand before "a/".
    place =
        rest.size() == name.size() ? std::next(place) : m_nodes.lower_bound(prefix + name + "0");
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::string BaseTree::resolve(std::string_view path, bool follow_last) const {
  const auto link = [this](const std::string& at) -> std::optional<std::string> {
    const Node* node = find(at);
    if (node == nullptr || node->type != EntryType::symlink) return std::nullopt;
    return node->link_target;
  };
  return resolve_links(link, path, follow_last);
}

}  // namespace pinnace::tree
