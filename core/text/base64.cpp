#include "text/base64.hpp"

#include <cstdint>

namespace pinnace::text {

namespace {

constexpr std::string_view k_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::optional<std::string> base64_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  int count = 0;
  std::size_t letters = 0;
  int padding = 0;
  for (const char letter : text) {
    if (letter == '\r' || letter == '\n') continue;
    if (letter == '=' && ++padding <= 2) continue;
    const std::size_t value = k_letters.find(letter);
    if (value == std::string_view::npos || padding > 0) return std::nullopt;
    ++letters;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  if (letters % 4 == 1) return std::nullopt;
  return decoded;
}

std::string base64_encode(std::string_view text) {
  std::string result;
  result.reserve((text.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const std::string_view group = text.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      result += k <= group.size() ? k_letters[bits >> (18 - 6 * k) & 63] : '=';
    }
  }
  return result;
}

}  // namespace pinnace::text
