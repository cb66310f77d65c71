#include "inventory/image_tree.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace pinnace::inventory {

namespace {

constexpr std::uint64_t k_max_bytes = std::uint64_t{1} << 30;
constexpr std::uint64_t k_of_node = 300;  ///< beside its texts, about

}  // namespace

bool ImageTree::Node::tells() const {
  return document != nullptr &&
         (document->kind == DocumentKind::elf || kind_by_path(file.entry.path) == document->kind);
}

ImageTree::Node* ImageTree::find_to_change(std::string_view path) {
  const auto place = m_nodes.find(path);
  return place == m_nodes.end() ? nullptr : &place->second;
}

const ImageTree::Node* ImageTree::find(std::string_view path) const {
  const auto place = m_nodes.find(path);
  return place == m_nodes.end() ? nullptr : &place->second;
}

const ImageTree::Node* ImageTree::follow(std::string_view path) const {
  const auto link = [this](const std::string& at) -> std::optional<std::string> {
    const Node* node = find(at);
    if (node == nullptr || node->file.entry.type != archive::EntryType::symlink)
      return std::nullopt;
    return node->file.entry.link_target;
  };
  try {
    return find(tree::resolve_links(link, path, true));
  } catch (const base::Error&) {
    return nullptr;
  }
}

std::optional<tree::PlacedTree::Place> ImageTree::look(const std::string& path) const {
  const Node* node = find(path);
  if (node == nullptr) return std::nullopt;
  return Place{node->file.entry.type, node->file.entry.link_target};
}

std::vector<std::string> ImageTree::names(const std::string& directory) const {
  std::vector<std::string> found;
  const std::string prefix = directory.empty() ? "" : directory + "/";
  for (auto place = m_nodes.lower_bound(prefix);
       place != m_nodes.end() && place->first.starts_with(prefix);) {
    const std::string_view rest = std::string_view(place->first).substr(prefix.size());
    std::string name(rest.substr(0, rest.find('/')));
    // Behind all that is in it: '0' follows '/' in ASCII. Names such as "a-b" stand before "a/".
    place =
        rest.size() == name.size() ? std::next(place) : m_nodes.lower_bound(prefix + name + "0");
    found.push_back(std::move(name));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void ImageTree::remove(const std::string& path) {
  m_nodes.erase(path);
  m_nodes.erase(m_nodes.lower_bound(path + "/"), m_nodes.lower_bound(path + "0"));
}

void ImageTree::make_parent(const std::string& path) {
  put(path, {{{.type = archive::EntryType::directory, .path = path, .mode = 0755}, layer}, {}});
}

void ImageTree::put(const std::string& path, Node node) {
  m_bytes += k_of_node + 2 * path.size() + node.file.entry.link_target.size();
  if (m_bytes > k_max_bytes)
    throw base::Error(base::ErrorCode::invalid_input,
                      "the image has more files than an inventory takes");
  m_nodes[path] = std::move(node);
}

}  // namespace pinnace::inventory
