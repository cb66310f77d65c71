#include "packages/file_path.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "text/base64.hpp"

namespace pinnace::packages {

namespace {

constexpr std::size_t k_escape = 4;  ///< bytes of "\xNN"

/// How many of the first bytes stay as they are.
std::size_t plain_size(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first < 0x80) return first <= ' ' || first == 0x7f || first == '\\' ? 0 : 1;
  return base::first_character(bytes).size;
}

}  // namespace

std::string escaped(std::string_view bytes) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t plain = plain_size(bytes);
    if (plain != 0) {
      text += bytes.substr(0, plain);
      bytes.remove_prefix(plain);
      continue;
    }
    const auto byte = static_cast<unsigned char>(bytes[0]);
    text += "\\x";
    text += k_digits[byte >> 4U];
    text += k_digits[byte & 15U];
    bytes.remove_prefix(1);
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\\'), text.size());
    bytes += text.substr(0, size);
    text.remove_prefix(size);
    if (text.empty()) break;
    unsigned byte = 0;
    const char* const digits = text.data() + 2;
    const bool is_escape = text.size() >= k_escape && text[1] == 'x';
    if (!is_escape || std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2)
      throw base::Error(base::ErrorCode::invalid_input, "a path with a wrong escape");
    bytes += static_cast<char>(byte);
    text.remove_prefix(k_escape);
  }
  return bytes;
}

namespace {

/// Algorithms, and how many hexadecimal digits their digests have.
constexpr std::array<std::pair<std::string_view, std::size_t>, 6> k_algorithms = {
    {{"md5", 32}, {"sha1", 40}, {"sha224", 56}, {"sha256", 64}, {"sha384", 96}, {"sha512", 128}}};

}  // namespace

std::string recorded_digest(std::string_view algorithm, std::string_view hex) {
  const auto known = std::find(k_algorithms.begin(), k_algorithms.end(),
                               std::pair<std::string_view, std::size_t>{algorithm, hex.size()});
  if (known == k_algorithms.end()) return {};
  std::string digest(algorithm);
  digest += ':';
  for (const char c : hex) {
    const bool is_upper = c >= 'A' && c <= 'F';
    if (!is_upper && !(c >= 'a' && c <= 'f') && !(c >= '0' && c <= '9')) return {};
    digest += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return digest;
}

std::string recorded_base64_digest(std::string_view algorithm, std::string_view base64) {
  constexpr std::size_t k_most = 256;
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string usual(base64.substr(0, k_most));
  std::replace(usual.begin(), usual.end(), '-', '+');
  std::replace(usual.begin(), usual.end(), '_', '/');
  std::string hex;
  for (const char c : text::base64_decode(usual).value_or("")) {
    const auto byte = static_cast<unsigned char>(c);
    hex += k_digits[byte >> 4U];
    hex += k_digits[byte & 15U];
  }
  return recorded_digest(algorithm, hex);
}

std::string to_text(const FilePath& path) {
  return escaped(path.bytes) + (path.digest.empty() ? "" : " " + path.digest);
}

FilePath parse_file_path(std::string_view text) {
  const std::size_t space = text.find(' ');
  FilePath path{unescaped(text.substr(0, space))};
  if (space == std::string_view::npos) return path;
  const std::string_view digest = text.substr(space + 1);
  const std::size_t colon = std::min(digest.find(':'), digest.size());
  path.digest =
      recorded_digest(digest.substr(0, colon), digest.substr(std::min(colon + 1, digest.size())));
  if (path.digest.empty())
    throw base::Error(base::ErrorCode::invalid_input, "a path with a wrong digest");
  return path;
}

}  // namespace pinnace::packages
