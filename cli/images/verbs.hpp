#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

/// Verbs that make images, or move them.
namespace pinnace::cli {

/// Each adds one verb to `app`; when it is chosen, its callback fills `invocation`.
void add_build(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_pin(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_copy(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_promote(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_gc(CLI::App& app, const GlobalOptions& global, Invocation& invocation);

}  // namespace pinnace::cli
