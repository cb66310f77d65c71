#pragma once

#include <memory>
#include <string>

#include "base/context.hpp"
#include "base/io.hpp"
#include "hash/digest.hpp"
#include "oci/descriptor.hpp"
#include "store/blob_store.hpp"

namespace pinnace::tree {

/// A layer of an image that a store has: the blob that the manifest names, and the digest that its
/// configuration gives of the uncompressed archive.
struct StoredLayer {
  oci::Descriptor blob;
  hash::Digest diff_id;
};

/// "layer sha256:... of registry.test/shop", for messages.
std::string name_of(const StoredLayer& layer, const store::BlobStore& store);

/// The uncompressed archive. Whoever reads a layer's files reads them here, to the end, and keeps
/// nothing of them if that throws: integrity, naming the layer and both digests, where the archive
/// is not the one that the configuration promises, and what BlobStore::open_blob() throws.
std::unique_ptr<base::Source> open_layer(const base::Context& context, store::BlobStore& store,
                                         const StoredLayer& layer);

}  // namespace pinnace::tree
