#pragma once

#include <vector>

#include "base/context.hpp"
#include "inventory/image_inventory.hpp"
#include "inventory/layer_memory.hpp"
#include "store/blob_store.hpp"
#include "tree/stored_layer.hpp"

namespace pinnace::inventory {

/// What an image with these layers, lowest first, holds. Layers that are not remembered are read,
/// several at a time.
ImageInventory read_image(const base::Context& context, store::BlobStore& store,
                          const std::vector<tree::StoredLayer>& layers, const LayerMemory& memory);

}  // namespace pinnace::inventory
