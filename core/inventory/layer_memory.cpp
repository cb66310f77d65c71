#include "inventory/layer_memory.hpp"

#include <exception>

#include "base/error.hpp"
#include "files/file.hpp"
#include "inventory/layer_scan.hpp"

namespace pinnace::inventory {

namespace {

constexpr std::size_t k_max_file = std::size_t{1} << 30;

}  // namespace

std::filesystem::path LayerMemory::file(const hash::Digest& blob) const {
  return m_directory /
         (std::string(to_string(blob.algorithm())) + "-" + std::string(blob.hex()) + ".json");
}

std::optional<LayerInventory> LayerMemory::find(const hash::Digest& blob) const {
  try {
    return parse_layer_inventory(files::read_file(file(blob), k_max_file));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void LayerMemory::put(const base::Context& context, const hash::Digest& blob,
                      const LayerInventory& inventory) const {
  try {
    files::write_cache_file(file(blob), to_text(inventory));
  } catch (const std::exception& error) {
    context.warn("cannot remember what is in a layer: " + std::string(error.what()));
  }
}

LayerInventory LayerMemory::read(const base::Context& context, store::BlobStore& store,
                                 const tree::StoredLayer& layer) const {
  auto known = find(layer.blob.digest);
  if (!known) {
    known = scan_layer(context, store, layer);
    put(context, layer.blob.digest, *known);
  }
  if (known->diff_id != layer.diff_id.str())
    throw base::Error(base::ErrorCode::integrity,
                      tree::name_of(layer, store) +
                          " is not what the image's configuration says: its diffID is " +
                          known->diff_id + ", expected " + layer.diff_id.str() +
                          "; build the image again, or take another one");
  return *std::move(known);
}

}  // namespace pinnace::inventory
