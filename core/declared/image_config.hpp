#pragma once

#include "definition/definition.hpp"
#include "oci/config.hpp"

namespace pinnace::declared {

/// The base's configuration with the definition's laid over it: variables, labels, ports and
/// volumes are merged by name, other fields replaced; an entrypoint without a command clears the
/// base's command, as a Dockerfile's does.
void apply_config(const definition::ImageConfig& wanted, oci::Config& config);

}  // namespace pinnace::declared
