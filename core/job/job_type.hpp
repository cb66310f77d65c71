#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "job/job.hpp"
#include "json/fields.hpp"
#include "places/access.hpp"

namespace pinnace::job {

/// What a job works with, beside its request.
struct JobContext {
  base::Context context;
  std::shared_ptr<const config::CredentialStore> credentials;

  places::Access access(places::Access::Options places) const {
    return {context, std::move(places), credentials};
  }
};

/// Whether a job may start containers, for which it needs an executable of pinnace.
enum class Containers { no, yes };

/// A job is a struct with a table that is its request, another that is its result, and a function
/// `Result perform(const Request&, const JobContext&)`. The request has its name as k_job. It may
/// have a function `void check() const`, that throws invalid_input for what a table can't tell, and
/// event_schemas(). This is all that the rest of the program knows of a job.
struct JobType {
  using Work = std::function<nlohmann::json(const JobContext&)>;

  std::string_view name;
  Containers containers;
  /// Reads and checks a request; gives what does the work. Throws invalid_input.
  std::function<Work(const json::Node&)> open;
  std::function<json::Schema(json::Definitions&)> request_schema;
  std::function<json::Schema(json::Definitions&)> result_schema;
  /// Of the events that have fields, by their names; empty: it has none.
  std::function<json::Schema(json::Definitions&)> event_schemas = {};
};

template <class Request>
JobType job_type(Containers containers) {
  using Result =
      decltype(perform(std::declval<const Request&>(), std::declval<const JobContext&>()));
  const auto open = [](const json::Node& node) -> JobType::Work {
    const auto request = std::make_shared<const Request>(json::read<Request>(node));
    if constexpr (requires { request->check(); }) request->check();
    return [request](const JobContext& job) { return json::write(perform(*request, job)); };
  };
  JobType type{Request::k_job, containers, open, json::schema<Request>, json::schema<Result>};
  if constexpr (requires { &Request::event_schemas; }) type.event_schemas = &Request::event_schemas;
  return type;
}

/// The job that does this work: what it tells and fails with is guard()ed.
std::unique_ptr<Job> make_job(JobType::Work work,
                              std::shared_ptr<const config::CredentialStore> credentials);

/// Checks the request and makes the job; touches neither disk nor network. Throws invalid_input for
/// another version, JSON that is broken or larger than k_max_request, and fields that are missing,
/// unknown or of the wrong type. `credentials` is asked for a registry's credentials when they are
/// needed; it may be null (anonymous).
std::unique_ptr<Job> open_job(const JobType& type, std::string_view request,
                              std::shared_ptr<const config::CredentialStore> credentials);

}  // namespace pinnace::job
