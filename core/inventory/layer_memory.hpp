#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "inventory/layer_inventory.hpp"
#include "store/blob_store.hpp"
#include "tree/stored_layer.hpp"

namespace pinnace::inventory {

/// Remembers in a directory what layers hold: a base that was read once is never read again. A
/// layer is known by its blob's digest and by its archive's, which were both checked when it was
/// read. A damaged file counts as none; one that can't be written is a warning. Safe for several
/// processes.
class LayerMemory {
 public:
  explicit LayerMemory(std::filesystem::path directory) : m_directory(std::move(directory)) {}

  /// From here, or read from the store as scan_layer() does, with what that throws.
  LayerInventory read(const base::Context& context, store::BlobStore& store,
                      const tree::StoredLayer& layer) const;
  /// The same of what is wished for, sorted.
  LayerInventory read_again(const base::Context& context, store::BlobStore& store,
                            const tree::StoredLayer& layer, std::vector<Wish> wishes) const;

 private:
  std::optional<LayerInventory> find(const std::string& key) const;
  void put(const base::Context& context, const std::string& key,
           const LayerInventory& inventory) const;
  std::filesystem::path file(const std::string& key) const;

  std::filesystem::path m_directory;
};

}  // namespace pinnace::inventory
