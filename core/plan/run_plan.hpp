#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "container/container.hpp"
#include "plan/step.hpp"
#include "run/sandbox.hpp"

namespace pinnace::plan {

/// How RUN runs, and what it may have of the host.
struct RunSettings {
  run::Sandbox::Options sandbox;
  container::Network network = container::Network::isolated;  ///< for RUN --network=default
  std::map<std::string, std::string> secrets;                 ///< id -> "file:PATH" or "env:NAME"
  std::map<std::string, std::string> sockets;  ///< id -> path of an SSH agent's socket
  container::Limits limits;
};

/// What the key of a RUN is made of, beside the files that it starts from and sees
/// (stepcache/key.hpp).
struct RunKey {
  std::string step;         ///< what the instruction says: canonical JSON
  std::string source_date;  ///< that it is told, if nothing else tells it
  container::Network network = container::Network::isolated;
  bool host_root = false;

  bool operator==(const RunKey&) const = default;
};

/// What a RUN runs in a build with these settings, and what of it is hashed.
struct RunPlan {
  /// Without its layers and the mounts of the step: these need files, secrets and sockets, which
  /// are only looked at when it begins. Its mounts come after those.
  container::Container container;
  RunKey key;
};

/// Pure: all that a RUN runs with comes from here, so that nothing of it is forgotten in the key.
/// Throws invalid_input if the step wants more than the build allows.
RunPlan plan_run(const RunStep& step, const RunSettings& settings,
                 std::optional<std::int64_t> source_date);

/// What a step reaches. Throws as plan_run().
container::Network network_of(const RunStep& step, const RunSettings& settings);

}  // namespace pinnace::plan
