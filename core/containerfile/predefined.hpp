#pragma once

#include <functional>
#include <map>
#include <string>

#include "oci/platform.hpp"

namespace pinnace::containerfile {

/// TARGETPLATFORM, TARGETOS, TARGETARCH, TARGETVARIANT, the same with BUILD, and TARGETSTAGE: what
/// a FROM may use without an ARG, and a stage after an ARG without a value.
std::map<std::string, std::string, std::less<>> platform_arguments(const oci::Platform& build,
                                                                   const oci::Platform& target);

/// HTTP_PROXY and its like: arguments that need no ARG and never reach the image.
bool is_proxy_argument(std::string_view name);

}  // namespace pinnace::containerfile
