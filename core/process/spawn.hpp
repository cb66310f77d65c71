#pragma once

#include <sys/types.h>

#include "files/file.hpp"
#include "process/process.hpp"

namespace pinnace::process {

/// What a child reads: the command's text, or what we write while it runs.
enum class Input { text, stream };

/// A child that runs, as the leader of its own process group, and our ends of what it writes to.
/// The destructor kills the group and reaps the child if nobody did.
class Child {
 public:
  /// Throws not_found, invalid_input, io.
  explicit Child(const Command& command, Input input = Input::text);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  /// Of Input::stream, else -1: a socket, so that send(MSG_NOSIGNAL) needs no handler for a child
  /// that has ended.
  int input() const noexcept { return m_input.get(); }
  int output() const noexcept { return m_output.get(); }
  int error() const noexcept { return m_error.get(); }
  /// Becomes readable when the child ends (pidfd_open).
  int ended() const noexcept { return m_ended.get(); }
  void close_input() noexcept { m_input.reset(); }
  void close_output() noexcept { m_output.reset(); }
  void close_error() noexcept { m_error.reset(); }

  /// Sends `signal` to the whole group. The group's id can't have been taken by others, as the
  /// child is not reaped yet.
  void signal_group(int signal) const noexcept;
  /// Waits for the child's end; its status as waitpid(2) has it.
  int reap() noexcept;

 private:
  pid_t m_pid = -1;
  files::UniqueFd m_input;
  files::UniqueFd m_output;
  files::UniqueFd m_error;
  files::UniqueFd m_ended;
};

/// The file of the program: `name` itself if it has a "/", else the first executable of that name
/// in PATH of `environment`. Throws not_found.
std::string find_program(const std::string& name, const Environment& environment);

}  // namespace pinnace::process
