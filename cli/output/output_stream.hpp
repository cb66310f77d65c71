#pragma once

#include <stop_token>
#include <string_view>

#include "cli/output/terminal_text.hpp"

namespace pinnace::cli {

/// Where what a container writes goes: standard output or standard error, as it comes, or, where
/// that is a terminal, as TerminalText has it. Not from several threads.
class OutputStream {
 public:
  /// `what`: "standard output"; for the error.
  OutputStream(int fd, const char* what);

  /// Waits for who reads, if it must; after a stop request not for long.
  void write(std::string_view bytes, const std::stop_token& stop);
  /// What was held back.
  void finish(const std::stop_token& stop);
  /// Nobody reads it any more.
  bool is_unread() const noexcept;
  /// Throws io if something could not be written, though somebody reads it.
  void check() const;

 private:
  void write_all(std::string_view rest, const std::stop_token& stop);

  int m_fd;
  const char* m_what;
  bool m_is_terminal;
  bool m_may_wait;  ///< it is no file
  TerminalText m_text;
  int m_error = 0;  ///< an errno
};

}  // namespace pinnace::cli
