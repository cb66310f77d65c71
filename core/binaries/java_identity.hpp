#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "packages/package.hpp"

namespace pinnace::binaries {

/// What a Java archive is by the texts in it: of each pom.properties that names an artifact its
/// Maven project. If several are there and none has the archive's name, they are those of projects
/// that were put into one; then, and if there is none, also the archive itself: by its manifest
/// (JAR file specification; Jenkins' plugins; OSGi), and by its name, "commons-io-2.11.0.jar".
std::vector<packages::Package> java_packages(std::string_view path, std::string_view manifest,
                                             const std::vector<std::string>& poms);

}  // namespace pinnace::binaries
