#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sandbox/root.hpp"

namespace pinnace::sandbox {

/// How a container ended. If the runtime could not start it, what it said about that is in
/// `refusal`, and `exit_code` is its own.
struct Outcome {
  int exit_code = 0;
  std::string refusal;
};

/// What shells answer for a program that is not there (127) or can't be executed (126), if that is
/// what a runtime's refusal says.
std::optional<int> code_of_refusal(std::string refusal);

/// Runs a container by an OCI runtime until it has ended. Its output goes out as frames, and that
/// it has started when its program was, and once more when something listens at `wait_port` (0:
/// nobody asks). A byte on our standard input is a signal for it.
Outcome run_by_runtime(const Stage& stage, const std::string& runtime, const std::string& path,
                       const nlohmann::json& spec, std::uint16_t wait_port);

}  // namespace pinnace::sandbox
