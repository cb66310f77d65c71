#pragma once

#include <string_view>

#include "binaries/random_access.hpp"
#include "packages/package.hpp"

namespace pinnace::binaries {

/// Whether a file is a Java archive by its name: .jar, .war, .ear, Jenkins' .hpi and .jpi, ...
bool is_java_archive(std::string_view path);

/// What a Java archive is and holds: the Maven projects whose pom.properties are in it; where none
/// of them is the archive itself, that by its manifest and its name; and the same of the archives
/// in it, at whatever depth up to k_max_depth. What nests deeper, or holds more than 1 GiB in all,
/// is a problem. `path` ends with the archive's name.
packages::Found read_java_archive(const RandomAccess& file, std::string_view path);

inline constexpr unsigned k_max_depth = 12;

}  // namespace pinnace::binaries
