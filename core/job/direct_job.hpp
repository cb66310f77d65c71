#pragma once

#include <optional>
#include <utility>

#include "job/job_type.hpp"

namespace pinnace::job {

template <class Request>
using ResultOf =
    decltype(perform(std::declval<const Request&>(), std::declval<const JobContext&>()));

/// Throws invalid_input, naming the field, for a request that can't be sent as JSON: with texts
/// that are not UTF-8.
void check_texts(const nlohmann::json& request);

/// Holds a request that was not read from JSON to the same rules: throws invalid_input.
template <class Request>
void check_request(const Request& request) {
  const nlohmann::json written = json::write(request);
  check_texts(written);
  (void)job_type<Request>(Containers::no)
      .open({written, "request of job " + std::string(Request::k_job)});
}

/// Does the work of a job as open_job() and Job::run() do, for who has its request as a struct and
/// wants its result as one.
template <class Request>
ResultOf<Request> run_directly(const Request& request, const base::Context& context,
                               std::shared_ptr<const config::CredentialStore> credentials) {
  check_request(request);
  std::optional<ResultOf<Request>> result;
  const auto work = [&](const JobContext& job) {
    result = perform(request, job);
    return nlohmann::json();
  };
  (void)make_job(work, std::move(credentials))->run(context);
  return *std::move(result);
}

}  // namespace pinnace::job
