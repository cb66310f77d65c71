#include "cli/protocol/input_watcher.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.hpp"
#include "base/thread.hpp"

namespace pinnace::cli {

InputWatcher::InputWatcher(std::stop_source stop) : m_done(::eventfd(0, EFD_CLOEXEC)) {
  if (!m_done) base::throw_errno(errno, "eventfd");
  m_thread = base::start_thread([this, stop] { watch(stop); });
}

InputWatcher::~InputWatcher() {
  ::eventfd_write(m_done.get(), 1);
}

void InputWatcher::watch(std::stop_source stop) const {
  std::array<pollfd, 2> files = {{{STDIN_FILENO, POLLIN, 0}, {m_done.get(), POLLIN, 0}}};
  for (;;) {
    if (::poll(files.data(), files.size(), -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (files[1].revents != 0) return;
    std::array<char, 256> unasked{};
    const ssize_t size = ::read(STDIN_FILENO, unasked.data(), unasked.size());
    if (size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN)) break;
  }
  stop.request_stop();
}

}  // namespace pinnace::cli
