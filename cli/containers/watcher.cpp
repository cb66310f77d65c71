#include "cli/containers/watcher.hpp"

#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "files/file.hpp"
#include "job/ready.hpp"

namespace pinnace::cli {

namespace fs = std::filesystem;

void say_who_watches() {
  const std::string pid = std::to_string(::getpid());
  if (::write(k_lock_fd, pid.data(), pid.size()) < 0) base::throw_errno(errno, "say who watches");
}

WatchedOutput::WatchedOutput()
    : m_directory(fs::read_symlink("/proc/self/fd/" + std::to_string(k_lock_fd)).parent_path()),
      m_log(m_directory / "log", {STDOUT_FILENO, STDERR_FILENO}) {}

void WatchedOutput::on_event(const base::Event& event) noexcept {
  using Kind = base::Event::Kind;
  try {
    if (event.kind == Kind::ready) say_ready(job::Ready::of(event.ports).text() + "\n");
    if (event.kind == Kind::output || event.kind == Kind::error_output) m_log.write(event.text);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): there is no other place for it
  }
}

void WatchedOutput::say_ready(const std::string& ready) {
  std::string failure;
  try {
    files::write_file_atomically(m_directory / "ports", ready);
  } catch (const std::exception& error) {
    failure = error.what();
  }
  (void)!::write(k_ready_fd, ready.data(), ready.size());
  ::close(k_ready_fd);
  if (!failure.empty()) m_log.write("warning: ps can't say its ports: " + failure + "\n");
}

}  // namespace pinnace::cli
