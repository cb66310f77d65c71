#pragma once

#include <string>
#include <string_view>

#include "definition/definition.hpp"
#include "yaml/node.hpp"

namespace pinnace::definition {

/// Reads one item of "artifacts". Throws as parse_definition().
ArtifactRule read_artifact(const yaml::Node& node);

/// Where something that `rule` selects goes: absolute and clean. A file goes to `to`, or into it if
/// that was written with a slash; of a directory, `to` becomes the copy; what a glob matches goes
/// below `to`, by its path below the glob's literal prefix. `source` is relative and clean.
std::string destination(const ArtifactRule& rule, std::string_view source, bool is_directory);

}  // namespace pinnace::definition
