#pragma once

#include <string>

#include "base/io.hpp"
#include "layer/shown_times.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

/// Unpacks a layer, with whiteouts, onto the lower ones that are below `root`, where
/// tree::LayerPlacement says. Owners, modes and attributes become what the archive says, times
/// what `rule` makes of them; `times` are those of the layers below, and get this one's. Devices
/// are left out, as only the host's root may make them. Throws as archive::TarReader and
/// LayerPlacement, invalid_input for ids that the container does not have, and io.
void apply_layer(const tree::OpenRoot& root, base::Source& tar, const std::string& what,
                 layer::ShownTimes& times, const layer::TimeRule& rule);

}  // namespace pinnace::sandbox
