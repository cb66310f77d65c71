#pragma once

#include <string>
#include <vector>

#include "tree/open_root.hpp"

namespace pinnace::sandbox {

/// Places that mounts need and the image does not have: made before the container runs, removed
/// after it, if nobody put anything there. They are removed where they are then, as the container
/// may have moved the directories that they are in; what it has put in their place stays.
class Stubs {
 public:
  explicit Stubs(const tree::OpenRoot& root) : m_root(root) {}
  /// A directory or empty file at `path`, which is resolved, and directories above it. Throws
  /// invalid_input if something else is there.
  void add(const tree::RootedPath& path, bool directory);
  /// In reverse order. Throws io.
  void remove();

 private:
  struct Stub {
    tree::RootedPath path;                          ///< where it was made
    std::shared_ptr<const files::UniqueFd> parent;  ///< the directory that it is in
    files::UniqueFd made;                           ///< keeps its inode from being another's
  };
  void keep(const tree::RootedPath& path);

  const tree::OpenRoot& m_root;
  std::vector<Stub> m_made;
};

}  // namespace pinnace::sandbox
