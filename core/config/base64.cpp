#include "config/base64.hpp"

#include <cstdint>

namespace pinnace::config {

std::optional<std::string> base64_decode(std::string_view text) {
  static constexpr std::string_view k_letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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

}  // namespace pinnace::config
