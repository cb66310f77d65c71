#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "jobs/access.hpp"
#include "jobs/job.hpp"
#include "json/fields.hpp"

namespace pinnace::jobs {

/// What a job works with, beside its request.
struct JobContext {
  base::Context context;
  std::shared_ptr<const config::CredentialStore> credentials;

  Access access(Access::Options places) const { return {context, std::move(places), credentials}; }
};

/// Whether a job may start containers, for which it needs an executable of pinnace.
enum class Containers { no, yes };

/// A job is a struct with a table that is its request, another that is its result, and a function
/// `Result perform(const Request&, const JobContext&)`. The request has its name as k_job. If the
/// request has a function `void check() const`, that throws invalid_input for what a table can't
/// tell. This is all that the rest of the program knows of a job.
struct JobType {
  using Work = std::function<nlohmann::json(const JobContext&)>;

  std::string_view name;
  Containers containers;
  /// Reads and checks a request; gives what does the work. Throws invalid_input.
  std::function<Work(const json::Node&)> open;
  std::function<json::Schema(json::Definitions&)> request_schema;
  std::function<json::Schema(json::Definitions&)> result_schema;
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
  return {Request::k_job, containers, open, json::schema<Request>, json::schema<Result>};
}

/// All jobs, sorted by their names.
const std::vector<JobType>& job_types();
/// Throws invalid_input, with the names that there are.
const JobType& job_type_of(std::string_view name);

/// The JSON Schema (2020-12) of requests and results: of all jobs, or of one.
json::Schema protocol_schema(const std::vector<JobType>& types = job_types());

}  // namespace pinnace::jobs
