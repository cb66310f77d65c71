#include "config/credential_helper.hpp"

#include "base/error.hpp"
#include "http/redact.hpp"
#include "process/process.hpp"
#include "yaml/document.hpp"

namespace pinnace::config {

using base::Error;
using base::ErrorCode;
using yaml::Node;

namespace {

process::Result run_helper(const base::Context& context, const process::Command& command) {
  try {
    return process::run(context, command);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    // Not "not found": a caller could take that for the image.
    throw Error(ErrorCode::invalid_input,
                error.message() + "; install it, or take it out of credsStore or credHelpers");
  }
}

/// What a helper says when it fails. Its output is not shown, as a secret could be in it.
std::string complaint(const process::Result& result) {
  const std::string line = result.error.substr(0, result.error.find('\n'));
  return line.empty() ? "" : ": " + http::quote_text(line);
}

Credentials read_answer(const std::string& output, const std::string& program) {
  const Node root = yaml::parse_json(output, "answer of " + program);
  std::string username = root.get("Username").text();
  std::string secret = root.get("Secret").text();
  if (username != "<token>") return {std::move(username), std::move(secret)};
  Credentials credentials;
  credentials.identity_token = std::move(secret);
  return credentials;
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
    Credentials credentials = read_answer(result.output, program);
    wipe(result.output);
    return credentials.empty() ? std::nullopt : std::optional(std::move(credentials));
  }
  if (result.output.find("credentials not found") != std::string::npos) return std::nullopt;
  throw Error(ErrorCode::unavailable,
              program + " get failed with " + result.status() + complaint(result));
}

}  // namespace pinnace::config
