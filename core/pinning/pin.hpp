#pragma once

#include "job/job_request.hpp"
#include "job/job_type.hpp"

namespace pinnace::pinning {

struct PinRequest : job::JobRequest {
  static constexpr const char* k_job = "pin";

  std::vector<std::string> definitions;
  bool check_only = false;
  bool update = false;
  std::vector<std::string> names;
  std::optional<std::filesystem::path> environments;

  static json::Table<PinRequest> table();
};

struct PinResult {
  struct Image {
    std::string name;
    std::string digest;

    static json::Table<Image> table();
  };
  struct Lock {
    std::string definition;
    std::string lock;
    bool changed = false;
    std::string differences;
    std::vector<Image> images;

    static json::Table<Lock> table();
  };
  std::vector<Lock> locks;

  static json::Table<PinResult> table();
};

/// Definitions of one directory have one lock: what only another one wants stays as it is.
PinResult perform(const PinRequest& request, const job::JobContext& job);

}  // namespace pinnace::pinning
