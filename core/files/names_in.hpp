#pragma once

#include <string>
#include <vector>

namespace pinnace::files {

/// Names in an open directory (O_PATH is enough), sorted by their bytes, without "." and "..".
/// Throws io, naming `shown`.
std::vector<std::string> names_in(int directory, const std::string& shown);

}  // namespace pinnace::files
