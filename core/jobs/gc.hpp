#pragma once

#include "jobs/job_request.hpp"
#include "jobs/job_type.hpp"

namespace pinnace::jobs {

inline constexpr std::int64_t k_max_cache_size = std::int64_t{1} << 50;
/// Bytes that the machine's build cache may have unless somebody says.
inline constexpr std::uint64_t k_default_cache_size = std::uint64_t{10} << 30;

struct GcRequest : JobRequest {
  static constexpr const char* k_job = "gc";

  std::optional<std::string> layout;
  std::uint64_t cache_size = k_default_cache_size;
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

GcResult perform(const GcRequest& request, const JobContext& job);

}  // namespace pinnace::jobs
