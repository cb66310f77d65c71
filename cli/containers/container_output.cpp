#include "cli/containers/container_output.hpp"

namespace pinnace::cli {

void ContainerOutput::on_event(const base::Event& event) noexcept {
  switch (event.kind) {
    case base::Event::Kind::output:
      return write(m_output, event.text);
    case base::Event::Kind::error_output:
      return write(m_errors, event.text);
    case base::Event::Kind::ready:
      if (m_says_ready) m_terminal.on_event(event);
      return;
    case base::Event::Kind::log:
    case base::Event::Kind::progress:
    case base::Event::Kind::warning:
      return m_terminal.on_event(event);
  }
}

void ContainerOutput::finish() {
  for (OutputStream* stream : {&m_output, &m_errors}) {
    stream->finish(m_stop.get_token());
    stream->check();
  }
}

void ContainerOutput::write(OutputStream& stream, std::string_view bytes) noexcept {
  stream.write(bytes, m_stop.get_token());
  if (stream.is_unread()) m_stop.request_stop();
}

}  // namespace pinnace::cli
