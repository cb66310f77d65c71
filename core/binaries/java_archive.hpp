#pragma once

#include <string_view>

#include "binaries/random_access.hpp"
#include "packages/package.hpp"

namespace pinnace::binaries {

/// Whether a file is a Java archive by its name: .jar, .war, .ear, Jenkins' .hpi and .jpi, ...,
/// in whatever case.
bool is_java_archive(std::string_view path);

/// What nests deeper is a problem, and what all archives in one take together beyond that: each
/// costs what its directory says, and its bytes where they have to be inflated.
struct JavaLimits {
  unsigned depth = 12;
  std::uint64_t bytes = std::uint64_t{1} << 30;
};

/// What a Java archive is and holds: the Maven projects whose pom.properties are in it; where none
/// of them is the archive itself, that by its manifest and its name; and the same of the archives
/// in it, at whatever depth within `limits`. `path` ends with the archive's name. Throws cancelled.
packages::Found read_java_archive(const base::Context& context, const RandomAccess& file,
                                  std::string_view path, const JavaLimits& limits = {});

}  // namespace pinnace::binaries
