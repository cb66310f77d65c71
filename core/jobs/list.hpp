#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "job/job_type.hpp"

namespace pinnace::jobs {

/// All jobs, sorted by their names.
const std::vector<job::JobType>& job_types();
std::vector<std::string> job_names();
/// Throws invalid_input, with the names that there are.
const job::JobType& job_type_of(std::string_view name);

/// As of a type; throws invalid_input for an unknown job, too.
std::unique_ptr<job::Job> open_job(std::string_view name, std::string_view request,
                                   std::shared_ptr<const config::CredentialStore> credentials);

/// The JSON Schema (2020-12) of requests and results: of all jobs, or of one.
json::Schema protocol_schema(const std::vector<job::JobType>& types = job_types());

}  // namespace pinnace::jobs
