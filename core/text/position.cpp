#include "text/position.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace pinnace::text {

std::string Position::str() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

void fail_at(const Position& position, std::string_view message, base::ErrorCode code) {
  throw base::Error(code, position.str() + ": " + std::string(message));
}

void Locator::seek(std::size_t offset) {
  offset = std::min(offset, m_text.size());
  while (m_offset > offset && m_text[m_offset - 1] != '\n') {
    if (!base::continues_character(m_text[--m_offset])) --m_column;
  }
  if (m_offset > offset) *this = Locator(m_text);
  for (; m_offset < offset; ++m_offset) {
    if (m_text[m_offset] == '\n') {
      ++m_line;
      m_column = 1;
    } else if (!base::continues_character(m_text[m_offset])) {
      ++m_column;
    }
  }
}

}  // namespace pinnace::text
