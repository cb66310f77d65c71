#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

/// Verbs that make images, or move them.
namespace pinnace::cli {

/// Each adds the options of a verb (cli/verbs/list.hpp).
void define_build(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_pin(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_copy(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_promote(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_gc(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);

}  // namespace pinnace::cli
