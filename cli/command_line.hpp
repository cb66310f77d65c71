#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/options/invocation.hpp"

namespace pinnace::cli {

/// Whose options are defined: those of all take longer than many a command.
enum class OptionsOf { chosen_verb, all_verbs };

/// All verbs, with their options, or so that parsing defines those of the verb that it meets. An
/// option takes one value each time it is given, so that what follows is never taken for a second
/// one: "-t X web" is a tag and a context.
void define_command_line(CLI::App& app, GlobalOptions& global, Invocation& invocation,
                         OptionsOf which = OptionsOf::chosen_verb);

/// Parses what main() got; the chosen verb's callback fills the invocation. "-t=X" is "-t X", as
/// other tools have it. Throws CLI::ParseError and base::Error.
void parse_command_line(CLI::App& app, int argc, const char* const* argv);

/// One line that says what is wrong with the command line, and what was probably meant.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace pinnace::cli
