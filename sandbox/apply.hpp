#pragma once

#include <string>

#include "base/io.hpp"
#include "base/open_root.hpp"

namespace pinnace::sandbox {

/// Unpacks a layer, with whiteouts, onto the lower ones that are below `root`. Entries and
/// whiteouts whose directories are links belong where the links lead, within the root, as runtimes
/// place them. Owners, modes, times and attributes become what the archive says; devices are left
/// out, as only the host's root may make them. Throws as archive::TarReader, invalid_input for ids
/// that the container does not have, and io.
void apply_layer(const base::OpenRoot& root, base::Source& tar, const std::string& what);

}  // namespace pinnace::sandbox
