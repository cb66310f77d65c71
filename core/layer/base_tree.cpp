#include "layer/base_tree.hpp"

#include <algorithm>
#include <deque>
#include <iterator>

#include "archive/path.hpp"
#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "compress/compression.hpp"
#include "layer/whiteout.hpp"

namespace pinnace::layer {

using archive::EntryType;
using archive::TarEntry;
using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_nodes = 2'000'000;
constexpr int k_max_links = 40;  // as Linux

std::deque<std::string> components(std::string_view path) {
  std::deque<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (slash != 0) parts.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return parts;
}

}  // namespace

BaseTree BaseTree::read(const base::Context& context, store::BlobStore& store,
                        const std::vector<oci::Descriptor>& layers, Keep keep) {
  BaseTree tree;
  tree.m_keep = keep;
  for (std::size_t number = 0; number < layers.size(); ++number)
    tree.add_layer(context, store, layers[number], number);
  return tree;
}

void BaseTree::add_layer(const base::Context& context, store::BlobStore& store,
                         const oci::Descriptor& layer, std::size_t number) {
  const std::string what = "layer " + layer.digest.str() + " of " + store.where();
  context.log("reading " + what);
  const auto tar = compress::make_decompressor(context, store.open_blob(context, layer), what);
  apply_layer(*tar, what, number);
}

bool BaseTree::keeps(const TarEntry& entry) const noexcept {
  return m_keep != Keep::directories_and_links || entry.type == EntryType::directory ||
         entry.type == EntryType::symlink;
}

void BaseTree::apply_layer(base::Source& tar, const std::string& what, std::size_t number) {
  archive::TarReader reader(tar, what);
  // Whiteouts hide what lower layers have, never what their own layer adds: they go first.
  std::vector<TarEntry> kept;
  EntryBudget budget;
  while (auto entry = reader.next()) {
    entry->path = archive::clean_path(entry->path);
    if (entry->path.empty()) continue;
    const std::string_view name = base_name(entry->path);
    const std::string parent(parent_path(entry->path));
    if (name == k_opaque_whiteout) {
      remove_below(parent);
    } else if (name.starts_with(k_whiteout)) {
      remove(join_path(parent, name.substr(k_whiteout.size())));
    } else if (keeps(*entry)) {
      if (m_keep != Keep::everything) entry->xattrs.clear();
      budget.take(entry->path, entry->link_target, entry->xattrs, what);
      kept.push_back(*std::move(entry));
    } else if (const auto place = m_nodes.find(entry->path); place != m_nodes.end()) {
      remove(entry->path);
    }
    if (kept.size() > k_max_nodes) {
      throw Error(ErrorCode::invalid_input, what + " has more than 2,000,000 paths");
    }
  }
  for (const TarEntry& entry : kept) {
    base::with_context([&] { return what; }, [&] { apply_entry(entry, number); });
  }
}

void BaseTree::put(const std::string& path, Node node) {
  const auto place = m_nodes.find(path);
  if (place != m_nodes.end() && place->second.is_directory() && !node.is_directory()) remove(path);
  m_budget.take(path, node.link_target, node.xattrs, "the base");
  m_nodes[path] = std::move(node);
  if (m_nodes.size() > k_max_nodes) {
    throw Error(ErrorCode::invalid_input, "the base has more than 2,000,000 paths");
  }
}

void BaseTree::apply_entry(const TarEntry& entry, std::size_t layer) {
  if (entry.type == EntryType::hardlink && m_keep == Keep::everything) {
    const Node* target = find(archive::clean_path(entry.link_target));
    if (target == nullptr || target->is_directory()) {
      throw Error(ErrorCode::invalid_input,
                  "/" + archive::printable(entry.path) + " is a hard link to " +
                      archive::printable(entry.link_target) + ", where there is no file");
    }
    return put(entry.path, Node(*target));
  }
  Node node{entry.type, entry.mode, entry.uid, entry.gid, entry.mtime, entry.link_target};
  if (entry.type == EntryType::hardlink) node = {EntryType::file};
  if (m_keep == Keep::everything) {
    node.size = entry.size;
    node.xattrs = entry.xattrs;
    node.layer = layer;
    node.source = entry.path;
  }
  put(entry.path, std::move(node));
}

void BaseTree::apply(const FileTree& layer) {
  // As in a layer that is read: whiteouts go first.
  for (const TreeEntry& entry : layer.entries()) {
    const std::string_view name = base_name(entry.header.path);
    if (name.starts_with(k_whiteout))
      remove(join_path(parent_path(entry.header.path), name.substr(k_whiteout.size())));
  }
  for (const TreeEntry& entry : layer.entries()) {
    const TarEntry& header = entry.header;
    if (base_name(header.path).starts_with(k_whiteout)) continue;
    if (!keeps(header)) {
      remove(header.path);
      continue;
    }
    Node node{header.type, header.mode, header.uid, header.gid, header.mtime, header.link_target};
    if (m_keep == Keep::everything) {
      node.size = header.size;
      node.xattrs = header.xattrs;
      if (header.type == EntryType::file) node.content = entry.content;
    }
    put(header.path, std::move(node));
  }
}

void BaseTree::remove(const std::string& path) {
  m_nodes.erase(path);
  remove_below(path);
}

void BaseTree::remove_below(const std::string& path) {
  if (path.empty()) return m_nodes.clear();
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
  std::deque<std::string> rest = components(path);
  std::string done;
  for (int links = 0; !rest.empty();) {
    const std::string part = std::move(rest.front());
    rest.pop_front();
    if (part == ".") continue;
    if (part == "..") {
      done = std::string(parent_path(done));
      continue;
    }
    std::string next = join_path(done, part);
    const Node* node = find(next);
    if (node == nullptr || node->type != EntryType::symlink || (rest.empty() && !follow_last)) {
      done = std::move(next);
      continue;
    }
    if (++links > k_max_links) {
      throw Error(ErrorCode::invalid_input, "/" + std::string(path) + " goes through more than " +
                                                std::to_string(k_max_links) + " links of the base");
    }
    if (node->link_target.starts_with('/')) done.clear();
    std::deque<std::string> target = components(node->link_target);
    rest.insert(rest.begin(), target.begin(), target.end());
  }
  return done;
}

}  // namespace pinnace::layer
