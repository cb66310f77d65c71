#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pinnace::base {

/// A character of a text in UTF-8.
struct Character {
  std::uint32_t value = 0;  ///< its code point
  std::size_t size = 0;     ///< bytes; 0: no well-formed UTF-8
};

/// The well-formed character (Unicode, table 3-7) at the front of `text`, which is not empty.
Character first_character(std::string_view text);

/// Whether a byte of UTF-8 continues a character that began before it.
inline bool continues_character(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace pinnace::base
