#pragma once

#include <optional>
#include <string>

#include "config/environments.hpp"
#include "oci/image_name.hpp"

namespace pinnace::jobs {

using oci::EnvironmentName;
using oci::ImageName;

/// What an image is called as one of an environment, however it is written:
/// "registry.test/shop/web" is "env:test/web" where test has the repository "registry.test/shop".
/// Of several environments the one with the longest repository; nullopt for an image that is below
/// none's.
std::optional<EnvironmentName> held_name(const config::Environments& environments,
                                         const ImageName& name);

/// The name by which an image goes into an environment: that in the environment which it comes
/// from, else its whole path in its registry, so that images of two teams stay two. A layout and an
/// archive have no name but that of their directory or file.
std::string image_name(const config::Environments& environments, const ImageName& name);

/// Throws conflict if `name` is an image of an environment with rules, which only a promotion
/// keeps.
void check_unruled(const config::Environments& environments, const ImageName& name);

}  // namespace pinnace::jobs
