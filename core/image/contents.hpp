#pragma once

#include <string>
#include <vector>

#include "base/context.hpp"
#include "image/cache.hpp"
#include "oci/config.hpp"
#include "oci/descriptor.hpp"
#include "store/blob_store.hpp"
#include "tree/stored_layer.hpp"

namespace pinnace::image {

/// What an image's manifest and configuration say.
struct ImageContents {
  std::vector<oci::Descriptor> layers;  ///< lowest first
  oci::Config config;

  /// The layers, each with what the configuration says of it.
  std::vector<tree::StoredLayer> stored_layers() const;
};

/// Reads a manifest and its configuration. Throws integrity if that is not for the platform that
/// the descriptor says, if it says one, invalid_input if the two disagree about the number of
/// layers, and unsupported for a foreign layer that is not there.
ImageContents read_image(const base::Context& context, store::BlobStore& store,
                         const oci::Descriptor& image, const ImageCache& cache);

}  // namespace pinnace::image
