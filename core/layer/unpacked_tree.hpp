#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tree/base_tree.hpp"
#include "tree/file_tree.hpp"
#include "tree/layer_placement.hpp"

namespace pinnace::layer {

/// A directory of a FileTree that an archive is placed in, as if that were the root. What the
/// archive does not have is looked up in what the tree will stand on: its directories, and what
/// leads to some. Devices are left out, and told apart from what the archive does not have.
class UnpackedTree final : public tree::PlacedTree {
 public:
  /// `to` is the directory, clean; "" is the tree's root. All are borrowed.
  UnpackedTree(tree::FileTree& tree, const tree::BaseTree& base, const std::string& to)
      : m_tree(tree), m_base(base), m_to(to) {}

  std::optional<Place> look(const std::string& path) const override;
  /// Nothing is asked: archives have no whiteouts.
  std::vector<std::string> names(const std::string&) const override { return {}; }
  void remove(const std::string& path) override;
  /// Who copies adds what is missing.
  void make_parent(const std::string& path) override { m_devices.erase(path); }
  bool keeps(archive::EntryType type) const override;

  bool is_directory(const std::string& path) const;
  /// An entry with its path in the archive, where there is room for it.
  void add(tree::TreeEntry entry);
  void leave_out(std::string device) { m_devices.insert(std::move(device)); }
  bool is_left_out(const std::string& path) const { return m_devices.contains(path); }
  const tree::TreeEntry* find(const std::string& path) const { return m_tree.find(in_tree(path)); }
  const std::set<std::string>& devices() const noexcept { return m_devices; }
  std::size_t size() const noexcept { return m_tree.entries().size() + m_devices.size(); }
  std::string in_tree(const std::string& path) const { return tree::join_path(m_to, path); }

 private:
  std::optional<Place> look_below(const std::string& path) const;

  tree::FileTree& m_tree;
  const tree::BaseTree& m_base;
  const std::string& m_to;
  std::set<std::string> m_devices;  ///< paths in the archive
};

}  // namespace pinnace::layer
