#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/context.hpp"
#include "inventory/image_inventory.hpp"
#include "inventory/layer_memory.hpp"
#include "store/blob_store.hpp"
#include "tree/stored_layer.hpp"

namespace pinnace::sides {

/// The layers of an image, lowest first, and where they are.
struct StoredImage {
  std::shared_ptr<store::BlobStore> store;
  std::vector<tree::StoredLayer> layers;
};

/// What two images hold, as far as it can differ.
struct Inventories {
  inventory::ImageInventory from;
  inventory::ImageInventory to;
};

/// How many layers are the same blob in both, from the lowest on. That their configurations promise
/// the same content does not make them so: who reads a layer finds out whether it keeps the
/// promise.
std::size_t same_layers(const StoredImage& from, const StoredImage& to);

/// Whether what differs in upper layers depends on the layers below that both images have: unless
/// each brings the same paths, deletes nothing, and has nothing that tells of the packages of a
/// system.
bool needs_lower(const std::vector<inventory::LayerInventory>& from,
                 const std::vector<inventory::LayerInventory>& to);

/// Reads the layers that differ, and those below that both have where something depends on them.
/// What is remembered is not read again. `shared`: how many are the same, from the lowest on.
Inventories read_inventories(const base::Context& context, const StoredImage& from,
                             const StoredImage& to, std::size_t shared,
                             const inventory::LayerMemory& memory);

}  // namespace pinnace::sides
