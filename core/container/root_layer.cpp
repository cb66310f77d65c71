#include "container/root_layer.hpp"

#include "compress/compression.hpp"
#include "layer/layer_writer.hpp"

namespace pinnace::container {

RootLayer stored_layer(std::shared_ptr<store::BlobStore> store, tree::StoredLayer layer,
                       const layer::TimeRule& times) {
  std::string id = layer.diff_id.str();
  return {std::move(id), times,
          [store = std::move(store), layer = std::move(layer)](const base::Context& context,
                                                               base::Sink& tar) {
            context.log("unpacking " + tree::name_of(layer, *store));
            base::copy(*tree::open_layer(context, *store, layer), tar);
          }};
}

std::vector<RootLayer> stored_layers(const std::shared_ptr<store::BlobStore>& store,
                                     std::vector<tree::StoredLayer> layers,
                                     const layer::TimeRule& times) {
  std::vector<RootLayer> root;
  for (tree::StoredLayer& layer : layers)
    root.push_back(stored_layer(store, std::move(layer), times));
  return root;
}

RootLayer tree_layer(std::shared_ptr<const tree::FileTree> tree, std::string id,
                     const layer::TimeRule& times) {
  return {std::move(id), times,
          [tree = std::move(tree)](const base::Context& context, base::Sink& tar) {
            layer::write_layer(context, *tree, {compress::Compression::parse("none"), 1}, tar);
          }};
}

}  // namespace pinnace::container
