#pragma once

#include <cstdint>
#include <ctime>
#include <optional>

#include "layer/shown_times.hpp"
#include "sandbox/trees/renewed_trees.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

/// What an overlay's upper directory says of changes, or a tree that was a copy of another one, and
/// how their timestamps become.
struct ChangeSource {
  const tree::OpenRoot& upper;
  const tree::OpenRoot&
      below;  ///< the tree without them, for what is only copied and for deletions
  /// `upper` is a whole tree, in which all that has this time (st_ctim) or a later one was changed.
  std::optional<timespec> copied = {};
  std::int64_t start = 0;     ///< timestamps from here on (seconds since 1970) ...
  std::int64_t epoch = 0;     ///< ... become this one in the layer
  const RenewedTrees& trees;  ///< the times that the container has seen
};

/// Sends the changes as a tar archive in frames: deletions as ".wh." files (OCI image
/// specification, layer.md), no directory that is as it was. On disk times become what later
/// containers must see; `times` are those of the layers below, and get this one's. Throws io for
/// whatever can't be read, and invalid_input for names that no layer can have.
void send_changes(const ChangeSource& source, layer::ShownTimes& times);

}  // namespace pinnace::sandbox
