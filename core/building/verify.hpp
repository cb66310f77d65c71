#pragma once

#include <functional>

#include "building/request.hpp"

namespace pinnace::building {

using RunBuild = std::function<BuildOutcome(const BuildRequest& request)>;

/// Builds twice, taking nothing over from earlier builds, and only if both made the same image puts
/// it where the request says. Throws conflict that names the first difference.
BuildOutcome build_twice(const base::Context& context, places::Access& access,
                         const BuildRequest& request, const RunBuild& build);

}  // namespace pinnace::building
