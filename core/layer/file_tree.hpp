#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "archive/tar_entry.hpp"
#include "base/directory.hpp"

namespace pinnace::layer {

/// Where the bytes of a regular file come from: a file below a directory that is held open. The
/// size is what it had when the tree was made; reading checks that it still has.
struct FileContent {
  std::shared_ptr<const base::Directory> root;
  std::string path;  ///< relative to root
  /// Device and inode, where the file has several names: they become hard links of the layer.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> inode;
};

/// One path of a layer: its tar header, and its content if it is a regular file.
struct TreeEntry {
  archive::TarEntry header;
  FileContent content;
};

/// What a layer will hold: a value that can be compared and printed before anything is read or
/// written. Paths are relative, clean ("opt/shop/shop.jar") and sorted by their bytes, so that
/// parents stand before their children.
class FileTree {
 public:
  /// Adds an entry; one of the same path that is there already is replaced. Throws invalid_input
  /// when one of both is a directory and the other is not.
  void add(TreeEntry entry);
  const TreeEntry* find(std::string_view path) const;
  const std::map<std::string, TreeEntry, std::less<>>& entries() const noexcept {
    return m_entries;
  }
  bool empty() const noexcept { return m_entries.empty(); }
  /// Bytes of all regular files.
  std::uint64_t content_size() const;

 private:
  std::map<std::string, TreeEntry, std::less<>> m_entries;
};

/// The parent of a clean path: "a/b/c" -> "a/b", "a" -> "".
std::string_view parent_path(std::string_view path) noexcept;

}  // namespace pinnace::layer
