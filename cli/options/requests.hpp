#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options/invocation.hpp"
#include "job/job_request.hpp"

/// What verbs need to make requests of their options.
namespace pinnace::cli {

/// The directory of the local store.
std::string store_of(const GlobalOptions& global);
/// Adds to a request what all have.
void add_common(job::JobRequest& request, const GlobalOptions& global);

/// Nothing for an empty string: an option that was not given.
std::optional<std::string> if_given(const std::string& text);

/// The seconds of a duration, "90m" or "7d"; nothing for an empty one. Throws invalid_input, naming
/// `option`.
std::optional<std::chrono::seconds> seconds_if_given(const char* option,
                                                     const std::string& duration);

/// Keys and values of the values of an option that may be repeated. Throws invalid_input, naming
/// `option` and `expected`, for one without a key or "=".
std::map<std::string, std::string> pair_map(const char* option, const char* expected,
                                            const std::vector<std::string>& pairs);

/// Reads an option's "512MB" or "2GiB" as bytes (units of 1024), from `least` to `most`.
CLI::Validator size_between(std::uint64_t least, std::uint64_t most);

/// The definition that is meant when none is named: the first of pinnace.yaml, Containerfile and
/// Dockerfile that is in `directory` (empty: the current one). Throws not_found that says what was
/// looked for.
std::string default_definition(const std::string& directory = {});

/// Adds --environments, and gives what it was set to: by default the environments.yaml of the
/// current directory, if there is one. `use` is for the help.
std::shared_ptr<const std::string> add_environments(CLI::App& verb, const std::string& use);

}  // namespace pinnace::cli
