#pragma once

#include <unistd.h>

#include <stop_token>

#include "base/context.hpp"
#include "cli/output/output_stream.hpp"

namespace pinnace::cli {

/// Passes on what a container writes to our own standard output and standard error, and all else to
/// the terminal. One whose output nobody reads any more is stopped, as a program behind a pipe is.
class ContainerOutput final : public base::EventSink {
 public:
  /// `says_ready`: whether it is told that it is ready. `stop`: of its job.
  ContainerOutput(base::EventSink& terminal, std::stop_source stop, bool says_ready)
      : m_terminal(terminal), m_stop(std::move(stop)), m_says_ready(says_ready) {}

  void on_event(const base::Event& event) noexcept override;

  bool is_unread() const { return m_output.is_unread() || m_errors.is_unread(); }
  /// It has ended. Throws io if something was lost.
  void finish();

 private:
  void write(OutputStream& stream, std::string_view bytes) noexcept;

  base::EventSink& m_terminal;
  std::stop_source m_stop;
  bool m_says_ready;
  OutputStream m_output{STDOUT_FILENO, "standard output"};
  OutputStream m_errors{STDERR_FILENO, "standard error"};
};

}  // namespace pinnace::cli
