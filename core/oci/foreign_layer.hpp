#pragma once

#include "oci/descriptor.hpp"

namespace pinnace::oci {

/// A layer that its registry need not have, as it may only be had where its "urls" lead: the three
/// media types of OCI's non-distributable layers (image specification, "Layer Descriptors"), and
/// Docker's foreign one.
inline bool is_foreign_layer(const Descriptor& layer) {
  const std::string& type = layer.media_type;
  return layer.other.contains("urls") &&
         (type.starts_with("application/vnd.oci.image.layer.nondistributable.v1.tar") ||
          type.starts_with("application/vnd.docker.image.rootfs.foreign.diff.tar"));
}

}  // namespace pinnace::oci
