#pragma once

#include "job/job_request.hpp"
#include "job/job_type.hpp"

namespace pinnace::attesting {

struct VerifyRequest : job::JobRequest {
  static constexpr const char* k_job = "verify";

  std::string image;
  std::vector<std::string> keys;
  std::string need = "all";
  std::optional<std::filesystem::path> policy;
  std::optional<std::filesystem::path> environments;

  void check() const;
  static json::Table<VerifyRequest> table();
};

struct VerifyResult {
  struct Signature {
    std::string type;
    std::string key;
    std::string where;

    static json::Table<Signature> table();
  };
  std::string digest;
  bool verified = false;
  std::vector<std::string> reasons;
  std::vector<Signature> signatures;

  static json::Table<VerifyResult> table();
};

VerifyResult perform(const VerifyRequest& request, const job::JobContext& job);

}  // namespace pinnace::attesting
