#pragma once

#include "building/request.hpp"
#include "places/access.hpp"

namespace pinnace::building {

/// Plans and, if that was asked for, builds what a request says.
BuildOutcome build_once(const base::Context& context, places::Access& access,
                        const BuildRequest& request);

}  // namespace pinnace::building
