#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

/// Verbs that sign images, or say whether they are signed.
namespace pinnace::cli {

void add_sign(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_attest(CLI::App& app, const GlobalOptions& global, Invocation& invocation);
void add_verify(CLI::App& app, const GlobalOptions& global, Invocation& invocation);

}  // namespace pinnace::cli
