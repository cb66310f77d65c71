#pragma once

#include <string>
#include <vector>

#include "building/request.hpp"
#include "places/access.hpp"

namespace pinnace::building {

/// What a build reads and writes for itself below its context, relative to that: the local store,
/// the layouts and archives of its tags and caches, and the file of its result. It is no part of
/// the context: a build must not find in it what the one before has left. What is there is told in
/// the log. Throws invalid_input if a layout to be written is the context itself.
std::vector<std::string> own_paths(const base::Context& context, places::Access& access,
                                   const BuildRequest& request);

}  // namespace pinnace::building
