#pragma once

#include <string>
#include <vector>

#include "oci/platform.hpp"

namespace pinnace::plan {

/// The platforms to build: those asked for, else the definition's, else the base's own if it has
/// just one, else linux/amd64: never that of the machine, so that a digest does not depend on where
/// it was built. Throws invalid_input if `offered` (the platforms of the base; empty for scratch)
/// lacks one.
std::vector<oci::Platform> choose_platforms(const std::vector<oci::Platform>& asked,
                                            const std::vector<oci::Platform>& defined,
                                            const std::vector<oci::Platform>& offered,
                                            const std::string& base);

}  // namespace pinnace::plan
