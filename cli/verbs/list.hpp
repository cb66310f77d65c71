#pragma once

#include <CLI/CLI.hpp>
#include <span>

#include "cli/options/invocation.hpp"

namespace pinnace::cli {

struct Verb {
  const char* name;
  const char* description;  ///< empty: not for people
  /// Adds the options; when the verb is chosen, its callback fills `invocation`.
  void (*define)(CLI::App& verb, const GlobalOptions& global, Invocation& invocation);
};

/// All verbs, in the order in which people are told of them.
std::span<const Verb> all_verbs();

}  // namespace pinnace::cli
