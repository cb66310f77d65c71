#pragma once

#include <string>

#include "base/io.hpp"

namespace pinnace::sandbox {

/// Unpacks a layer, with whiteouts, into the current root directory, which must be the image's own:
/// nothing can lead out of it. Owners, modes, times and attributes become what the archive says;
/// devices are left out, as only the host's root may make them. Throws as archive::TarReader, and
/// invalid_input for ids that the container does not have.
void apply_layer(base::Source& tar, const std::string& what);

}  // namespace pinnace::sandbox
