#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "job/job_request.hpp"

namespace pinnace::cli {

/// What a parsed command line asks for: a job with its request, and how its result is shown to a
/// person.
struct Invocation {
  /// What becomes of a result for a person: lines on stdout (print_lines()).
  using Present = std::function<std::vector<std::string>(const nlohmann::json& result)>;

  Invocation() = default;
  Invocation(std::string name, nlohmann::json fields)
      : job(std::move(name)), request(std::move(fields)) {}
  template <std::derived_from<job::JobRequest> Request>
  Invocation(const Request& of_job, Present presented)
      : Invocation(Request::k_job, json::write(of_job)) {
    present = std::move(presented);
  }

  std::string job;
  nlohmann::json request;
  /// Empty: the result itself is printed.
  Present present = {};
  /// Whether the check that was asked for says yes; empty where nothing is checked.
  std::function<bool(const nlohmann::json& result)> holds = {};
  /// The exit code that a result gives; empty: 0.
  std::function<int(const nlohmann::json& result)> code = {};
  /// Keeps the result before it is printed, in whatever form; empty: it is not kept.
  std::function<void(const nlohmann::json& result)> keep = {};
  /// The exit code of a job that was cancelled, if it is another than who cancelled gets.
  std::function<std::optional<int>()> code_if_cancelled = {};
  /// Stands between the job's events and the terminal, and may stop the job; empty: nothing does.
  std::function<std::unique_ptr<base::EventSink>(base::EventSink& terminal, std::stop_source& stop)>
      filter = {};
  /// Does everything itself, instead of the above, and returns the exit code; empty for most.
  std::function<int(std::stop_token stop)> instead = {};
};

/// Options that every verb has.
struct GlobalOptions {
  std::string store;       ///< --store, else $PINNACE_STORE, else below $XDG_CACHE_HOME
  std::string registries;  ///< --registries, else the user's file if there is one
  bool json = false;
  bool quiet = false;
};

/// Each adds one verb to `app`; when it is chosen, its callback fills `invocation`.
void add_build(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_pin(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_copy(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_inspect(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_tags(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_packages(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_promote(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_run(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
/// ps, logs and stop, for containers of run --detach.
void add_containers(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_gc(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_job(CLI::App& app, Invocation& invocation);

/// The directory of the local store.
std::string store_of(const GlobalOptions& global);
/// Adds to a request what all have.
void add_common(job::JobRequest& request, const GlobalOptions& global);

/// The request as it is sent. Throws invalid_input, naming the field, for text that is not UTF-8.
std::string request_text(const nlohmann::json& request);

/// Nothing for an empty string: an option that was not given.
std::optional<std::string> if_given(const std::string& text);

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

/// Prints to stdout what is for people. It may come from anybody, as the configuration of an image
/// does: each stays one line, and steers no terminal (base::printable()).
void print_lines(const std::vector<std::string>& lines);

/// The lines of a text, without their ends.
std::vector<std::string> lines_of(const std::string& text);

/// "12.3 MB".
std::string human_size(std::uint64_t bytes);

}  // namespace pinnace::cli
