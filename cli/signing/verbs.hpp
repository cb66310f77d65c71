#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/invocation.hpp"

/// Verbs that sign images, or say whether they are signed.
namespace pinnace::cli {

void define_sign(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_attest(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
void define_verify(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);

}  // namespace pinnace::cli
