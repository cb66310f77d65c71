#include "text/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "text/position.hpp"

namespace pinnace::text {

namespace {

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

bool is_control(unsigned char byte) {
  return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
}

void check(std::string_view text, const std::string& file, bool (*is_refused)(unsigned char)) {
  const auto refuse = [&](std::size_t at, std::string_view what) {
    Locator locator(text);
    locator.seek(at);
    fail_at({file, locator.line(), locator.column()}, what);
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = base::first_character(text.substr(at)).size;
    if (size == 0) refuse(at, "not valid UTF-8");
    if (is_refused(static_cast<unsigned char>(text[at])))
      refuse(at, "a control character, expected text");
    at += size;
  }
}

}  // namespace

std::uint32_t take_character(std::string_view text, std::size_t& at) {
  static constexpr std::uint32_t k_stray_bytes = 0x110000;
  const base::Character character = base::first_character(text.substr(at));
  if (character.size == 0) return k_stray_bytes + static_cast<unsigned char>(text[at++]);
  at += character.size;
  return character.value;
}

bool is_letter_beyond_ascii(std::uint32_t character) {
  return character >= 0x80 && character <= k_last_letter && !is_in(k_pictures, character) &&
         std::none_of(k_no_letters.begin(), k_no_letters.end(),
                      [&](const Range& range) { return is_in(range, character); });
}

void check_text(std::string_view text, const std::string& file) {
  check(text, file, is_control);
}

void check_utf8(std::string_view text, const std::string& file) {
  check(text, file, [](unsigned char byte) { return byte == 0; });
}

}  // namespace pinnace::text
