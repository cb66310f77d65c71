#include "run/root_layer.hpp"

#include "compress/compression.hpp"
#include "layer/layer_writer.hpp"

namespace pinnace::run {

RootLayer stored_layer(std::shared_ptr<store::BlobStore> store, const oci::Descriptor& blob,
                       const hash::Digest& diff_id) {
  return {diff_id.str(),
          [store = std::move(store), blob](const base::Context& context, base::Sink& tar) {
            const std::string what = "layer " + blob.digest.str() + " of " + store->where();
            context.log("unpacking " + what);
            const auto plain =
                compress::make_decompressor(context, store->open_blob(context, blob), what);
            base::copy(*plain, tar);
          }};
}

RootLayer tree_layer(std::shared_ptr<const layer::FileTree> tree, std::string id) {
  return {std::move(id), [tree = std::move(tree)](const base::Context& context, base::Sink& tar) {
            layer::write_layer(context, *tree, {compress::Compression::parse("none"), 1}, tar);
          }};
}

}  // namespace pinnace::run
