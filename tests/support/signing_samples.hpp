#pragma once

#include <string>

#include "files/file.hpp"

/// Keys and signatures of tests/data/signing.
namespace pinnace::test_support {

inline std::string signing_file(const std::string& name) {
  return std::string(PINNACE_SOURCE_DIR) + "/tests/data/signing/" + name;
}
inline std::string signing_sample(const std::string& name) {
  return files::read_file(signing_file(name), std::size_t{1} << 20);
}

}  // namespace pinnace::test_support
