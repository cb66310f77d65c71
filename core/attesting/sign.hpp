#pragma once

#include "attesting/key_request.hpp"

namespace pinnace::attesting {

struct SignRequest : KeyRequest {
  static constexpr const char* k_job = "sign";

  bool recursive = false;

  static json::Table<SignRequest> table();
};

struct SignResult {
  struct Signature {
    std::string digest;
    std::string signature;
    bool existed = false;

    static json::Table<Signature> table();
  };
  std::string digest;
  std::vector<Signature> signatures;

  static json::Table<SignResult> table();
};

SignResult perform(const SignRequest& request, const job::JobContext& job);

}  // namespace pinnace::attesting
