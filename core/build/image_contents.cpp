#include "build/image_contents.hpp"

#include "base/error.hpp"
#include "oci/manifest.hpp"

namespace pinnace::build {

ImageContents read_image(const base::Context& context, store::BlobStore& store,
                         const oci::Descriptor& image, const ImageCache& cache) {
  auto manifest = oci::Manifest::parse(cache.manifest(context, store, image));
  oci::Config config = oci::Config::parse(cache.config(context, store, manifest.config));
  if (config.diff_ids().size() != manifest.layers.size()) {
    throw base::Error(base::ErrorCode::invalid_input,
                      image.digest.str() + " has " + std::to_string(manifest.layers.size()) +
                          " layers, but " + std::to_string(config.diff_ids().size()) +
                          " diff_ids in its configuration");
  }
  return {std::move(manifest.layers), std::move(config)};
}

}  // namespace pinnace::build
