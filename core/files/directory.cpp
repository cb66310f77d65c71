#include "files/directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "base/error.hpp"
#include "files/names_in.hpp"

namespace pinnace::files {

Directory::Directory(const std::filesystem::path& path) : m_path(path.string()) {
  const char* name = path.empty() ? "." : path.c_str();
  m_fd.reset(::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (m_fd) return;
  if (errno == ENOTDIR) {
    throw base::Error(base::ErrorCode::invalid_input, path.string() + " is not a directory");
  }
  base::throw_errno(errno, "open directory " + path.string());
}

std::string Directory::shown(std::string_view relative) const {
  std::string path = m_path;
  if (!path.empty() && !path.ends_with('/') && !relative.empty()) path += '/';
  return path.append(relative);
}

UniqueFd Directory::open_with(std::string_view relative, int flags, Links links) const {
  const std::string name = relative.empty() ? "." : std::string(relative);
  UniqueFd fd(open_beneath(m_fd.get(), name, flags, links));
  if (fd) return fd;
  const std::string what = shown(name);
  switch (errno) {
    case EXDEV:
      throw base::Error(base::ErrorCode::invalid_input, what + " leads outside of " + m_path);
    case ELOOP:
      throw base::Error(base::ErrorCode::invalid_input,
                        what + " goes through a symbolic link, or links loop");
    case ENOTDIR:
      throw base::Error(base::ErrorCode::invalid_input, what + " is not a directory");
    case ENOENT:
      if (const auto found = status(name); found && S_ISLNK(found->st_mode))
        throw base::Error(base::ErrorCode::invalid_input, what + " is a link to nothing");
      base::throw_errno(ENOENT, "open " + what);
    default:
      base::throw_errno(errno, "open " + what);
  }
}

UniqueFd Directory::open(std::string_view relative, Links links) const {
  // O_NONBLOCK: a FIFO that took the file's place must not make us wait.
  return open_with(relative, O_RDONLY | O_NONBLOCK, links);
}

Directory Directory::open_directory(std::string_view relative, Links links) const {
  return {open_with(relative, O_RDONLY | O_DIRECTORY, links), shown(relative)};
}

std::optional<struct stat> Directory::status(std::string_view relative) const {
  struct stat status {};
  const std::size_t slash = relative.rfind('/');
  if (slash == std::string_view::npos) {
    const std::string name = relative.empty() ? "." : std::string(relative);
    if (::fstatat(m_fd.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
    if (errno == ENOENT) return std::nullopt;
    base::throw_errno(errno, "stat " + shown(name));
  }
  try {
    return open_directory(relative.substr(0, slash), Links::follow)
        .status(relative.substr(slash + 1));
  } catch (const base::Error& error) {
    if (error.code() == base::ErrorCode::not_found) return std::nullopt;
    throw;
  }
}

std::string Directory::read_link(std::string_view relative) const {
  std::array<char, PATH_MAX> target{};
  const std::string name(relative);
  const ssize_t size = ::readlinkat(m_fd.get(), name.c_str(), target.data(), target.size());
  if (size < 0) base::throw_errno(errno, "read link " + shown(name));
  return {target.data(), static_cast<std::size_t>(size)};
}

std::vector<std::string> Directory::names() const {
  return names_in(m_fd.get(), m_path);
}

std::vector<std::string> names_in(int directory, const std::string& shown) {
  // A descriptor of its own: others may read the directory at the same time.
  const UniqueFd fd(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) base::throw_errno(errno, "open directory " + shown);
  std::vector<std::string> names;
  // The system call itself: opendir() makes three more and allocates, for each directory of a tree.
  alignas(dirent64) std::array<char, 32 * 1024> buffer;
  for (;;) {
    const long size = ::syscall(SYS_getdents64, fd.get(), buffer.data(), buffer.size());
    if (size < 0) base::throw_errno(errno, "read directory " + shown);
    if (size == 0) break;
    for (long place = 0; place < size;) {
      const auto* entry = reinterpret_cast<const dirent64*>(buffer.data() + place);
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      place += entry->d_reclen;
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace pinnace::files
