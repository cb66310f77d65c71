#pragma once

#include <string>
#include <vector>

#include "base/open_root.hpp"

namespace pinnace::sandbox {

/// Places that mounts need and the image does not have: made before the container runs, removed
/// after it, if nobody put anything there. They are removed where they are then, as the container
/// may have moved the directories that they are in; what it has put in their place stays.
class Stubs {
 public:
  explicit Stubs(const base::OpenRoot& root) : m_root(root) {}
  /// A directory or empty file at `path`, which is resolved, and directories above it. Throws
  /// invalid_input if something else is there.
  void add(const base::RootedPath& path, bool directory);
  /// In reverse order. Throws io.
  void remove();

 private:
  struct Stub {
    base::RootedPath path;                         ///< where it was made
    std::shared_ptr<const base::UniqueFd> parent;  ///< the directory that it is in
    base::UniqueFd made;                           ///< keeps its inode from being another's
  };
  void keep(const base::RootedPath& path);

  const base::OpenRoot& m_root;
  std::vector<Stub> m_made;
};

}  // namespace pinnace::sandbox
