#include "watcher.hpp"

#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "files/file.hpp"

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
  if (event.kind != base::Event::Kind::log) return;
  const std::string_view text = event.text;
  try {
    if (text.starts_with(k_ready)) say_ready(event.text.substr(k_ready.size()) + "\n");
    if (text.starts_with("| ") || text.starts_with("! ")) m_log.write(event.text.substr(2) + "\n");
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): there is no other place for it
  }
}

void WatchedOutput::say_ready(const std::string& what) {
  std::string failure;
  try {
    files::write_file_atomically(m_directory / "ports", what);
  } catch (const std::exception& error) {
    failure = error.what();
  }
  (void)!::write(k_ready_fd, what.data(), what.size());
  ::close(k_ready_fd);
  if (!failure.empty()) m_log.write("warning: ps can't say its ports: " + failure + "\n");
}

}  // namespace pinnace::cli
