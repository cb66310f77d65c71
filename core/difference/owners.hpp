#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "difference/packages.hpp"
#include "inventory/image_inventory.hpp"

namespace pinnace::difference {

/// The path of a file with the links above it followed, as an inventory has it: lists of packages
/// name "lib/x" where lib leads to usr/lib. Paths of one directory cost one look.
class FollowedPaths {
 public:
  explicit FollowedPaths(const inventory::ImageInventory& image) : m_image(image) {}
  std::string follow(std::string_view path);

 private:
  const std::string& directory(const std::string& path, unsigned depth);

  const inventory::ImageInventory& m_image;
  std::unordered_map<std::string, std::string> m_known;
};

/// Which paths packages explain: first all that are asked for, then what they are found to be.
class Owners {
 public:
  Owners(const inventory::ImageInventory& from, const inventory::ImageInventory& to,
         const std::vector<ComparedPackage>& packages);

  void ask_for(const std::string& path) { m_asked.insert(path); }
  void find();
  /// Whether a package that was installed, removed or changed has it.
  bool explain(const std::string& path) const;

 private:
  void find_in(const inventory::ImageInventory& image);
  void add(const std::string& path, bool changed);

  const inventory::ImageInventory& m_from;
  const inventory::ImageInventory& m_to;
  std::set<const inventory::InstalledPackage*> m_changed;
  std::unordered_set<std::string> m_asked;
  std::unordered_map<std::string, bool> m_owned;           ///< whether an owner changed
  std::map<std::string, bool, std::less<>> m_directories;  ///< of packages that list no files
};

}  // namespace pinnace::difference
