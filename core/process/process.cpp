#include "process/process.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <functional>

#include "base/error.hpp"
#include "process/spawn.hpp"

namespace pinnace::process {

using base::Error;
using base::ErrorCode;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds k_grace{500};

int milliseconds_until(Clock::time_point when) {
  const auto rest = std::chrono::ceil<std::chrono::milliseconds>(when - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(rest, 0, 60'000));
}

/// Becomes readable when a stop is requested, so that poll() wakes at once.
class StopSignal {
 public:
  explicit StopSignal(const std::stop_token& token)
      : m_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), m_callback(token, [this] { raise(); }) {
    if (!m_fd) base::throw_errno(errno, "create an event");
  }
  int fd() const noexcept { return m_fd.get(); }

 private:
  void raise() noexcept {
    if (m_fd) ::eventfd_write(m_fd.get(), 1);
  }

  files::UniqueFd m_fd;
  std::stop_callback<std::function<void()>> m_callback;
};

enum class Drained { open, end };

/// Takes what can be had without waiting. Beyond `limit` bytes, `text` is one byte too long.
Drained drain(int fd, std::string& text, std::size_t limit) {
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size == 0) return Drained::end;
    if (size < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return Drained::open;
      base::throw_errno(errno, "read a program's output");
    }
    text.append(buffer.data(), std::min(static_cast<std::size_t>(size), limit + 1 - text.size()));
    if (text.size() > limit) return Drained::open;
  }
}

class Run {
 public:
  Run(const base::Context& context, const Command& command)
      : m_command(command),
        m_deadline(Clock::now() + command.deadline),
        m_heard(Clock::now()),
        m_stop(context.stop),
        m_child(command) {}

  Result finish() {
    while (!wait_for_something()) {
    }
    const int status = m_child.reap();
    m_result.error.resize(std::min(m_result.error.size(), m_command.error_limit));
    if (WIFSIGNALED(status)) {
      m_result.exit_code = -1;
      m_result.signal = WTERMSIG(status);
    } else {
      m_result.exit_code = WEXITSTATUS(status);
    }
    return std::move(m_result);
  }

 private:
  const std::string& program() const { return m_command.arguments.front(); }

  /// True when the child has ended and its output is taken.
  bool wait_for_something() {
    std::array<pollfd, 4> fds = {pollfd{m_child.ended(), POLLIN, 0}, pollfd{m_stop.fd(), POLLIN, 0},
                                 pollfd{m_child.output(), POLLIN, 0},
                                 pollfd{m_child.error(), POLLIN, 0}};
    const int count = ::poll(fds.data(), fds.size(), milliseconds_until(next_end()));
    if (count < 0 && errno != EINTR) base::throw_errno(errno, "wait for " + program());
    if (count <= 0) {
      check_deadline();
      return false;
    }
    const bool ended = fds[0].revents != 0;
    if (fds[2].revents != 0 || fds[3].revents != 0) m_heard = Clock::now();
    take_output();
    if (ended) return true;
    if (fds[1].revents != 0) stop(ErrorCode::cancelled, "cancelled");
    check_deadline();
    return false;
  }

  void take_output() {
    if (m_child.output() >= 0 &&
        drain(m_child.output(), m_result.output, m_command.output_limit) == Drained::end) {
      m_child.close_output();
    }
    if (m_command.on_output) hand_on();
    if (m_result.output.size() > m_command.output_limit) {
      stop(ErrorCode::invalid_input,
           program() + " wrote more than " + std::to_string(m_command.output_limit) + " bytes");
    }
    take_error();
  }

  void hand_on() {
    try {
      m_command.on_output(m_result.output);
    } catch (...) {
      end_group();
      throw;
    }
    m_result.output.clear();
  }

  /// What is over the limit is read and dropped, so that the child can go on; not for ever at once,
  /// as the deadline must be seen by who floods us.
  void take_error() {
    for (int round = 0; round < 16 && m_child.error() >= 0; ++round) {
      if (drain(m_child.error(), m_result.error, m_command.error_limit) == Drained::end) {
        m_child.close_error();
      }
      if (m_result.error.size() <= m_command.error_limit) return;
      m_result.error.resize(m_command.error_limit);
    }
  }

  bool has_silence() const { return m_command.silence.count() != 0; }
  /// When it is given up if nothing happens until then.
  Clock::time_point next_end() const {
    return has_silence() ? std::min(m_deadline, m_heard + m_command.silence) : m_deadline;
  }

  void check_deadline() {
    const auto now = Clock::now();
    if (now >= m_deadline)
      stop(ErrorCode::unavailable,
           program() + " did not end within " + std::to_string(m_command.deadline.count()) + " ms");
    if (has_silence() && now >= m_heard + m_command.silence)
      stop(ErrorCode::unavailable,
           program() + " was silent for " + std::to_string(m_command.silence.count()) + " ms");
  }

  void end_group() {
    m_child.signal_group(SIGTERM);
    pollfd ended{m_child.ended(), POLLIN, 0};
    const auto until = Clock::now() + k_grace;
    while (::poll(&ended, 1, milliseconds_until(until)) < 0 && errno == EINTR) {
    }
    m_child.signal_group(SIGKILL);
    m_child.reap();
  }

  [[noreturn]] void stop(ErrorCode code, std::string message) {
    end_group();
    throw Error(code, std::move(message));
  }

  const Command& m_command;
  Clock::time_point m_deadline;
  Clock::time_point m_heard;  ///< when it wrote last
  StopSignal m_stop;
  Child m_child;
  Result m_result;
};

}  // namespace

const int k_file_limit_signal = SIGXFSZ;

std::string Result::status() const {
  return signal != 0 ? "signal " + std::to_string(signal)
                     : "exit code " + std::to_string(exit_code);
}

Result run(const base::Context& context, const Command& command) {
  context.check();
  return Run(context, command).finish();
}

}  // namespace pinnace::process
