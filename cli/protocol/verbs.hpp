#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

namespace pinnace::cli {

/// The verb of programs: a job by its name, with a request in JSON.
void add_job(CLI::App& app, Invocation& invocation);

}  // namespace pinnace::cli
