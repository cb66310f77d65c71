#pragma once

#include <string_view>
#include <vector>

#include "job/job_type.hpp"

namespace pinnace::job {

/// The one of this name. Throws invalid_input, with the names that there are.
const JobType& type_named(std::string_view name, const std::vector<JobType>& types);

}  // namespace pinnace::job
