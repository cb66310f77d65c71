#pragma once

#include "store/blob_store.hpp"

namespace pinnace::store {

/// The manifest that an index lists. As get_manifest(), and throws integrity if it has another size
/// than the index says.
oci::RawManifest get_child(BlobStore& store, const base::Context& context,
                           const oci::Descriptor& child);

}  // namespace pinnace::store
