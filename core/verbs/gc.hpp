#pragma once

#include "job/job_request.hpp"
#include "job/job_type.hpp"
#include "local/local_store.hpp"

namespace pinnace::verbs {

struct GcRequest : job::JobRequest {
  static constexpr const char* k_job = "gc";

  std::optional<std::string> layout;
  std::uint64_t cache_size = local::k_default_cache_size;
  std::optional<std::chrono::seconds> older_than;
  bool all = false;

  void check() const;
  static json::Table<GcRequest> table();
};

struct GcResult {
  struct Cache {
    std::uint64_t removed_records = 0;
    std::uint64_t removed_layers = 0;
    std::uint64_t removed_bytes = 0;
    std::uint64_t kept_bytes = 0;

    static json::Table<Cache> table();
  };
  struct Part {
    std::string name;
    std::uint64_t removed_bytes = 0;
    std::uint64_t kept_bytes = 0;

    static json::Table<Part> table();
  };
  std::string layout;
  std::uint64_t removed_files = 0;
  std::uint64_t removed_bytes = 0;
  std::uint64_t kept_blobs = 0;
  std::uint64_t kept_bytes = 0;
  std::vector<std::string> problems;
  std::optional<Cache> cache;
  std::vector<Part> parts;

  static json::Table<GcResult> table();
};

GcResult perform(const GcRequest& request, const job::JobContext& job);

}  // namespace pinnace::verbs
