#pragma once

#include <cstdint>
#include <optional>

#include "oci/config.hpp"

namespace pinnace::output {

/// When an image was created: what somebody has set, else what its base says; 1970 for one that is
/// built from nothing. No build reads the clock.
void set_created(oci::Config& config, std::optional<std::int64_t> source_date);

}  // namespace pinnace::output
