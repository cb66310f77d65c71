#include "files/descent.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace pinnace::files {

bool Descent::enter(const std::string& name) {
  UniqueFd fd(::openat(current(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return false;
  m_levels.push_back({status.st_dev, status.st_ino});
  m_current = std::move(fd);
  return true;
}

bool Descent::leave() {
  m_levels.pop_back();
  if (m_levels.empty()) {
    m_current.reset();
    return true;
  }
  UniqueFd above(::openat(m_current.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status {};
  if (!above || ::fstat(above.get(), &status) != 0) return false;
  if (status.st_dev != m_levels.back().device || status.st_ino != m_levels.back().inode) {
    errno = ESTALE;
    return false;
  }
  m_current = std::move(above);
  return true;
}

}  // namespace pinnace::files
