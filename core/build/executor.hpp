#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "build/keyed_locks.hpp"
#include "build/plan.hpp"
#include "build/targets.hpp"
#include "local/local_store.hpp"
#include "oci/manifest.hpp"

namespace pinnace::build {

struct ExecuteOptions {
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
  std::optional<BaseImage> base;
};

struct BuildResult {
  oci::Descriptor root;  ///< index, or the manifest of the only platform
  std::vector<BuiltImage> images;
};

/// Does what a plan says: the base's layers are copied while ours is made and sent; then config,
/// manifest, index, and the tags at last. `base_store` is where the bases are; null if all are from
/// scratch.
BuildResult execute(const base::Context& context, Plan plan,
                    std::shared_ptr<store::BlobStore> base_store, Targets& targets,
                    const ExecuteOptions& options);

}  // namespace pinnace::build
