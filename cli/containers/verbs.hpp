#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

/// Verbs that run containers and look after them.
namespace pinnace::cli {

void define_run(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_ps(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_logs(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_stop(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
/// Not for people: the process that watches over a detached container.
void define_supervise(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);

}  // namespace pinnace::cli
