#include "files/scratch.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "files/directory.hpp"
#include "files/remove_tree.hpp"
#include "files/temporary.hpp"

namespace pinnace::files {

ScratchDirectory::~ScratchDirectory() {
  try {
    if (m_path.empty()) return;
    const Directory parent(m_path.parent_path());
    remove_tree(parent.fd(), m_path.filename(), m_path.string());
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next job removes it
  }
}

const std::filesystem::path& ScratchDirectory::path() const {
  const std::lock_guard guard(m_mutex);
  if (!m_path.empty()) return m_path;
  make_directories(m_parent);
  remove_abandoned(Directory(m_parent));
  std::string made;
  do {
    made = (m_parent / (std::string(AtomicFile::k_prefix) + "XXXXXX")).string();
    if (::mkdtemp(made.data()) == nullptr)
      base::throw_errno(errno, "create a directory in " + m_parent.string());
    m_in_use.reset(::open(made.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  } while (!m_in_use || !mark_in_use(m_in_use, made));
  m_path = made;
  return m_path;
}

}  // namespace pinnace::files
