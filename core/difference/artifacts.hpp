#pragma once

#include <vector>

#include "difference/difference.hpp"
#include "difference/files.hpp"
#include "inventory/image_inventory.hpp"

namespace pinnace::difference {

/// Takes those off `files` that are Java archives, or programs that say what they are made of;
/// those whose rights differ, too, stay there.
std::vector<Artifact> take_artifacts(std::vector<ComparedFile>& files,
                                     const inventory::ImageInventory& from,
                                     const inventory::ImageInventory& to);

}  // namespace pinnace::difference
