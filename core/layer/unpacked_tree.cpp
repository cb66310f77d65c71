#include "layer/unpacked_tree.hpp"

#include <utility>

namespace pinnace::layer {

using archive::EntryType;

std::optional<PlacedTree::Place> UnpackedTree::look(const std::string& path) const {
  if (path.empty()) return Place{EntryType::directory, {}};
  const std::string at = in_tree(path);
  if (const TreeEntry* entry = m_tree.find(at))
    return Place{entry->header.type, entry->header.link_target};
  const auto device = m_devices.lower_bound(path + "/");
  const bool has_device = device != m_devices.end() && device->starts_with(path + "/");
  if (has_device || m_tree.has_below(at)) return Place{EntryType::directory, {}};
  return std::nullopt;
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
  return type != EntryType::character_device && type != EntryType::block_device;
}

void UnpackedTree::add(TreeEntry entry) {
  m_devices.erase(entry.header.path);
  entry.header.path = in_tree(entry.header.path);
  m_tree.add(std::move(entry));
}

}  // namespace pinnace::layer
