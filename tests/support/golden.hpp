#pragma once

#include <fstream>
#include <sstream>
#include <string>

namespace pinnace::test_support {

/// The bytes of a file below tests/golden.
inline std::string golden(const std::string& name) {
  std::ifstream file(PINNACE_GOLDEN_DIR "/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace pinnace::test_support
