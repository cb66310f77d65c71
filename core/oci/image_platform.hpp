#pragma once

#include <string>
#include <string_view>

#include "oci/config.hpp"
#include "oci/manifest.hpp"
#include "oci/platform.hpp"

namespace pinnace::oci {

/// Whether a manifest is that of an image, and of no other artifact: its config is an image
/// configuration.
bool is_image(const Manifest& manifest);
/// The artifact type of a build cache.
inline constexpr std::string_view k_build_cache = "application/vnd.pinnace.cache.v1";
/// Throws invalid_input, naming `what`, for what says that it is another artifact. Old tools call
/// an image's configuration by names of their own.
void refuse_artifact(const Manifest& manifest, const std::string& what);

/// Throws integrity if `image`, which an index or lock lists for the platform `listed`, is for
/// another operating system or architecture by its configuration, or for a higher level.
/// Attestations are listed for "unknown/unknown", which is none. A variant that the configuration
/// does not say is the one that is listed; versions of systems are not compared.
void check_platform(const Config& config, const Platform& listed, const std::string& image);

}  // namespace pinnace::oci
