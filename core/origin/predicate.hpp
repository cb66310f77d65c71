#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "origin/origin.hpp"

namespace pinnace::origin {

/// What a predicate of SLSA's provenance v1 says, whoever wrote it: what is not as it should be is
/// not said. `where` is for people.
Build build_of(const nlohmann::json& predicate, std::string where);

}  // namespace pinnace::origin
