#include "jobs/job_type.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "jobs/build_request.hpp"
#include "jobs/copy.hpp"
#include "jobs/gc.hpp"
#include "jobs/inspect.hpp"
#include "jobs/pin.hpp"
#include "jobs/ping.hpp"
#include "jobs/promote.hpp"
#include "jobs/run.hpp"
#include "jobs/tags.hpp"

namespace pinnace::jobs {

const std::vector<JobType>& job_types() {
  static const std::vector<JobType> k_types = {
      job_type<BuildRequest>(Containers::yes),  job_type<CopyRequest>(Containers::no),
      job_type<GcRequest>(Containers::no),      job_type<InspectRequest>(Containers::no),
      job_type<PinRequest>(Containers::no),     job_type<PingRequest>(Containers::no),
      job_type<PromoteRequest>(Containers::no), job_type<RunRequest>(Containers::yes),
      job_type<TagsRequest>(Containers::no),
  };
  return k_types;
}

const JobType& job_type_of(std::string_view name) {
  const std::vector<JobType>& types = job_types();
  const auto found = std::find_if(types.begin(), types.end(),
                                  [&](const JobType& type) { return type.name == name; });
  if (found != types.end()) return *found;
  std::string known;
  for (const JobType& type : types) known += (known.empty() ? "" : ", ") + std::string(type.name);
  throw base::Error(
      base::ErrorCode::invalid_input,
      "unknown job \"" + std::string(name.substr(0, 80)) + "\", expected one of " + known);
}

json::Schema protocol_schema(const std::vector<JobType>& types) {
  json::Schema jobs = json::Schema::object();
  json::Definitions all = json::Schema::object();
  for (const JobType& type : types) {
    json::Schema request = type.request_schema(all);
    jobs[std::string(type.name)] = {{"startsContainers", type.containers == Containers::yes},
                                    {"request", std::move(request)},
                                    {"result", type.result_schema(all)}};
  }
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "Jobs of pinnace, version " + std::to_string(k_protocol_version)},
          {"jobs", std::move(jobs)},
          {"$defs", std::move(all)}};
}

}  // namespace pinnace::jobs
