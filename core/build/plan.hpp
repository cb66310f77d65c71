#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compress/compression.hpp"
#include "definition/definition.hpp"
#include "oci/descriptor.hpp"
#include "oci/platform.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::build {

/// The base of one platform's image.
struct BaseImage {
  std::string name;          ///< as the definition says
  oci::Descriptor manifest;  ///< of this platform
};

struct PlatformPlan {
  oci::Platform platform;
  std::optional<BaseImage> base;  ///< none: from scratch
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

/// The platforms to build: those asked for, else the definition's, else the base's own if it has
/// just one, else linux/amd64: never that of the machine, so that a digest does not depend on where
/// it was built. Throws invalid_input if `offered` (the platforms of the base; empty for scratch)
/// lacks one.
std::vector<oci::Platform> choose_platforms(const std::vector<oci::Platform>& asked,
                                            const std::vector<oci::Platform>& defined,
                                            const std::vector<oci::Platform>& offered,
                                            const std::string& base);

}  // namespace pinnace::build
