#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

/// Verbs that show what an image is or has.
namespace pinnace::cli {

void define_inspect(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_tags(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_packages(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_diff(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_trace(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);

}  // namespace pinnace::cli
