#pragma once

#include <filesystem>
#include <optional>

#include "base/context.hpp"
#include "inventory/layer_inventory.hpp"
#include "store/blob_store.hpp"
#include "tree/stored_layer.hpp"

namespace pinnace::inventory {

/// Remembers in a directory what layers hold, by the digests of their blobs: a base that was read
/// once is never read again. A damaged file counts as none; one that can't be written is a warning.
/// Safe for several processes.
class LayerMemory {
 public:
  explicit LayerMemory(std::filesystem::path directory) : m_directory(std::move(directory)) {}

  /// From here, or read from the store as scan_layer() does. Throws integrity if the layer is
  /// remembered under another diffID than the image says.
  LayerInventory read(const base::Context& context, store::BlobStore& store,
                      const tree::StoredLayer& layer) const;
  std::optional<LayerInventory> find(const hash::Digest& blob) const;
  void put(const base::Context& context, const hash::Digest& blob,
           const LayerInventory& inventory) const;

 private:
  std::filesystem::path file(const hash::Digest& blob) const;

  std::filesystem::path m_directory;
};

}  // namespace pinnace::inventory
