#pragma once

#include "job/job_request.hpp"
#include "job/job_type.hpp"

namespace pinnace::verbs {

struct CopyRequest : job::JobRequest {
  static constexpr const char* k_job = "copy";

  std::string source;
  std::string target;
  bool referrers = false;
  bool repair = false;
  unsigned parallel = 4;
  std::optional<std::filesystem::path> environments;

  void check() const;
  static json::Table<CopyRequest> table();
};

struct CopyResult {
  std::string digest;
  std::string media_type;
  std::uint64_t size = 0;
  std::optional<std::string> replaced;
  std::uint64_t blobs_existed = 0;
  std::uint64_t blobs_mounted = 0;
  std::uint64_t blobs_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t manifests_sent = 0;

  static json::Table<CopyResult> table();
};

CopyResult perform(const CopyRequest& request, const job::JobContext& job);

}  // namespace pinnace::verbs
