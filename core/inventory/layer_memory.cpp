#include "inventory/layer_memory.hpp"

#include <exception>

#include "files/file.hpp"
#include "hash/seal.hpp"
#include "inventory/layer_scan.hpp"

namespace pinnace::inventory {

namespace {

constexpr std::size_t k_max_file = std::size_t{1} << 30;
/// All that an inventory depends on. The blob alone would not do: what a stranger's image says of
/// its archive, truly in another algorithm or falsely, is nothing to other images.
std::string key_of(const tree::StoredLayer& layer, const std::vector<Wish>& wishes) {
  std::string key = layer.blob.digest.str() + " " + layer.diff_id.str();
  for (const Wish& wish : wishes)
    key += "\n" + std::to_string(wish.entry) + " " + std::to_string(static_cast<int>(wish.kind)) +
           " " + packages::escaped(wish.path);
  return key;
}

}  // namespace

std::filesystem::path LayerMemory::file(const std::string& key) const {
  return m_directory / (std::string(hash::Digest::of(key).hex()) + ".json");
}

std::optional<LayerInventory> LayerMemory::find(const std::string& key) const {
  try {
    const std::string whole = files::read_file(file(key), k_max_file);
    const auto text = hash::unsealed(key, whole);
    if (!text) return std::nullopt;
    return parse_layer_inventory(*text);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void LayerMemory::put(const base::Context& context, const std::string& key,
                      const LayerInventory& inventory) const {
  try {
    files::write_cache_file(file(key), hash::sealed(key, to_text(inventory)));
  } catch (const std::exception& error) {
    context.warn("cannot remember what is in a layer: " + std::string(error.what()));
  }
}

LayerInventory LayerMemory::read(const base::Context& context, store::BlobStore& store,
                                 const tree::StoredLayer& layer) const {
  const std::string key = key_of(layer, {});
  if (auto known = find(key)) return *std::move(known);
  LayerInventory inventory = scan_layer(context, store, layer);
  put(context, key, inventory);
  return inventory;
}

LayerInventory LayerMemory::read_again(const base::Context& context, store::BlobStore& store,
                                       const tree::StoredLayer& layer,
                                       std::vector<Wish> wishes) const {
  const std::string key = key_of(layer, wishes);
  if (auto known = find(key)) return *std::move(known);
  LayerInventory inventory = scan_layer(context, store, layer, std::move(wishes));
  put(context, key, inventory);
  return inventory;
}

}  // namespace pinnace::inventory
