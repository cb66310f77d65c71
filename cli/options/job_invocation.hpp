#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/options/invocation.hpp"
#include "cli/output/text.hpp"
#include "job/direct_job.hpp"

namespace pinnace::cli {

/// How the result of a job is told.
template <class Result>
struct Telling {
  /// For people, on stdout. Programs (--json) get the result itself; empty: so do people.
  std::function<std::vector<std::string>(const Result&)> lines;
  /// The exit code; empty: 0.
  std::function<int(const Result&)> code = {};
  /// Keeps it before it is told, in whatever form; empty: it is not kept.
  std::function<void(const Result&)> keep = {};
};

/// What a command asks for that runs one job with the user's own credentials.
template <class Request>
Invocation job_invocation(Request request, Telling<job::ResultOf<Request>> telling) {
  nlohmann::json written = json::write(request);
  const auto perform = [request = std::move(request),
                        telling = std::move(telling)](const Execution& execution) {
    base::Context context;
    context.stop = execution.stop;
    context.events = &execution.terminal;
    const job::ResultOf<Request> result =
        job::run_directly(request, context, job::credentials_beside(std::nullopt));
    if (telling.keep) telling.keep(result);
    if (execution.global.json || !telling.lines) {
      print_json(json::write(result));
    } else {
      print_lines(telling.lines(result));
    }
    return telling.code ? telling.code(result) : 0;
  };
  return {std::move(written), perform};
}

}  // namespace pinnace::cli
