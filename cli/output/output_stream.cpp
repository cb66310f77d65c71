#include "cli/output/output_stream.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/error.hpp"

namespace pinnace::cli {

namespace {

constexpr int k_between_looks_ms = 100;
constexpr int k_most_looks = 5;  ///< after a stop request

bool is_file(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

bool is_open_for_writing(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

}  // namespace

OutputStream::OutputStream(int fd, const char* what)
    : m_fd(fd), m_what(what), m_is_terminal(::isatty(fd) == 1), m_may_wait(!is_file(fd)) {
  // poll() would wait for ever.
  if (!is_open_for_writing(fd)) m_error = EBADF;
}

void OutputStream::write(std::string_view bytes, const std::stop_token& stop) {
  if (!m_is_terminal) return write_all(bytes, stop);
  write_all(m_text.add(bytes), stop);
}

void OutputStream::finish(const std::stop_token& stop) {
  write_all(m_text.finish(), stop);
}

bool OutputStream::is_unread() const noexcept {
  return m_error == EPIPE;
}

void OutputStream::check() const {
  if (m_error != 0 && !is_unread())
    base::throw_errno(m_error, "cannot write to " + std::string(m_what));
}

/// A pipe that has room takes PIPE_BUF bytes at once: no write waits for who doesn't read.
void OutputStream::write_all(std::string_view rest, const std::stop_token& stop) {
  int looks = 0;
  while (!rest.empty() && m_error == 0) {
    pollfd room{m_fd, POLLOUT, 0};
    if (m_may_wait && ::poll(&room, 1, k_between_looks_ms) <= 0) {
      if (stop.stop_requested() && ++looks == k_most_looks) m_error = EPIPE;
      continue;
    }
    const std::size_t most = m_may_wait ? PIPE_BUF : rest.size();
    const ssize_t size = ::write(m_fd, rest.data(), std::min(most, rest.size()));
    if (size > 0) rest.remove_prefix(static_cast<std::size_t>(size));
    if (size < 0 && errno != EINTR && errno != EAGAIN) m_error = errno;
  }
}

}  // namespace pinnace::cli
