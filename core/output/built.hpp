#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "compress/compression.hpp"
#include "image/input.hpp"
#include "local/local_store.hpp"
#include "oci/manifest.hpp"
#include "oci/platform.hpp"
#include "output/keyed_locks.hpp"

namespace pinnace::output {

/// How layers are made.
struct MakeOptions {
  compress::Compression compression = {};
  /// SOURCE_DATE_EPOCH, if somebody has set it.
  std::optional<std::int64_t> source_date = {};
  /// Seconds since 1970, for every timestamp in a layer that we make.
  std::int64_t epoch() const noexcept { return source_date.value_or(0); }
  unsigned threads = 1;                     ///< workers that compress
  local::LocalStore local;                  ///< where is kept what builds remember
  bool reuse = true;                        ///< take over what earlier builds made
  std::uint64_t chunk_bytes = 0;            ///< of compressed chunks that may be kept; 0: none
  std::shared_ptr<KeyedLocks> making = {};  ///< of layers; null: only one is made at a time
};

/// One layer of a built image.
struct BuiltLayer {
  oci::Descriptor descriptor;
  hash::Digest diff_id;
  bool from_base = false;
};

struct BuiltImage {
  oci::Platform platform;
  oci::Descriptor manifest;
  oci::Descriptor config;
  std::vector<BuiltLayer> layers;
  std::optional<image::BaseImage> base;
};

struct BuildResult {
  oci::Descriptor root;  ///< index, or the manifest of the only platform
  std::vector<BuiltImage> images;
};

}  // namespace pinnace::output
