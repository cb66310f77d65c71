#include "jobs/list.hpp"

#include "attesting/attest.hpp"
#include "attesting/sign.hpp"
#include "attesting/verify.hpp"
#include "building/request.hpp"
#include "diffing/diff.hpp"
#include "job/type_named.hpp"
#include "pinning/pin.hpp"
#include "running/run.hpp"
#include "showing/inspect.hpp"
#include "showing/packages.hpp"
#include "tracing/trace.hpp"
#include "verbs/copy.hpp"
#include "verbs/gc.hpp"
#include "verbs/ping.hpp"
#include "verbs/promote.hpp"
#include "verbs/tags.hpp"

namespace pinnace::jobs {

const std::vector<job::JobType>& job_types() {
  static const std::vector<job::JobType> k_types = {
      job::job_type<attesting::AttestRequest>(job::Containers::no),
      job::job_type<building::BuildRequest>(job::Containers::yes),
      job::job_type<verbs::CopyRequest>(job::Containers::no),
      job::job_type<diffing::DiffRequest>(job::Containers::no),
      job::job_type<verbs::GcRequest>(job::Containers::no),
      job::job_type<showing::InspectRequest>(job::Containers::no),
      job::job_type<showing::PackagesRequest>(job::Containers::no),
      job::job_type<pinning::PinRequest>(job::Containers::no),
      job::job_type<verbs::PingRequest>(job::Containers::no),
      job::job_type<verbs::PromoteRequest>(job::Containers::no),
      job::job_type<running::RunRequest>(job::Containers::yes),
      job::job_type<attesting::SignRequest>(job::Containers::no),
      job::job_type<verbs::TagsRequest>(job::Containers::no),
      job::job_type<tracing::TraceRequest>(job::Containers::no),
      job::job_type<attesting::VerifyRequest>(job::Containers::no),
  };
  return k_types;
}

const job::JobType& job_type_of(std::string_view name) {
  return job::type_named(name, job_types());
}

std::vector<std::string> job_names() {
  std::vector<std::string> names;
  for (const job::JobType& type : job_types()) names.emplace_back(type.name);
  return names;
}

std::unique_ptr<job::Job> open_job(std::string_view name, std::string_view request,
                                   std::shared_ptr<const config::CredentialStore> credentials) {
  return job::open_job(job_type_of(name), request, std::move(credentials));
}

json::Schema protocol_schema(const std::vector<job::JobType>& types) {
  json::Schema jobs = json::Schema::object();
  json::Definitions all = json::Schema::object();
  for (const job::JobType& type : types) {
    json::Schema request = type.request_schema(all);
    json::Schema& schemas = jobs[std::string(type.name)] = {
        {"startsContainers", type.containers == job::Containers::yes},
        {"request", std::move(request)},
        {"result", type.result_schema(all)}};
    if (type.event_schemas) schemas["events"] = type.event_schemas(all);
  }
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "Jobs of pinnace, version " + std::to_string(job::k_protocol_version)},
          {"jobs", std::move(jobs)},
          {"$defs", std::move(all)}};
}

}  // namespace pinnace::jobs
