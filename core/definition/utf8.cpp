#include "definition/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pinnace::definition {

namespace {

/// Length of the UTF-8 character that starts with `first`, as far as that byte tells.
std::size_t length_of(unsigned char first) {
  if (first >= 0xF0 && first < 0xF8) return 4;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xC0 && first < 0xE0 ? 2 : 1;
}

using Range = std::pair<std::uint32_t, std::uint32_t>;

/// Punctuation, symbols, spaces and what has no shape, by Unicode's blocks.
constexpr std::array<Range, 24> k_no_letters = {
    {{0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},     {0xD7, 0xD7},
     {0xF7, 0xF7},     {0x300, 0x36F},   {0x37E, 0x37E},   {0x387, 0x387},   {0x1680, 0x1680},
     {0x2000, 0x2070}, {0x2074, 0x207E}, {0x2080, 0x208E}, {0x20A0, 0x2101}, {0x218A, 0x2BFF},
     {0x2E00, 0x2E2E}, {0x2E30, 0x3004}, {0x3007, 0x3030}, {0xFE00, 0xFE6F}, {0xFEFF, 0xFF0F},
     {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}}};
/// Emoji and other pictures; behind the ideographs nothing is a letter.
constexpr Range k_pictures = {0x1F000, 0x1FBEF};
constexpr std::uint32_t k_last_letter = 0x3FFFF;

bool is_in(const Range& range, std::uint32_t character) {
  return range.first <= character && character <= range.second;
}

}  // namespace

std::uint32_t take_character(std::string_view text, std::size_t& at) {
  static constexpr std::uint32_t k_stray_bytes = 0x110000;
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t length = length_of(first);
  std::uint32_t value = length == 1 ? first : first & (0x7FU >> length);
  std::size_t used = 1;
  for (; used < length && at + used < text.size(); ++used) {
    const auto next = static_cast<unsigned char>(text[at + used]);
    if ((next & 0xC0U) != 0x80U) break;
    value = (value << 6U) | (next & 0x3FU);
  }
  const bool stray = used < length || (length == 1 && first >= 0x80);
  at += stray ? 1 : used;
  return stray ? k_stray_bytes + first : value;
}

bool is_letter_beyond_ascii(std::uint32_t character) {
  return character >= 0x80 && character <= k_last_letter && !is_in(k_pictures, character) &&
         std::none_of(k_no_letters.begin(), k_no_letters.end(),
                      [&](const Range& range) { return is_in(range, character); });
}

}  // namespace pinnace::definition
