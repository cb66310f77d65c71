#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

namespace pinnace::cli {

/// Adds all verbs to `app`; the callback of the one that is chosen fills `invocation`.
void add_verbs(CLI::App& app, const GlobalOptions& global, Invocation& invocation);

}  // namespace pinnace::cli
