#pragma once

#include "base/context.hpp"
#include "compress/compression.hpp"
#include "hash/digest.hpp"
#include "layer/change_watch.hpp"
#include "oci/descriptor.hpp"
#include "store/blob_store.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::layer {

struct LayerOptions {
  compress::Compression compression;
  unsigned threads = 1;                    ///< workers that compress; never changes the bytes
  compress::ChunkCache* chunks = nullptr;  ///< saves work; never changes the bytes
  ChangeWatch* watch = nullptr;            ///< looks at each file before it is read
};

struct LayerResult {
  oci::Descriptor descriptor;
  hash::Digest diff_id;  ///< digest of the uncompressed tar
  std::uint64_t tar_size = 0;
};

/// Writes a tree as an image layer in one pass: tar, diffID, compression, digest and the writes to
/// `out` go on at the same time, in memory that does not grow with the layer. `out` is not
/// committed: the caller does, with the descriptor. The bytes are described in
/// docs/formats/layer-encoding.md and depend on the tree, the contents and `compression` only.
/// Throws invalid_input if a file changed since the tree was made.
LayerResult write_layer(const base::Context& context, const tree::FileTree& tree,
                        const LayerOptions& options, base::Sink& out);

}  // namespace pinnace::layer
