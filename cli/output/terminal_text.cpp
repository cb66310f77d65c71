#include "cli/output/terminal_text.hpp"

#include <algorithm>
#include <utility>

#include "base/shown.hpp"
#include "base/utf8.hpp"

namespace pinnace::cli {

namespace {

/// How many bytes at the end are the beginning of a character.
std::size_t begun(std::string_view text) {
  for (std::size_t size = 1; size <= std::min<std::size_t>(3, text.size()); ++size) {
    const auto byte = static_cast<unsigned char>(text[text.size() - size]);
    if (base::continues_character(static_cast<char>(byte))) continue;
    const std::size_t whole = byte >= 0xf0U ? 4 : byte >= 0xe0U ? 3 : byte >= 0xc0U ? 2 : 1;
    return size < whole ? size : 0;
  }
  return 0;
}

}  // namespace

std::string TerminalText::add(std::string_view bytes) {
  const std::string text = std::exchange(m_rest, {}) + std::string(bytes);
  std::string_view rest = text;
  m_rest = rest.substr(rest.size() - begun(rest));
  rest.remove_suffix(m_rest.size());
  std::string shown;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    shown += base::printable(rest.substr(0, end));
    shown += rest.substr(end, 1);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return shown;
}

std::string TerminalText::finish() {
  return base::printable(std::exchange(m_rest, {}));
}

}  // namespace pinnace::cli
