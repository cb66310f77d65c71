#pragma once

#include <filesystem>

#include "base/context.hpp"
#include "hash/digest.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::steps {

/// Whether a change of a file of the tree that is made from now on would show in its status: waits
/// for some milliseconds where one is so new that it could keep it. No: on file systems whose
/// clocks are too coarse, and for files of the future.
enum class Certain { no, yes, after_wait };
Certain settle(const base::Context& context, const tree::FileTree& tree);

/// Everything in a tree: contents, modes, attributes.
struct Contents {
  hash::Digest digest;
  bool certain;  ///< a change while it was read, or later, would show in the files' statuses
};
/// `memory` is a directory where digests are remembered by the files' statuses, so that what did
/// not change is not read again. `settled` is what settle() said.
Contents contents_of(const base::Context& context, const tree::FileTree& tree, bool settled,
                     const std::filesystem::path& memory);

}  // namespace pinnace::steps
