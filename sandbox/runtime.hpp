#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "sandbox/root.hpp"

namespace pinnace::sandbox {

/// How a container ended. If the runtime could not start it, what it said about that is in
/// `refusal`.
struct Outcome {
  int exit_code = 0;
  std::string refusal;
};

/// Runs a container by an OCI runtime until it has ended; its output goes out as frames, and one
/// that it has started as soon as something listens at `wait_port` (0: at once).
Outcome run_by_runtime(const Stage& stage, const std::string& runtime, const std::string& path,
                       const nlohmann::json& spec, std::uint16_t wait_port);

}  // namespace pinnace::sandbox
