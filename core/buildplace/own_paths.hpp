#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "places/access.hpp"

namespace pinnace::buildplace {

/// Where a build reads and writes beside its context.
struct OwnPlaces {
  std::filesystem::path context;
  std::vector<oci::ImageName> written;
  std::vector<oci::ImageName> read;
  std::optional<std::filesystem::path> result;
};

/// What a build reads and writes for itself below its context, relative to that: the local store,
/// the layouts and archives of its tags and caches, and the file of its result. It is no part of
/// the context: a build must not find in it what the one before has left. What is there is told in
/// the log. Throws invalid_input if a layout to be written is the context itself.
std::vector<std::string> own_paths(const base::Context& context, places::Access& access,
                                   const OwnPlaces& own);

}  // namespace pinnace::buildplace
