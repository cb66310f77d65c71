#include "run/root_layer.hpp"

#include "compress/compression.hpp"
#include "layer/layer_writer.hpp"

namespace pinnace::run {

RootLayer stored_layer(std::shared_ptr<store::BlobStore> store, layer::StoredLayer layer,
                       const layer::TimeRule& times) {
  std::string id = layer.diff_id.str();
  return {std::move(id), times,
          [store = std::move(store), layer = std::move(layer)](const base::Context& context,
                                                               base::Sink& tar) {
            context.log("unpacking " + layer::name_of(layer, *store));
            base::copy(*layer::open_layer(context, *store, layer), tar);
          }};
}

RootLayer tree_layer(std::shared_ptr<const layer::FileTree> tree, std::string id,
                     const layer::TimeRule& times) {
  return {std::move(id), times,
          [tree = std::move(tree)](const base::Context& context, base::Sink& tar) {
            layer::write_layer(context, *tree, {compress::Compression::parse("none"), 1}, tar);
          }};
}

}  // namespace pinnace::run
