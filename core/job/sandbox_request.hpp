#pragma once

#include <array>
#include <optional>
#include <utility>
#include "json/fields.hpp"
#include "local/local_store.hpp"
#include "run/sandbox.hpp"

template <>
struct pinnace::json::NamesOf<pinnace::container::Network> {
  static constexpr std::array<std::pair<container::Network, const char*>, 3> k_names = {
      {{container::Network::isolated, "default"},
       {container::Network::none, "none"},
       {container::Network::host, "host"}}};
};

namespace pinnace::job {

/// Bytes of memory that a container may be kept to. With less, not even the runtime starts.
inline constexpr std::int64_t k_least_memory = std::int64_t{16} << 20;
inline constexpr std::int64_t k_most_memory = std::int64_t{1} << 50;
inline constexpr std::int64_t k_most_processes = 4'194'304;

/// How containers run.
struct SandboxRequest {
  std::string executable;
  std::string runtime;
  container::Network network = container::Network::isolated;
  bool host_root = false;
  std::optional<std::uint64_t> processes;
  std::optional<std::uint64_t> memory;
  std::optional<std::uint64_t> milli_cpus;

  /// `store` is the job's.
  run::Sandbox::Options options(const local::LocalStore& store) const;
  container::Limits limits() const { return {processes, memory, milli_cpus}; }
  static json::Table<SandboxRequest> table();
};

}  // namespace pinnace::job
