#pragma once

#include <string_view>
#include <vector>

namespace pinnace::text {

/// The components of a path but for those that say nothing: what is empty, and ".". ".." is one.
std::vector<std::string_view> path_parts(std::string_view path);

}  // namespace pinnace::text
