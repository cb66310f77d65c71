#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "files/file.hpp"

namespace pinnace::files {

/// A way down a tree of directories and up again, however deep that is: at most three descriptors
/// are open, and no path gets long. Links are not followed, and nothing outside is reached, even
/// when somebody moves directories meanwhile.
class Descent {
 public:
  /// `top` stays the caller's.
  explicit Descent(int top) : m_top(top) {}

  /// The directory where we are.
  int current() const noexcept { return m_levels.empty() ? m_top : m_current.get(); }
  bool at_top() const noexcept { return m_levels.empty(); }
  /// Into a directory of the current one, open for reading. False, with errno: it can't be entered.
  bool enter(const std::string& name);
  /// To the one above. False, with errno: it can't be had, or (ESTALE) it is another one, as
  /// somebody moves directories; we are nowhere then.
  bool leave();

 private:
  struct Level {
    dev_t device = 0;
    ino_t inode = 0;
  };

  int m_top;
  std::vector<Level> m_levels;
  UniqueFd m_current;
};

}  // namespace pinnace::files
