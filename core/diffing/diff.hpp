#pragma once

#include "difference/difference.hpp"
#include "job/job_request.hpp"
#include "job/job_type.hpp"
#include "report/report.hpp"

namespace pinnace::diffing {

struct DiffRequest : job::JobRequest {
  static constexpr const char* k_job = "diff";

  std::string from;
  std::string to;
  std::optional<oci::Platform> platform;
  std::optional<std::filesystem::path> source;
  std::optional<report::Format> report;
  std::optional<std::filesystem::path> environments;

  void check() const;
  static json::Table<DiffRequest> table();
};

struct DiffResult : difference::Difference {
  std::optional<std::string> report;

  static json::Table<DiffResult> table();
};

DiffResult perform(const DiffRequest& request, const job::JobContext& job);

}  // namespace pinnace::diffing
