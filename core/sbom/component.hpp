#pragma once

#include <string>
#include <vector>

#include "inventory/image_inventory.hpp"
#include "sbom/licence.hpp"

namespace pinnace::sbom {

/// A package of an image as both formats need it.
struct Component {
  std::string id;  ///< unique in the image, of letters, digits, "." and "-"; the same each time
  std::string purl;
  std::string name;
  std::vector<Licence> licences;
  const inventory::InstalledPackage* package = nullptr;
  /// That it is inside of: the archive that was found in the same file. npos: none.
  std::size_t parent = k_none;

  static constexpr std::size_t k_none = static_cast<std::size_t>(-1);
};

/// In the inventory's order. They point into `image`.
std::vector<Component> components_of(const inventory::ImageInventory& image);

}  // namespace pinnace::sbom
