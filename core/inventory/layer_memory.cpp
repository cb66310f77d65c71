#include "inventory/layer_memory.hpp"

#include <exception>

#include "base/error.hpp"
#include "files/file.hpp"
#include "hash/seal.hpp"
#include "inventory/layer_scan.hpp"

namespace pinnace::inventory {

namespace {

constexpr std::size_t k_max_file = std::size_t{1} << 30;
constexpr std::size_t k_digits = 64;  ///< what the collector knows a file by

}  // namespace

std::filesystem::path LayerMemory::file(const hash::Digest& blob) const {
  return m_directory / (std::string(blob.hex().substr(0, k_digits)) + ".json");
}

std::optional<LayerInventory> LayerMemory::find(const hash::Digest& blob) const {
  try {
    const std::string whole = files::read_file(file(blob), k_max_file);
    const auto text = hash::unsealed(blob.str(), whole);
    if (!text) return std::nullopt;
    return parse_layer_inventory(*text);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void LayerMemory::put(const base::Context& context, const hash::Digest& blob,
                      const LayerInventory& inventory) const {
  try {
    files::write_cache_file(file(blob), hash::sealed(blob.str(), to_text(inventory)));
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
