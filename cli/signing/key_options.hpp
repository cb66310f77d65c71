#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "attesting/key_request.hpp"
#include "cli/options/invocation.hpp"

namespace pinnace::cli {

/// What sign and attest have alike.
struct KeyOptions {
  std::string image;
  std::string key;
  std::string password;
  std::string command;
  std::string format = "bundle";
  std::shared_ptr<const std::string> environments;

  void add_to(CLI::App& verb);
  void fill(attesting::KeyRequest& request, const GlobalOptions& global) const;
};

}  // namespace pinnace::cli
