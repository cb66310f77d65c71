#include "local/detached.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "files/disk_usage.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "files/remove_tree.hpp"
#include "files/scratch.hpp"
#include "files/temporary.hpp"

namespace pinnace::local::detached {

namespace fs = std::filesystem;
using Time = std::chrono::system_clock::time_point;

namespace {

/// When it wrote last; nullopt if it is gone.
std::optional<Time> last_used(const fs::path& container) {
  auto status = files::link_status(container / "log");
  if (!status) status = files::link_status(container);
  if (!status) return std::nullopt;
  return std::chrono::system_clock::from_time_t(status->st_mtime);
}

bool has_ended(const fs::path& container, Time used_since) {
  if (is_watched(container)) return false;
  const auto used = last_used(container);
  return used && *used < used_since;
}

/// 0 if it is gone meanwhile.
std::uint64_t bytes_in(const files::Directory& all, const std::string& name) {
  try {
    return files::disk_usage(all.open_directory(name, files::Links::refuse));
  } catch (const base::Error& error) {
    if (error.code() != base::ErrorCode::not_found) throw;
    return 0;
  }
}

}  // namespace

bool is_id(std::string_view text) {
  return text.size() == k_id_digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_container(const fs::path& directory) {
  if (!is_id(directory.filename().native())) return false;
  const auto status = files::link_status(directory);
  if (!status || !S_ISDIR(status->st_mode)) return false;
  try {
    const auto names = files::Directory(directory).names();
    return std::all_of(names.begin(), names.end(), [](const std::string& name) {
      return name == "image" || name == "lock" || name == "log" || name == "ports" ||
             files::is_own_name(name);
    });
  } catch (const base::Error& error) {
    if (error.code() != base::ErrorCode::not_found) throw;
    return false;
  }
}

files::UniqueFd make(const fs::path& container, std::string_view image) {
  const files::ScratchDirectory scratch(container.parent_path());
  const fs::path made = scratch.path() / container.filename();
  if (::mkdir(made.c_str(), 0700) != 0) base::throw_errno(errno, "make " + made.string());
  files::write_file_atomically(made / "image", image);
  constexpr int k_flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;
  files::UniqueFd lock(::open((made / "lock").c_str(), k_flags, 0600));
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0) base::throw_errno(errno, "lock " + made.string());
  if (::rename(made.c_str(), container.c_str()) != 0)
    base::throw_errno(errno, "make " + container.string());
  return lock;
}

bool is_watched(const fs::path& container) {
  const fs::path lock = container / "lock";
  const files::UniqueFd fd(::open(lock.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return false;
  if (!fd) base::throw_errno(errno, "look at " + lock.string());
  // Shared, so that those who ask don't take each other for the one who watches.
  while (::flock(fd.get(), LOCK_SH | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return true;
    if (errno != EINTR) base::throw_errno(errno, "look at " + lock.string());
  }
  return false;
}

pid_t watcher_of(const fs::path& container) {
  const std::string text = files::read_file_if_any(container / "lock", 4096).value_or("");
  pid_t pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  return pid;
}

bool signal_watcher(const fs::path& container, int number) {
  const pid_t pid = watcher_of(container);
  if (pid <= 0) return false;
  const files::UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  // Who still watches now has had that number since before.
  if (!process || !is_watched(container)) return false;
  return ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0) == 0;
}

files::Collected collect(const fs::path& directory, Time used_since) {
  files::Collected result;
  if (!files::exists(directory)) return result;
  const files::Directory all(directory);
  (void)files::remove_abandoned(all);  // of those who were killed while they made one
  for (const std::string& name : all.names()) {
    const fs::path container = directory / name;
    if (!is_container(container)) continue;
    const std::uint64_t bytes = bytes_in(all, name);
    if (!has_ended(container, used_since)) {
      result.kept_bytes += bytes;
      continue;
    }
    files::remove_tree(all.fd(), name, container.string());
    ++result.removed_files;
    result.removed_bytes += bytes;
  }
  return result;
}

}  // namespace pinnace::local::detached
