#pragma once

#include <string>
#include <string_view>

namespace pinnace::cli {

/// Makes of what a container writes what a terminal may get: lines stay lines, programs may return
/// to the start of one, and all else is base::printable(). Parts may end anywhere.
class TerminalText {
 public:
  std::string add(std::string_view bytes);
  /// What was left of a character.
  std::string finish();

 private:
  std::string m_rest;
};

}  // namespace pinnace::cli
