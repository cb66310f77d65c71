#include "build/image_contents.hpp"

#include "base/error.hpp"
#include "oci/manifest.hpp"

namespace pinnace::build {

ImageContents read_image(const base::Context& context, store::BlobStore& store,
                         const std::string& digest) {
  auto manifest = oci::Manifest::parse(store::get_manifest(store, context, digest));
  oci::Config config =
      oci::Config::parse(store::read_blob(store, context, manifest.config, oci::k_max_config));
  if (config.diff_ids().size() != manifest.layers.size()) {
    throw base::Error(base::ErrorCode::invalid_input,
                      digest + " has " + std::to_string(manifest.layers.size()) + " layers, but " +
                          std::to_string(config.diff_ids().size()) +
                          " diff_ids in its configuration");
  }
  return {std::move(manifest.layers), std::move(config)};
}

}  // namespace pinnace::build
