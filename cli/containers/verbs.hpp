#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

/// Verbs that run containers and look after them.
namespace pinnace::cli {

void add_run(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
/// ps, logs and stop, for containers of run --detach.
void add_containers(CLI::App& app, Invocation& invocation);

}  // namespace pinnace::cli
