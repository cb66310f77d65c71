#include "run/line_splitter.hpp"

namespace pinnace::run {

namespace {

constexpr std::size_t k_max_line = std::size_t{64} << 10;

/// Programs that draw progress return to the start of the line: what was there last counts.
std::string_view shown(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line.substr(line.rfind('\r') + 1);  // npos + 1 is 0
}

}  // namespace

void LineSplitter::take(const Frame& frame) {
  if (frame.type == FrameType::output) take(m_output, false, frame.payload);
  if (frame.type == FrameType::error) take(m_error, true, frame.payload);
}

void LineSplitter::take(std::string& held, bool error, std::string_view bytes) {
  held.append(bytes);
  std::string_view rest = held;
  for (;;) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    m_sink.on_line(error, shown(rest.substr(0, end)));
    rest.remove_prefix(end + 1);
  }
  if (rest.size() >= k_max_line) {
    m_sink.on_line(error, shown(rest));
    rest = {};
  }
  held.erase(0, held.size() - rest.size());
}

void LineSplitter::finish() {
  if (!m_output.empty()) m_sink.on_line(false, shown(m_output));
  if (!m_error.empty()) m_sink.on_line(true, shown(m_error));
  m_output.clear();
  m_error.clear();
}

}  // namespace pinnace::run
