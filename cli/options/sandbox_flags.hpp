#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "job/sandbox_request.hpp"

namespace pinnace::cli {

/// The options of verbs that run containers, and the field "sandbox" of their requests.
struct SandboxFlags {
  void add_to(CLI::App& verb);
  job::SandboxRequest request() const;

  std::string runtime;
  std::string network = "default";
  bool host_root = false;
  unsigned processes = 0;
  std::uint64_t memory = 0;
  double cpus = 0;
};

}  // namespace pinnace::cli
