#pragma once

#include <filesystem>

#include "jobs/request.hpp"
#include "run/sandbox.hpp"

namespace pinnace::jobs {

/// Bytes of memory that a container may be kept to. With less, not even the runtime starts.
inline constexpr std::int64_t k_least_memory = std::int64_t{16} << 20;
inline constexpr std::int64_t k_most_memory = std::int64_t{1} << 50;
inline constexpr std::int64_t k_most_processes = 4'194'304;

/// The field "sandbox" of jobs that run containers: {executable, runtime, network, hostRoot,
/// processes, memory, milliCpus}, or null for the defaults.
struct SandboxRequest {
  explicit SandboxRequest(RequestReader& request);

  /// `store` is the job's.
  run::Sandbox::Options options(const std::filesystem::path& store) const;

  std::string executable;  ///< of pinnace; empty: this process's
  std::string runtime;     ///< empty: the first that works
  run::Network network = run::Network::isolated;
  bool host_root = false;
  run::Limits limits;
};

}  // namespace pinnace::jobs
