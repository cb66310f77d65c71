#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>

#include "cli/output/terminal.hpp"

namespace pinnace::cli {

/// Options that every verb has.
struct GlobalOptions {
  std::string store;       ///< --store, else $PINNACE_STORE, else below $XDG_CACHE_HOME
  std::string registries;  ///< --registries, else the user's file if there is one
  bool json = false;
  bool quiet = false;
};

/// What a command has while it runs.
struct Execution {
  const GlobalOptions& global;
  Terminal& terminal;
  std::stop_token stop;
};

/// What a command line asks for.
struct Invocation {
  /// The request of its job; null: it has none.
  nlohmann::json request;
  /// Does it: returns the exit code, or throws.
  std::function<int(const Execution&)> perform;
};

}  // namespace pinnace::cli
