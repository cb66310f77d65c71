#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "difference/difference.hpp"
#include "inventory/image_inventory.hpp"

namespace pinnace::difference {

/// A change of a package, and the packages that it is of.
struct ComparedPackage {
  PackageChange change;
  const inventory::InstalledPackage* from = nullptr;
  const inventory::InstalledPackage* to = nullptr;
};

/// What was installed, removed, or has another version, by type and name. A version that is
/// installed at several places counts once. Of several versions of one package those of the same
/// place belong together, then the lowest of one image and the lowest of the other.
std::vector<ComparedPackage> compare_packages(const inventory::ImageInventory& from,
                                              const inventory::ImageInventory& to);

}  // namespace pinnace::difference
