#pragma once

#include "attesting/key_request.hpp"

namespace pinnace::attesting {

struct AttestRequest : KeyRequest {
  static constexpr const char* k_job = "attest";

  std::filesystem::path predicate;
  std::string type;

  void check() const;
  static json::Table<AttestRequest> table();
};

struct AttestResult {
  std::string digest;
  std::string type;
  std::string attestation;
  bool existed = false;

  static json::Table<AttestResult> table();
};

AttestResult perform(const AttestRequest& request, const job::JobContext& job);

}  // namespace pinnace::attesting
