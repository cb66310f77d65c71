#pragma once

#include <vector>

#include "cli/command_line.hpp"

namespace pinnace::cli {

/// A command line, and what it asks for.
struct Parsed {
  explicit Parsed(std::vector<const char*> words, const char* store = "store") {
    define_command_line(app, global, invocation);
    words.insert(words.begin(), {"pinnace", "--store", store});
    parse_command_line(app, static_cast<int>(words.size()), words.data());
  }
  Parsed(const Parsed&) = delete;  // callbacks point to its members
  Parsed& operator=(const Parsed&) = delete;

  GlobalOptions global;
  Invocation invocation;
  CLI::App app;
};

}  // namespace pinnace::cli
