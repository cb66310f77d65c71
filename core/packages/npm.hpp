#pragma once

#include <string_view>

#include "packages/package.hpp"

namespace pinnace::packages {

/// Reads the package.json of a package in node_modules. One without a name and version is none: its
/// packages have such files for parts of them.
Found read_package_json(std::string_view text);

}  // namespace pinnace::packages
