#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "json/fields.hpp"

namespace pinnace::packages {

/// A path of an image, relative to its root: any bytes but NUL. Where a package's records have it,
/// with the digest of the content that they have. In JSON it is escaped(), and the digest follows a
/// space.
struct FilePath {
  std::string bytes;
  std::string digest = {};  ///< recorded_digest(); empty: none is recorded

  auto operator<=>(const FilePath&) const = default;
};
using FilePaths = std::vector<FilePath>;

/// UTF-8 without spaces and control characters, for any bytes: what else there is, and "\", is
/// "\xNN" with two hexadecimal digits in lower case.
std::string escaped(std::string_view bytes);
/// The reverse. Throws invalid_input for what escaped() does not give.
std::string unescaped(std::string_view text);

/// "md5:0123..." of an algorithm and hexadecimal digits. Empty if it is none of md5, sha1, sha224,
/// sha256, sha384 and sha512, or has another number of digits.
std::string recorded_digest(std::string_view algorithm, std::string_view hex);
/// The same of base64, with the alphabet for URLs too, and with or without padding.
std::string recorded_base64_digest(std::string_view algorithm, std::string_view base64);

/// FilePath as a text, and back. Throws invalid_input.
std::string to_text(const FilePath& path);
FilePath parse_file_path(std::string_view text);

}  // namespace pinnace::packages

template <>
struct pinnace::json::TextOf<pinnace::packages::FilePath> {
  static constexpr const char* k_pattern = nullptr;
  static packages::FilePath parse(const std::string& text) {
    return packages::parse_file_path(text);
  }
  static std::string print(const packages::FilePath& path) { return packages::to_text(path); }
};
