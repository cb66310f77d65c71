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

/// What packages say of a path.
struct Ownership {
  bool is_explained = false;         ///< packages that were installed, removed or changed have it
  bool is_listed = false;            ///< one of them is in the second image, and lists it
  std::vector<std::string> digests;  ///< that these record of it (packages::FilePath)
  /// One of these records digests of all files that it brings, and none of this one.
  bool lacks_digest = false;
};

/// What packages say of paths: first all that are asked for, then what they are found to be.
class Owners {
 public:
  Owners(const inventory::ImageInventory& from, const inventory::ImageInventory& to,
         const std::vector<ComparedPackage>& packages);

  void ask_for(const std::string& path) { m_asked.insert(path); }
  void find();
  Ownership of(const std::string& path) const;
  /// Whether a package of Debian, "libc6" or "libc6:amd64", is as it was.
  bool has_unchanged(std::string_view debian_package) const;

 private:
  struct Claims {
    bool changed = false;    ///< an owner was installed, removed, or has another version
    bool unchanged = false;  ///< another one is as it was
    Ownership ownership;
  };

  struct Owner {
    bool changed;
    bool is_second;  ///< it is in the second image
    bool has_digests;
  };

  void find_in(const inventory::ImageInventory& image, bool is_second);
  void add(const std::string& path, const packages::FilePath& file, const Owner& owner);

  const inventory::ImageInventory& m_from;
  const inventory::ImageInventory& m_to;
  std::set<const inventory::InstalledPackage*> m_changed;
  std::set<std::string, std::less<>> m_unchanged;  ///< names of Debian's packages
  std::unordered_set<std::string> m_asked;
  std::unordered_map<std::string, Claims> m_owned;
  std::map<std::string, bool, std::less<>> m_directories;  ///< of packages that list no files
};

}  // namespace pinnace::difference
