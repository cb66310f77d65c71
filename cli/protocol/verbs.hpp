#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

namespace pinnace::cli {

/// The verb of programs: a job by its name, with a request in JSON.
void define_job(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);

}  // namespace pinnace::cli
