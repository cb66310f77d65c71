#include "userfile/passing_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "base/context.hpp"
#include "base/error.hpp"
#include "files/look.hpp"

namespace pinnace::userfile {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_told_after{1000};
constexpr milliseconds k_longest_pause{20};

/// It begins as temporary names do: what a killed process left goes as they do (temporary.hpp).
std::filesystem::path lock_file(const std::filesystem::path& directory) {
  const auto status = files::status(directory);
  const bool sticky = status && (status->st_mode & S_ISVTX) != 0;
  return directory / (std::string(files::AtomicFile::k_prefix) + "lock" +
                      (sticky ? "-" + std::to_string(::geteuid()) : ""));
}

files::UniqueFd open_lock(const std::filesystem::path& path) {
  constexpr int flags = O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  files::UniqueFd fd(::open(path.c_str(), O_RDWR | flags, 0666));
  if (!fd && errno == EACCES) fd.reset(::open(path.c_str(), O_RDONLY | flags, 0666));
  return fd;
}

/// Whether the file that is open still has the name: who had the lock before may have removed it.
bool is_at(const files::UniqueFd& fd, const std::filesystem::path& path) {
  struct stat open {};
  const auto there = files::link_status(path);
  return there && ::fstat(fd.get(), &open) == 0 && open.st_dev == there->st_dev &&
         open.st_ino == there->st_ino;
}

/// A file that somebody else put there where only he can remove it.
bool is_planted(const files::UniqueFd& fd, const std::filesystem::path& path) {
  struct stat open {};
  return path.filename().string().ends_with("-" + std::to_string(::geteuid())) &&
         ::fstat(fd.get(), &open) == 0 && open.st_uid != ::geteuid();
}

}  // namespace

PassingLock::PassingLock(const base::Context& context, const std::filesystem::path& directory,
                         milliseconds patience) {
  const std::filesystem::path path = lock_file(directory);
  milliseconds waited{0};
  bool told = false;
  for (milliseconds pause{1};; pause = std::min(2 * pause, k_longest_pause)) {
    files::UniqueFd fd = open_lock(path);
    if (!fd || is_planted(fd, path)) return;
    const bool locked = ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0;
    if (locked && is_at(fd, path)) {
      m_path = path;
      m_fd = std::move(fd);
      return;
    }
    if (!locked && errno != EWOULDBLOCK && errno != EINTR) return;
    if (waited >= patience)
      throw base::Error(base::ErrorCode::unavailable,
                        "another Pinnace process writes in " + directory.string() +
                            " and does not end (it holds the lock " + path.string() +
                            "); try again when it has ended");
    if (waited >= k_told_after && !std::exchange(told, true))
      context.log("waiting for another Pinnace process that writes in " + directory.string());
    context.sleep(pause);
    waited += pause;
  }
}

PassingLock::PassingLock(PassingLock&& other) noexcept
    : m_path(std::exchange(other.m_path, {})), m_fd(std::move(other.m_fd)) {}

PassingLock::~PassingLock() {
  // While it is held, so that nobody's new one goes.
  if (!m_path.empty()) ::unlink(m_path.c_str());
}

}  // namespace pinnace::userfile
