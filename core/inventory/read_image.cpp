#include "inventory/read_image.hpp"

#include <algorithm>
#include <optional>
#include <thread>

#include "base/parallel.hpp"

namespace pinnace::inventory {

namespace {

/// More at a time would need too much memory, if a stranger made them to.
constexpr std::size_t k_at_a_time = 4;

}  // namespace

ImageInventory read_image(const base::Context& context, store::BlobStore& store,
                          const std::vector<tree::StoredLayer>& layers, const LayerMemory& memory) {
  LayerStack stack(context, [&](std::size_t layer, std::vector<Wish> wishes) {
    return memory.read_again(context, store, layers[layer], std::move(wishes));
  });
  for (std::size_t begin = 0; begin < layers.size(); begin += k_at_a_time) {
    const std::size_t count = std::min(k_at_a_time, layers.size() - begin);
    std::vector<std::optional<LayerInventory>> read(count);
    base::for_each_parallel(context, count, std::max(1U, std::thread::hardware_concurrency()),
                            [&](const base::Context& inner, std::size_t i) {
                              read[i] = memory.read(inner, store, layers[begin + i]);
                            });
    for (auto& layer : read) stack.add(*std::move(layer));
  }
  return stack.take();
}

}  // namespace pinnace::inventory
