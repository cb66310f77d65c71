#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "archive/tar_entry.hpp"
#include "tree/whiteout.hpp"

namespace pinnace::tree {

/// A tree that layers are placed in, in memory or on a disk. Its paths are clean and relative to
/// the root; where LayerPlacement asks for one, none of its parents is a link.
class PlacedTree {
 public:
  virtual ~PlacedTree() = default;

  struct Place {
    archive::EntryType type;
    std::string link_target;  ///< of a symbolic link
  };
  /// nullopt: there is nothing, or nothing that the tree keeps.
  virtual std::optional<Place> look(const std::string& path) const = 0;
  virtual std::vector<std::string> names(const std::string& directory) const = 0;
  /// With all that is in it.
  virtual void remove(const std::string& path) = 0;
  /// A directory that no entry tells of: 0755 of root, of time 0.
  virtual void make_parent(const std::string& path) = 0;
  /// Whether what such an entry makes is there for look() and names().
  virtual bool keeps(archive::EntryType) const { return true; }
};

/// The target of the symbolic link that stands at a path; nullopt: there is none.
using FindLink = std::function<std::optional<std::string>(const std::string& path)>;

/// Where `path` leads when the links on its way are followed inside of a tree: "bin/x" becomes
/// "usr/bin/x". The last component is followed only if `follow_last` is set. What is missing is
/// taken literally. Throws invalid_input for more than 40 links, or for more than 8192 names on the
/// way, "x/.." among them.
std::string resolve_links(const FindLink& find, std::string_view path, bool follow_last);

/// Decides where the entries of one layer go on top of the layers below it. There is no other code
/// that does, so that a container, a copy and a build see the same files. As runtimes unpack
/// (containerd, archive.Apply), in the order of the entries: the parent of an entry is looked up
/// with the links of all layers followed inside of the root, and made where it is missing; what
/// stands in the way goes, unless both are directories. A whiteout deletes what lower layers have
/// and never what its own layer has added, before or after it (OCI image specification, layer.md).
class LayerPlacement {
 public:
  /// `tree` has the layers below, and gets what place() says before the next call.
  explicit LayerPlacement(PlacedTree& tree) : m_tree(tree) {}

  /// Makes room for an entry and says where it stands. nullopt: nothing is to be made, as it is a
  /// whiteout, which was carried out, the root, or a hard link to itself. Throws invalid_input,
  /// naming the entry, for "..", too many links and whiteouts of nothing.
  std::optional<std::string> place(const archive::TarEntry& entry);
  /// At the layer's end: what AUFS had there goes (k_aufs). Links to it stay.
  void finish();
  /// Where a path leads when all links on it, and it itself, are followed.
  std::string resolve(std::string_view path) const { return resolve(path, true); }
  /// Where the target of a hard link stands: links on the way to it are followed, itself is not.
  std::string target_of(const archive::TarEntry& hard_link) const;

 private:
  std::string resolve(std::string_view path, bool follow_last) const;
  std::string parent_of(std::string_view path);
  void make_directories(const std::string& path);
  void hide(const Whiteout& whiteout);
  void hide(const std::string& path, bool itself);
  void remove(const std::string& path);
  bool is_ours(const std::string& path) const;

  PlacedTree& m_tree;
  mutable std::size_t m_link_text = 0;  ///< bytes of the links that paths went through
  bool is_cleared(std::string path) const;

  std::set<std::string, std::less<>> m_added;  ///< of this layer
  /// Directories of which what lower layers have is gone, which is so from then on: whoever says it
  /// a thousand times has it looked for once.
  std::set<std::string, std::less<>> m_cleared;
  /// Neighbours mostly share their parent, which is looked up once, until something goes.
  std::optional<std::string> m_parent;
  std::string m_resolved;
};

}  // namespace pinnace::tree
