#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "difference/packages.hpp"
#include "inventory/image_inventory.hpp"

namespace pinnace::difference {

/// A path that differs; null: it is not in that image.
struct ComparedFile {
  const inventory::ImageFile* from = nullptr;
  const inventory::ImageFile* to = nullptr;
  std::string note = {};  ///< FileChange::note
};

/// A file that belongs to packages that changed, if its content, which has a digest, is what they
/// have recorded.
struct ClaimedFile {
  ComparedFile file;
  std::vector<std::string> digests;  ///< packages::FilePath; none is known to be that content's
};

struct ComparedFiles {
  std::vector<ComparedFile> files;   ///< by path, of those that no package explains
  std::vector<ClaimedFile> claimed;  ///< by path
  std::uint64_t records = 0;         ///< those that package managers keep for themselves
  std::uint64_t unrecorded = 0;      ///< those of packages that record no digests
};

/// The files that differ in type, mode, owner, content, target, device or extended attributes. A
/// package that was installed, removed or changed explains its files: those that it lists, or that
/// are in its directory (node_modules/x). It does not explain what its own records contradict, nor
/// what gives rights away: set-id bits, what all may write, capabilities, devices, other owners.
ComparedFiles compare_files(const inventory::ImageInventory& from,
                            const inventory::ImageInventory& to,
                            const std::vector<ComparedPackage>& packages);

}  // namespace pinnace::difference
