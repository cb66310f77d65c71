#pragma once

#include "definition/definition.hpp"
#include "yaml/node.hpp"

namespace pinnace::definition {

/// Reads one item of "artifacts". Throws as parse_definition().
ArtifactRule read_artifact(const yaml::Node& node);

}  // namespace pinnace::definition
