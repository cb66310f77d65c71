#include "config/credential_helper.hpp"

#include "base/error.hpp"
#include "process/process.hpp"
#include "yaml/document.hpp"

namespace pinnace::config {

using base::Error;
using base::ErrorCode;
using yaml::Node;

namespace {

/// Says what failed, with the helper and the registry, and what to do.
[[noreturn]] void fail(ErrorCode code, const std::string& what, const process::Command& command) {
  throw HelperError(code, command.arguments.front() + " get for " + command.input + " " + what);
}

process::Result run_helper(const base::Context& context, const process::Command& command) {
  try {
    return process::run(context, command);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    // Not "not found": a caller could take that for the image.
    if (error.code() == ErrorCode::not_found)
      fail(ErrorCode::invalid_input,
           "can't be run, as it is not installed; install it, or take it out of credsStore or "
           "credHelpers",
           command);
    fail(error.code(), "can't be run: " + error.message(), command);
  }
}

Credentials read_answer(const process::Command& command, const std::string& output) {
  try {
    const Node root = yaml::parse_json(output, "answer");
    std::string username = root.get("Username").text();
    std::string secret = root.get("Secret").text();
    if (username != "<token>") return {std::move(username), std::move(secret)};
    Credentials credentials;
    credentials.identity_token = std::move(secret);
    return credentials;
  } catch (const Error&) {
    fail(ErrorCode::invalid_input, "answered with no JSON of a Username and a Secret", command);
  }
}

}  // namespace

std::optional<Credentials> ask_helper(const base::Context& context, const std::string& name,
                                      std::string_view domain,
                                      const process::Environment& environment) {
  const std::string program = "docker-credential-" + name;
  process::Command command;
  command.arguments = {program, "get"};
  command.environment = environment;
  command.input = domain == "docker.io" ? "https://index.docker.io/v1/" : std::string(domain);
  command.output_limit = std::size_t{64} << 10;
  process::Result result = run_helper(context, command);
  if (result.succeeded()) {
    Credentials credentials = read_answer(command, result.output);
    wipe(result.output);
    credentials.origin = "the credentials of " + program;
    return credentials.empty() ? std::nullopt : std::optional(std::move(credentials));
  }
  if (result.output.find("credentials not found") != std::string::npos) return std::nullopt;
  wipe(result.output);
  fail(ErrorCode::unavailable,
       "failed with " + result.status() + "; call it yourself to see what it says", command);
}

}  // namespace pinnace::config
