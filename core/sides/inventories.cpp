#include "sides/inventories.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "inventory/read_image.hpp"
#include "tree/whiteout.hpp"

namespace pinnace::sides {

namespace {

using inventory::DocumentKind;
using inventory::ImageInventory;
using inventory::LayerInventory;
using Layers = std::vector<LayerInventory>;

bool is_of_language(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::elf:
    case DocumentKind::gemspec:
    case DocumentKind::java_archive:
    case DocumentKind::package_json:
    case DocumentKind::python_files:
    case DocumentKind::python_metadata:
    case DocumentKind::python_record:
      return true;
    default:
      return false;
  }
}

bool stands_alone(const LayerInventory& layer) {
  const bool plain = std::all_of(layer.entries.begin(), layer.entries.end(), [](const auto& one) {
    return one.type != archive::EntryType::hardlink && !tree::read_whiteout(one.path);
  });
  return plain && std::all_of(layer.documents.begin(), layer.documents.end(),
                              [](const auto& one) { return is_of_language(one.kind); });
}

/// With what stands there, and where links lead: a file hides what is below a directory.
using Paths = std::set<std::tuple<std::string_view, archive::EntryType, std::string_view>>;

Paths paths_of(const Layers& layers) {
  Paths paths;
  for (const LayerInventory& layer : layers) {
    for (const inventory::Entry& entry : layer.entries)
      paths.emplace(entry.path, entry.type, entry.link_target);
  }
  return paths;
}

/// From the layer at `begin` on. All are in memory at a time: there may be few only.
Layers read_upper(const base::Context& context, const StoredImage& image, std::size_t begin,
                  const inventory::LayerMemory& memory) {
  Layers layers;
  for (std::size_t i = begin; i < image.layers.size(); ++i)
    layers.push_back(memory.read(context, *image.store, image.layers[i]));
  return layers;
}

/// `layers`: those of the image from the one at `begin` on.
ImageInventory stacked(const base::Context& context, const StoredImage& image, std::size_t begin,
                       const inventory::LayerMemory& memory, Layers layers) {
  inventory::LayerStack stack(context, [&](std::size_t layer, std::vector<inventory::Wish> wishes) {
    return memory.read_again(context, *image.store, image.layers[begin + layer], std::move(wishes));
  });
  for (LayerInventory& layer : layers) stack.add(std::move(layer));
  return stack.take();
}

/// The layers below were not put: they count all the same.
void lift(ImageInventory& image, std::size_t layers) {
  for (inventory::InstalledPackage& one : image.packages) one.layer += layers;
  for (auto& [path, file] : image.files) file.layer += layers;
  for (inventory::LayerFinding& one : image.findings) one.layer += layers;
}

}  // namespace

std::size_t same_layers(const StoredImage& from, const StoredImage& to) {
  const auto is_same = [](const tree::StoredLayer& left, const tree::StoredLayer& right) {
    return left.blob.digest == right.blob.digest && left.diff_id == right.diff_id;
  };
  const auto differ = std::mismatch(from.layers.begin(), from.layers.end(), to.layers.begin(),
                                    to.layers.end(), is_same);
  return static_cast<std::size_t>(differ.first - from.layers.begin());
}

bool needs_lower(const Layers& from, const Layers& to) {
  const auto alone = [](const Layers& layers) {
    return std::all_of(layers.begin(), layers.end(), stands_alone);
  };
  return !alone(from) || !alone(to) || paths_of(from) != paths_of(to);
}

Inventories read_inventories(const base::Context& context, const StoredImage& from,
                             const StoredImage& to, std::size_t shared,
                             const inventory::LayerMemory& memory) {
  constexpr std::size_t k_few = 3;
  const std::size_t most = std::max(from.layers.size(), to.layers.size());
  if (shared == from.layers.size() && shared == to.layers.size()) return {};
  if (shared != 0 && most - shared <= k_few) {
    Layers left = read_upper(context, from, shared, memory);
    Layers right = read_upper(context, to, shared, memory);
    if (!needs_lower(left, right)) {
      Inventories inventories{stacked(context, from, shared, memory, std::move(left)),
                              stacked(context, to, shared, memory, std::move(right))};
      lift(inventories.from, shared);
      lift(inventories.to, shared);
      return inventories;
    }
  }
  return {inventory::read_image(context, *from.store, from.layers, memory),
          inventory::read_image(context, *to.store, to.layers, memory)};
}

}  // namespace pinnace::sides
