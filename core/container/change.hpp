#pragma once

#include <string>

#include "container/root_layer.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::container {

/// What a container has changed of its root.
struct Change {
  /// Deleted paths are ".wh." files, directories that did not change absent.
  tree::FileTree tree;
  /// The same, for containers that stand on it.
  RootLayer layer;
  /// The snapshot that it stands on.
  std::string parent;
};

}  // namespace pinnace::container
