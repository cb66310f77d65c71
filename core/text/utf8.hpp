#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pinnace::text {

/// The code point of the UTF-8 character at `at` of `text`, and moves `at` behind it. A byte that
/// is no UTF-8 is one by itself: 0x110000 and its value, which no character has.
std::uint32_t take_character(std::string_view text, std::size_t& at);

/// Whether a name of a variable may have that character beyond ASCII: what is punctuation, a symbol
/// or a space in all scripts is none. Marks of single scripts count as the letters that they stand
/// at.
bool is_letter_beyond_ascii(std::uint32_t character);

/// Throws invalid_input at the first byte that is no UTF-8, or a control character other than tab
/// and line ends (RFC 3629; YAML 1.2.2, 5.1).
void check_text(std::string_view text, const std::string& file);

/// Throws invalid_input at the first byte that is no UTF-8, or is zero.
void check_utf8(std::string_view text, const std::string& file);

}  // namespace pinnace::text
