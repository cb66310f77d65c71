#include "tree/placement.hpp"

#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/error.hpp"

namespace pinnace::tree {

using archive::EntryType;
using base::Error;
using base::ErrorCode;

namespace {

/// Where paths lead in a base. Neighbours of a tree mostly share their parent, which is resolved
/// once.
class Resolver {
 public:
  explicit Resolver(const BaseTree& base) : m_base(base) {}

  /// Makes the entry's path what BaseTree::resolve() says. A directory of ours merges into what the
  /// base's link of that name leads to; a file replaces the link.
  void resolve(archive::TarEntry& entry) {
    const std::string_view parent = parent_path(entry.path);
    if (parent != m_parent) {
      m_resolved = m_base.resolve(parent, true);
      m_parent = parent;
    }
    if (m_resolved != m_parent) entry.path = join_path(m_resolved, base_name(entry.path));
    if (entry.type == EntryType::directory && is_link(entry.path))
      entry.path = m_base.resolve(entry.path, true);
  }

 private:
  bool is_link(std::string_view path) const {
    const BaseTree::Node* node = m_base.find(path);
    return node != nullptr && node->type == EntryType::symlink;
  }

  const BaseTree& m_base;
  std::string m_parent;
  std::string m_resolved;
};

/// Adds parents to a tree as far as they are missing.
class Parents {
 public:
  Parents(FileTree& tree, const BaseTree& base, std::int64_t mtime)
      : m_tree(tree), m_base(base), m_mtime(mtime) {}

  void add_of(std::string_view path) {
    for (path = parent_path(path); !path.empty() && !m_complete.contains(path);
         path = parent_path(path)) {
      const TreeEntry* present = m_tree.find(path);
      const TreeEntry& entry = present != nullptr ? *present : m_tree.add(make(path));
      if (entry.header.type != EntryType::directory) {
        throw Error(ErrorCode::invalid_input,
                    "/" + std::string(path) + " is a file, and others would be inside of it");
      }
      m_complete.insert(entry.header.path);
    }
  }

 private:
  TreeEntry make(std::string_view path) const {
    TreeEntry entry;
    entry.header.type = EntryType::directory;
    entry.header.path = std::string(path);
    const BaseTree::Node* node = m_base.find(path);
    const bool known = node != nullptr && node->is_directory();
    entry.header.mode = known ? node->mode : 0755;
    entry.header.uid = known ? node->uid : 0;
    entry.header.gid = known ? node->gid : 0;
    entry.header.mtime = known ? node->mtime : m_mtime;
    return entry;
  }

  FileTree& m_tree;
  const BaseTree& m_base;
  std::int64_t m_mtime;
  /// Directories of the tree whose parents are there, or will be when the current path is done.
  std::unordered_set<std::string_view> m_complete;
};

}  // namespace

FileTree place_on_base(FileTree tree, const BaseTree& base, std::int64_t mtime, BaseLinks links) {
  FileTree placed;
  Resolver resolver(base);
  while (!tree.empty()) {
    FileTree::Node node = tree.take_first();
    if (links == BaseLinks::follow) resolver.resolve(node.value().header);
    if (!node.value().header.path.empty()) placed.add(std::move(node));
  }
  Parents parents(placed, base, mtime);
  for (const TreeEntry& entry : placed.entries()) parents.add_of(entry.header.path);
  return placed;
}

}  // namespace pinnace::tree
