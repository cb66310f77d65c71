#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compress/compression.hpp"
#include "definition/definition.hpp"
#include "image/input.hpp"
#include "oci/platform.hpp"
#include "plan/platforms.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::build {

struct PlatformPlan {
  oci::Platform platform;
  std::optional<image::BaseImage> base;  ///< none: from scratch
};

/// What a build will do: a value, made without writing anything, that can be compared and printed.
/// Doing it is the executor's part.
struct Plan {
  std::vector<PlatformPlan> platforms;  ///< sorted; more than one makes an index
  tree::FileTree artifacts;
  definition::ImageConfig config;
  std::map<std::string, std::string> annotations;
  compress::Compression compression;
  /// SOURCE_DATE_EPOCH, if somebody has set it.
  std::optional<std::int64_t> source_date;
  /// Seconds since 1970, for every timestamp in the layer.
  std::int64_t epoch() const noexcept { return source_date.value_or(0); }

  /// For people: one line a fact.
  std::string print() const;
};

}  // namespace pinnace::build
