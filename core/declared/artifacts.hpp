#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "definition/definition.hpp"
#include "files/directory.hpp"
#include "tree/context_mode.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::declared {

/// Finds a definition's artifacts below the context directory: statuses only, nothing is read.
/// Later rules replace earlier ones path by path. Paths that the ignore file excludes are left out;
/// `ignore_file` may be missing if the definition does not name one. So are those of `left_out`,
/// which are relative to the root, and all below. Every error has the rule's
/// file, line and column in its trail; a rule that matches nothing is one. Warns of files without a
/// mode of their rule that are opened up.
tree::FileTree collect_artifacts(const base::Context& context,
                                 const definition::Definition& definition,
                                 const std::shared_ptr<const files::Directory>& root,
                                 std::int64_t mtime, tree::Modes modes = tree::Modes::normalize,
                                 const std::vector<std::string>& left_out = {});

}  // namespace pinnace::declared
