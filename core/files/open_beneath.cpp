#include "files/open_beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <string_view>
#include <vector>

#include "files/file.hpp"

namespace pinnace::files {

namespace {

constexpr int k_max_links = 40;  // as Linux

/// openat2() refuses what makes no sense together, which openat() ignores.
int with_ours(int flags) noexcept {
  return flags | O_CLOEXEC | ((flags & O_PATH) != 0 ? 0 : O_NOCTTY);
}

int open_by_kernel(int directory, const std::string& path, int flags, Links links) {
  open_how how{};
  how.flags = static_cast<decltype(how.flags)>(with_ours(flags));
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  if (links == Links::refuse) how.resolve |= RESOLVE_NO_SYMLINKS;
  for (;;) {
    const long fd = ::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof(how));
    // EAGAIN: the kernel could not rule out a race with a rename; asking again is what it wants.
    if (fd >= 0 || (errno != EINTR && errno != EAGAIN)) return static_cast<int>(fd);
  }
}

int fail(int error) noexcept {
  errno = error;
  return -1;
}

/// A path on its way, and the directories that it has come through.
class Steps {
 public:
  Steps(int directory, Links links) : m_root(directory), m_links(links) {}

  bool push(std::string_view path) {
    if (path.starts_with('/')) return false;
    std::vector<std::string> parts;
    while (!path.empty()) {
      const std::size_t slash = path.find('/');
      if (slash != 0) parts.emplace_back(path.substr(0, slash));
      path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    m_rest.insert(m_rest.begin(), parts.begin(), parts.end());
    return true;
  }
  int open(int flags);

 private:
  /// Whether the directories on the way are needed again: paths are deeper than descriptors are
  /// many.
  bool may_turn_back() const {
    return m_links == Links::follow ||
           std::find(m_rest.begin(), m_rest.end(), "..") != m_rest.end();
  }
  int current() const { return m_parents.empty() ? m_root : m_parents.back().get(); }
  /// 0, or an errno.
  int enter(const std::string& name);
  int follow(const UniqueFd& link);

  int m_root;
  Links m_links;
  std::vector<UniqueFd> m_parents;
  std::deque<std::string> m_rest;
  int m_followed = 0;
};

int Steps::follow(const UniqueFd& link) {
  if (m_links == Links::refuse || ++m_followed > k_max_links) return ELOOP;
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlinkat(link.get(), "", target.data(), target.size());
  if (size < 0) return errno;
  return push({target.data(), static_cast<std::size_t>(size)}) ? 0 : EXDEV;
}

int Steps::enter(const std::string& name) {
  if (name == ".") return 0;
  if (name == "..") {
    if (m_parents.empty()) return EXDEV;
    m_parents.pop_back();
    return 0;
  }
  UniqueFd fd(::openat(current(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return errno;
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return errno;
  if (S_ISLNK(status.st_mode)) return follow(fd);
  if (!S_ISDIR(status.st_mode)) return m_rest.empty() ? -1 : ENOTDIR;
  if (!may_turn_back()) m_parents.clear();
  m_parents.push_back(std::move(fd));
  return 0;
}

int Steps::open(int flags) {
  while (!m_rest.empty()) {
    const std::string name = std::move(m_rest.front());
    m_rest.pop_front();
    const int outcome = enter(name);
    // The end of the path is a file: opened by name, and not through a link that took its place.
    if (outcome == -1) {
      return ::openat(current(), name.c_str(), with_ours(flags) | O_NOFOLLOW);
    }
    if (outcome != 0) return fail(outcome);
  }
  return ::openat(current(), ".", with_ours(flags));
}

}  // namespace

int open_beneath_by_steps(int directory, const std::string& path, int flags, Links links) {
  Steps steps(directory, links);
  return steps.push(path) ? steps.open(flags) : fail(EXDEV);
}

int open_beneath(int directory, const std::string& path, int flags, Links links) {
  const int fd = open_by_kernel(directory, path, flags, links);
  // EPERM: what some seccomp filters answer for system calls that they do not know.
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return fd;
  return open_beneath_by_steps(directory, path, flags, links);
}

}  // namespace pinnace::files
