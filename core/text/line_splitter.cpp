#include "text/line_splitter.hpp"

namespace pinnace::text {

namespace {

constexpr std::size_t k_max_line = std::size_t{64} << 10;

/// Programs that draw progress return to the start of the line: what was there last counts.
std::string_view shown(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line.substr(line.rfind('\r') + 1);  // npos + 1 is 0
}

}  // namespace

void LineSplitter::add(std::string_view bytes) {
  m_held.append(bytes);
  std::string_view rest = m_held;
  for (;;) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    m_take(shown(rest.substr(0, end)));
    rest.remove_prefix(end + 1);
  }
  if (rest.size() >= k_max_line) {
    m_take(shown(rest));
    rest = {};
  }
  m_held.erase(0, m_held.size() - rest.size());
}

void LineSplitter::finish() {
  if (!m_held.empty()) m_take(shown(m_held));
  m_held.clear();
}

}  // namespace pinnace::text
