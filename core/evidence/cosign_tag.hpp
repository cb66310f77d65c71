#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/context.hpp"
#include "oci/descriptor.hpp"
#include "store/blob_store.hpp"

/// The images in which cosign 1 and 2 keep signatures: each is a layer of its own (sigstore/cosign,
/// specs/SIGNATURE_SPEC.md).
namespace pinnace::evidence {

inline constexpr const char* k_signatures = ".sig";
inline constexpr const char* k_attestations = ".att";
inline constexpr const char* k_signature_annotation = "dev.cosignproject.cosign/signature";

/// Adds a layer to the image under `tag`, which is made if it isn't there; gives that image's
/// digest. A layout is written only where nobody else has written since it was read. A registry
/// has no operation for it: after a pause it is looked at twice whether the layer is there still.
/// Where somebody else has written meanwhile it is tried again; throws conflict when that goes on.
hash::Digest add_layer(const base::Context& context, store::BlobStore& store,
                       const std::string& tag, std::string_view bytes, std::string_view media_type,
                       const std::map<std::string, std::string>& annotations);

}  // namespace pinnace::evidence
