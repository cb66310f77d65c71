#pragma once

#include <memory>
#include <optional>

#include "definition/definition.hpp"
#include "plan/plan.hpp"

namespace pinnace::declared {

/// What a build of a pinnace.yaml will do for a platform. `base`: none for scratch. `artifacts` are
/// those of the definition (declared/artifacts.hpp), the same for all platforms.
plan::Plan plan_definition(const definition::Definition& definition, const oci::Platform& platform,
                           std::optional<image::ImageInput> base,
                           const std::shared_ptr<tree::FileTree>& artifacts);

}  // namespace pinnace::declared
