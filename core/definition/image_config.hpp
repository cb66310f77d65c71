#pragma once

#include "definition/definition.hpp"
#include "yaml/node.hpp"

namespace pinnace::definition {

/// Reads the "config" map of a definition. Throws as parse_definition().
ImageConfig read_image_config(const yaml::Node& node);

/// "key: value" with values that are texts, keys that are not empty.
std::map<std::string, std::string> read_texts(const yaml::Node& node);

}  // namespace pinnace::definition
