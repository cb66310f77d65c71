#include "packages/file_path.hpp"

#include <charconv>

#include "base/error.hpp"
#include "base/utf8.hpp"

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

}  // namespace pinnace::packages
