#include "files/remove_tree.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/error.hpp"
#include "files/descent.hpp"
#include "files/names_in.hpp"

namespace pinnace::files {

namespace {

/// A directory that is being emptied.
struct Level {
  std::string name;
  std::vector<std::string> left;  ///< names that are still to be removed
};

class Removal {
 public:
  Removal(int directory, const std::string& shown) : m_place(directory), m_shown(shown) {}
  void remove(const std::string& name);

 private:
  /// Removes a file, or enters a directory.
  void take(const std::string& name);
  /// Removes the directory that is empty now, from the one above.
  void leave();
  [[noreturn]] void fail(int error) const { base::throw_errno(error, "remove " + m_shown); }

  Descent m_place;
  const std::string& m_shown;
  std::vector<Level> m_levels;
};

void Removal::take(const std::string& name) {
  if (::unlinkat(m_place.current(), name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR || !m_place.enter(name)) fail(errno);
  m_levels.push_back({name, names_in(m_place.current(), m_shown)});
}

void Removal::leave() {
  const std::string name = std::move(m_levels.back().name);
  m_levels.pop_back();
  if (!m_place.leave()) {
    if (errno != ESTALE) fail(errno);
    throw base::Error(base::ErrorCode::io,
                      "remove " + m_shown + ": somebody moves its directories");
  }
  if (::unlinkat(m_place.current(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
    fail(errno);
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

}  // namespace pinnace::files
