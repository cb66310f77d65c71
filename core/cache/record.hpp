#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "hash/digest.hpp"
#include "oci/descriptor.hpp"

namespace pinnace::cache {

/// A layer that a step of a build made.
struct CachedLayer {
  oci::Descriptor descriptor;  ///< media type, digest and size only
  hash::Digest diff_id;

  bool operator==(const CachedLayer& other) const {
    return descriptor.digest == other.descriptor.digest && diff_id == other.diff_id;
  }
};

/// What a step of a build led to: a layer, or none where it changed nothing.
struct Record {
  std::optional<CachedLayer> layer;

  nlohmann::json to_json() const;
  /// Throws invalid_input for anything that to_json() doesn't write: a cache may be hostile.
  static Record from_json(const nlohmann::json& json);
};

/// By the key of the step (docs/formats/cache.md).
using Records = std::map<hash::Digest, Record>;

}  // namespace pinnace::cache
