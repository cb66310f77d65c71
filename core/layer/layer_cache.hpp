#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "base/context.hpp"
#include "compress/compression.hpp"
#include "hash/digest.hpp"
#include "layer/layer_writer.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::layer {

/// Names a layer without reading a file: by every header of the tree, the stamp of every file, and
/// the encoder. Equal keys mean equal bytes. nullopt if a file's stamp is not known, or if one was
/// changed less than two seconds before `now`: on file systems with coarse clocks it could change
/// again and keep its stamp (what git calls racy). `now` must not be later than the first read of a
/// file's content.
std::optional<hash::Digest> layer_key(const tree::FileTree& tree,
                                      const compress::Compression& compression,
                                      std::chrono::system_clock::time_point now);

/// Remembers in a directory which layer a key led to, so that a build whose files did not change
/// reads, compresses and sends nothing. Safe for several processes. A damaged record counts as
/// none; a record that can't be written is a warning.
class LayerCache {
 public:
  explicit LayerCache(std::filesystem::path directory) : m_directory(std::move(directory)) {}

  std::optional<LayerResult> find(const hash::Digest& key) const;
  /// Keeps the newest 1000 records or more, up to twice as many.
  void put(const base::Context& context, const hash::Digest& key, const LayerResult& layer) const;

 private:
  std::filesystem::path file(const hash::Digest& key) const;
  void forget_oldest() const;

  std::filesystem::path m_directory;
};

}  // namespace pinnace::layer
