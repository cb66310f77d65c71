#include "layer/unpacked_tree.hpp"

#include <utility>

#include "layer/devices.hpp"

namespace pinnace::layer {

using archive::EntryType;

std::optional<tree::PlacedTree::Place> UnpackedTree::look(const std::string& path) const {
  if (path.empty()) return Place{EntryType::directory, {}};
  const std::string at = in_tree(path);
  if (const tree::TreeEntry* entry = m_tree.find(at))
    return Place{entry->header.type, entry->header.link_target};
  const auto device = m_devices.lower_bound(path + "/");
  const bool has_device = device != m_devices.end() && device->starts_with(path + "/");
  if (has_device || m_tree.has_below(at)) return Place{EntryType::directory, {}};
  return look_below(at);
}

/// A link of the base leads where it leads in the image, which is another place than in the archive
/// where the archive's root is not the image's: then it stays on the path, for place_on_base().
std::optional<tree::PlacedTree::Place> UnpackedTree::look_below(const std::string& at) const {
  const tree::BaseTree::Node* node = m_base.find(at);
  if (m_to.empty() && node != nullptr && node->type == EntryType::symlink)
    return Place{EntryType::symlink, node->link_target};
  node = m_base.find(m_base.resolve(at, true));
  if (node == nullptr || !node->is_directory()) return std::nullopt;
  return Place{EntryType::directory, {}};
}

bool UnpackedTree::is_directory(const std::string& path) const {
  const auto place = look(path);
  return place && place->type == EntryType::directory;
}

void UnpackedTree::remove(const std::string& path) {
  m_tree.remove(in_tree(path));
  // As FileTree::remove().
  m_devices.erase(m_devices.lower_bound(path + "/"), m_devices.lower_bound(path + "0"));
}

bool UnpackedTree::keeps(EntryType type) const {
  return !is_device(type);
}

void UnpackedTree::add(tree::TreeEntry entry) {
  m_devices.erase(entry.header.path);
  entry.header.path = in_tree(entry.header.path);
  m_tree.add(std::move(entry));
}

}  // namespace pinnace::layer
