#pragma once

#include <cstdint>

#include "tree/base_tree.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::tree {

/// What becomes of a base's links in the way of a tree.
enum class BaseLinks { follow, replace };

/// The tree as it must be written on top of `base`: every path resolved, or taken as it is, and
/// every parent present. Parents that the base has keep its attributes; the others are 0755 of root
/// with `mtime`. Consumes `tree`, as two large ones at once would double the memory.
FileTree place_on_base(FileTree tree, const BaseTree& base, std::int64_t mtime,
                       BaseLinks links = BaseLinks::follow);

}  // namespace pinnace::tree
