#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "layer/layer_writer.hpp"
#include "oci/config.hpp"
#include "output/built.hpp"
#include "output/targets.hpp"

namespace pinnace::output {

/// The last steps of every build: layers, configuration, manifest, index, tags, in this order.

/// A base's layer as our manifest names it: without annotations, and with OCI's media type.
BuiltLayer base_layer(const oci::Descriptor& layer, const hash::Digest& diff_id);

/// Makes a layer of `tree` in every target; again where a registry loses the upload, as not every
/// one goes on with one whose connection broke; not at all where the cache says that the files are
/// those of an earlier build and the targets have its layer. Chunks of a big layer that an earlier
/// build has compressed are not compressed again.
layer::LayerResult put_layer(const base::Context& context, const tree::FileTree& tree,
                             const MakeOptions& options, Targets& targets);

/// The layer of `tree` that an earlier build has made, if the cache says that the files are those.
std::optional<layer::LayerResult> find_layer(const base::Context& context,
                                             const tree::FileTree& tree,
                                             const MakeOptions& options);

/// An image whose blobs are in the targets, but not its manifest.
struct MadeImage {
  BuiltImage image;
  oci::RawManifest manifest;
};

/// The image that these make, without anything put.
MadeImage describe_image(const oci::Platform& platform, const oci::Descriptor& config,
                         std::vector<BuiltLayer> layers,
                         const std::optional<image::BaseImage>& base,
                         const std::map<std::string, std::string>& annotations);

/// Puts the configuration.
MadeImage make_image(const base::Context& context, const oci::Platform& platform,
                     const oci::Config& config, std::vector<BuiltLayer> layers,
                     const std::optional<image::BaseImage>& base,
                     const std::map<std::string, std::string>& annotations, Targets& targets);

/// Puts the manifests, an index if there are several, and the tags.
BuildResult publish(const base::Context& context, std::vector<MadeImage> images,
                    const std::map<std::string, std::string>& annotations, Targets& targets);

}  // namespace pinnace::output
