#pragma once

#include <vector>

#include "output/targets.hpp"
#include "places/access.hpp"

namespace pinnace::buildplace {

/// The places that an image for so many platforms goes to: those of these names, else the local
/// store. Throws invalid_input for a place that can't hold it.
output::Targets open_targets(places::Access& access, const std::vector<oci::ImageName>& names,
                             std::size_t platforms);

}  // namespace pinnace::buildplace
