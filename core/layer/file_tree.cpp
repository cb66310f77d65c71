#include "layer/file_tree.hpp"

#include "base/error.hpp"

namespace pinnace::layer {

void FileTree::add(TreeEntry entry) {
  const auto [place, added] = m_entries.try_emplace(entry.header.path);
  const auto is_directory = [](const TreeEntry& e) {
    return e.header.type == archive::EntryType::directory;
  };
  if (!added && is_directory(place->second) != is_directory(entry)) {
    throw base::Error(base::ErrorCode::invalid_input,
                      "/" + entry.header.path + " would be both a directory and something else");
  }
  place->second = std::move(entry);
}

const TreeEntry* FileTree::find(std::string_view path) const {
  const auto place = m_entries.find(path);
  return place == m_entries.end() ? nullptr : &place->second;
}

std::uint64_t FileTree::content_size() const {
  std::uint64_t total = 0;
  for (const auto& [path, entry] : m_entries) total += entry.header.size;
  return total;
}

std::string_view parent_path(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

}  // namespace pinnace::layer
