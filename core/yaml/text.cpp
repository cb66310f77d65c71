#include <array>
#include <cstdint>

#include "yaml/value.hpp"

namespace pinnace::yaml {

namespace {

unsigned char byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool continues(std::string_view text, std::size_t at) {
  return (byte_at(text, at) & 0xC0U) == 0x80U;
}

/// Bytes of the well-formed character at `at` (Unicode, table 3-7), or 0.
std::size_t character_length(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  const unsigned second = byte_at(text, at + 1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !continues(text, at + 1)) return 0;
  if (first < 0xE0) return 2;
  if (!continues(text, at + 2)) return 0;
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  const bool out_of_range = (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
  return out_of_range || !continues(text, at + 3) ? 0 : 4;
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
    const std::size_t length = character_length(text, at);
    if (length == 0) refuse(at, "not valid UTF-8");
    if (is_refused(byte_at(text, at))) refuse(at, "a control character, expected text");
    at += length;
  }
}

}  // namespace

void check_text(std::string_view text, const std::string& file) {
  check(text, file, is_control);
}

void check_utf8(std::string_view text, const std::string& file) {
  check(text, file, [](unsigned char byte) { return byte == 0; });
}

void Locator::seek(std::size_t offset) {
  offset = std::min(offset, m_text.size());
  while (m_offset > offset && m_text[m_offset - 1] != '\n') {
    if (!continues(m_text, --m_offset)) --m_column;
  }
  if (m_offset > offset) *this = Locator(m_text);
  for (; m_offset < offset; ++m_offset) {
    if (m_text[m_offset] == '\n') {
      ++m_line;
      m_column = 1;
    } else if (!continues(m_text, m_offset)) {
      ++m_column;
    }
  }
}

}  // namespace pinnace::yaml
