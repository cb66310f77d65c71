#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

/// Verbs that show what an image is or has.
namespace pinnace::cli {

void add_inspect(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_tags(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_packages(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_diff(CLI::App& app, const GlobalOptions& global, Invocation& invocation);

}  // namespace pinnace::cli
