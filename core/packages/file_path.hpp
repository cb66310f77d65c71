#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "json/fields.hpp"

namespace pinnace::packages {

/// A path of an image, relative to its root: any bytes but NUL. In JSON it is escaped().
struct FilePath {
  std::string bytes;

  auto operator<=>(const FilePath&) const = default;
};
using FilePaths = std::vector<FilePath>;

/// UTF-8 without spaces and control characters, for any bytes: what else there is, and "\", is
/// "\xNN" with two hexadecimal digits in lower case.
std::string escaped(std::string_view bytes);
/// The reverse. Throws invalid_input for what escaped() does not give.
std::string unescaped(std::string_view text);

}  // namespace pinnace::packages

template <>
struct pinnace::json::TextOf<pinnace::packages::FilePath> {
  static constexpr const char* k_pattern = nullptr;
  static packages::FilePath parse(const std::string& text) { return {packages::unescaped(text)}; }
  static std::string print(const packages::FilePath& path) { return packages::escaped(path.bytes); }
};
