#pragma once

#include <functional>
#include <string>
#include <vector>

#include "helper/helper_request.hpp"

namespace pinnace::run {

/// Unpacks layers and returns the names of their snapshots, lowest first. `after`: a snapshot that
/// they are newer than, without standing on it; empty: none.
using TakeSnapshots = std::function<std::vector<std::string>(
    const std::vector<container::RootLayer>& layers, const std::string& after)>;

/// What the helper is asked to do for a container: what of the request says the container, but for
/// its root, which `request.lowers` has already. The contents of its secrets go to `secrets`, in
/// the order of the request's mounts.
void describe_container(const container::Container& container, const TakeSnapshots& take,
                        helper::HelperRequest& request, std::string& secrets);

}  // namespace pinnace::run
