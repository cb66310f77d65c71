#pragma once

#include <cstdint>
#include <vector>

#include "difference/packages.hpp"
#include "inventory/image_inventory.hpp"

namespace pinnace::difference {

/// A path that differs; null: it is not in that image.
struct ComparedFile {
  const inventory::ImageFile* from = nullptr;
  const inventory::ImageFile* to = nullptr;
};

struct ComparedFiles {
  std::vector<ComparedFile> files;  ///< by path, of those that no package explains
  std::uint64_t records = 0;        ///< those that package managers keep for themselves
};

/// The files that differ in type, mode, owner, content or target. A package that was installed,
/// removed or changed explains its files: those that it lists, or that are in its directory
/// (node_modules/x).
ComparedFiles compare_files(const inventory::ImageInventory& from,
                            const inventory::ImageInventory& to,
                            const std::vector<ComparedPackage>& packages);

}  // namespace pinnace::difference
