#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "helper/helper_request.hpp"
#include "sandbox/trees/root.hpp"

namespace pinnace::sandbox {

/// How a container ended. If the runtime could not start it, what it said about that is in
/// `refusal`, and `exit_code` is its own.
struct Outcome {
  int exit_code = 0;
  std::string refusal;
};

/// Whether a table as /proc/net/tcp has a socket that listens at a port: lines with the local
/// address "...:PORT" (hexadecimal) and the state 0A.
bool listens(const std::string& table, std::uint16_t port);

/// What a runtime's log says last: lines of JSON with "level" and "msg"; empty if there is no error
/// in it.
std::string refusal_in(const std::string& log);

/// What shells answer for a program that is not there (127) or can't be executed (126), if that is
/// what a runtime's refusal says.
std::optional<int> code_of_refusal(std::string refusal);

/// Runs a container by the request's runtime until it has ended. Its output goes out as frames, and
/// that it has started when its program was, and once more when something listens at the request's
/// wait_port. A byte on our standard input is a signal for it. Throws unsupported if the limits of
/// the request don't hold it.
Outcome run_by_runtime(const Stage& stage, const helper::HelperRequest& request,
                       const nlohmann::json& spec);

}  // namespace pinnace::sandbox
