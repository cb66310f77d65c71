#pragma once

#include "jobs/job_request.hpp"
#include "jobs/job_type.hpp"

namespace pinnace::jobs {

struct PingRequest : JobRequest {
  static constexpr const char* k_job = "ping";

  std::string registry;

  void check() const;
  static json::Table<PingRequest> table();
};

struct PingResult {
  std::string registry;
  std::string url;

  static json::Table<PingResult> table();
};

/// Asks a registry for its API, by the OCI distribution specification ("Determining Support"), with
/// the credentials that a pull from it would use.
PingResult perform(const PingRequest& request, const JobContext& job);

}  // namespace pinnace::jobs
