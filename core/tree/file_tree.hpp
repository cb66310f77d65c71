#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "archive/tar_entry.hpp"
#include "files/directory.hpp"

namespace pinnace::tree {

/// What tells that a file is the one that was seen before, with the same content and attributes:
/// any change sets the change time, which no program can choose. All zero: not known.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t modified = 0;  ///< ns since 1970
  std::int64_t changed = 0;   ///< ns since 1970, of content or attributes

  static FileStamp of(const struct stat& status) noexcept;
  bool known() const noexcept { return *this != FileStamp{}; }
  bool operator==(const FileStamp&) const = default;
};

/// Where the bytes of a regular file come from: a file below a directory that is held open. The
/// size and stamp are what it had when the tree was made; reading checks that it still has.
struct FileContent {
  std::shared_ptr<const files::Directory> root;
  std::string path;  ///< relative to root
  /// Device and inode, where the file may have several names: they become hard links of the layer.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> inode;
  FileStamp stamp = {};
  /// The extended attributes are those of the header, not what the file at hand has.
  bool has_header_xattrs = false;
};

/// One path of a layer: its tar header, and its content if it is a regular file.
struct TreeEntry {
  archive::TarEntry header;
  FileContent content;
  /// A file of the context that others may read here, and not on disk.
  bool opened_up = false;
};

/// What a layer will hold: a value that can be compared and printed before anything is read or
/// written. Paths are relative, clean ("opt/shop/shop.jar") and sorted by their bytes, so that
/// parents stand before their children.
class FileTree {
 public:
  struct ByPath {
    using is_transparent = void;
    bool operator()(const TreeEntry& a, const TreeEntry& b) const {
      return a.header.path < b.header.path;
    }
    bool operator()(const TreeEntry& a, std::string_view b) const { return a.header.path < b; }
    bool operator()(std::string_view a, const TreeEntry& b) const { return a < b.header.path; }
  };
  using Entries = std::set<TreeEntry, ByPath>;
  /// An entry that is in no tree, and can go into one without a copy.
  using Node = Entries::node_type;

  /// Adds an entry; one of the same path that is there already is replaced. Throws invalid_input
  /// when one of both is a directory and the other is not. Returns it as it stands in the tree.
  const TreeEntry& add(TreeEntry entry);
  const TreeEntry& add(Node node);
  const TreeEntry* find(std::string_view path) const;
  /// Whether anything stands below a path, which need not have an entry itself.
  bool has_below(std::string_view path) const;
  /// With all that is below.
  void remove(std::string_view path);
  /// Takes the first entry out; the tree must not be empty.
  Node take_first();
  /// Whether both hold the same paths with the same headers.
  bool same_headers(const FileTree& other) const;
  const Entries& entries() const noexcept { return m_entries; }
  bool empty() const noexcept { return m_entries.empty(); }
  /// Bytes of all regular files.
  std::uint64_t content_size() const;

 private:
  Entries m_entries;
};

/// The files of a tree that are so, and the first of them.
struct OpenedUp {
  std::size_t count = 0;
  std::string first;
};
OpenedUp opened_up(const FileTree& tree);

/// The parent of a clean path: "a/b/c" -> "a/b", "a" -> "".
std::string_view parent_path(std::string_view path) noexcept;
/// Its last component: "a/b/c" -> "c".
std::string_view base_name(std::string_view path) noexcept;
/// What stands in a directory: "a", "b/c" -> "a/b/c"; "", "b" -> "b".
std::string join_path(std::string_view directory, std::string_view path);

}  // namespace pinnace::tree
