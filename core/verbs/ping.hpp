#pragma once

#include "job/job_request.hpp"
#include "job/job_type.hpp"

namespace pinnace::verbs {

struct PingRequest : job::JobRequest {
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
PingResult perform(const PingRequest& request, const job::JobContext& job);

}  // namespace pinnace::verbs
