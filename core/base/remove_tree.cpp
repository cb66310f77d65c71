#include "base/remove_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/names_in.hpp"

namespace pinnace::base {

namespace {

/// A directory that is being emptied. It isn't held open: there may be more of them than
/// descriptors.
struct Level {
  std::string name;
  dev_t device = 0;
  ino_t inode = 0;
  std::vector<std::string> left;  ///< names that are still to be removed
};

class Removal {
 public:
  Removal(int directory, const std::string& shown) : m_top(directory), m_shown(shown) {}
  void remove(const std::string& name);

 private:
  /// Removes a file, or enters a directory.
  void take(const std::string& name);
  void enter(const std::string& name);
  /// Removes the directory that is empty now, from the one above.
  void leave();
  int current() const { return m_levels.empty() ? m_top : m_current.get(); }
  [[noreturn]] void fail(int error) const { throw_errno(error, "remove " + m_shown); }

  int m_top;
  const std::string& m_shown;
  std::vector<Level> m_levels;
  UniqueFd m_current;
};

void Removal::take(const std::string& name) {
  if (::unlinkat(current(), name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR) fail(errno);
  enter(name);
}

void Removal::enter(const std::string& name) {
  UniqueFd fd(::openat(current(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) fail(errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) fail(errno);
  m_levels.push_back({name, status.st_dev, status.st_ino, names_in(fd.get(), m_shown)});
  m_current = std::move(fd);
}

void Removal::leave() {
  const std::string name = std::move(m_levels.back().name);
  m_levels.pop_back();
  if (!m_levels.empty()) {
    UniqueFd above(::openat(m_current.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!above) fail(errno);
    struct stat status {};
    if (::fstat(above.get(), &status) != 0) fail(errno);
    if (status.st_dev != m_levels.back().device || status.st_ino != m_levels.back().inode)
      throw Error(ErrorCode::io, "remove " + m_shown + ": somebody moves its directories");
    m_current = std::move(above);
  }
  if (::unlinkat(current(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) fail(errno);
}

void Removal::remove(const std::string& name) {
  take(name);
  while (!m_levels.empty()) {
    std::vector<std::string>& left = m_levels.back().left;
    if (left.empty()) {
      leave();
      continue;
    }
    const std::string next = std::move(left.back());
    left.pop_back();
    take(next);
  }
}

}  // namespace

void remove_tree(int directory, const std::string& name, const std::string& shown) {
  Removal(directory, shown).remove(name);
}

}  // namespace pinnace::base
