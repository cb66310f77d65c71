#pragma once

#include "job/job_request.hpp"
#include "job/job_type.hpp"

namespace pinnace::verbs {

struct PromoteRequest : job::JobRequest {
  static constexpr const char* k_job = "promote";

  std::string reference;
  std::string to;
  std::filesystem::path environments;
  std::optional<std::string> tag;
  std::optional<std::string> as;
  bool repair = false;

  void check() const;
  static json::Table<PromoteRequest> table();
};

struct PromoteResult {
  std::string source;
  std::string target;
  std::string digest;
  std::string media_type;
  std::string environment;
  std::optional<std::string> tag;
  std::optional<std::string> replaced;
  std::uint64_t bytes_sent = 0;

  static json::Table<PromoteResult> table();
};

PromoteResult perform(const PromoteRequest& request, const job::JobContext& job);

}  // namespace pinnace::verbs
