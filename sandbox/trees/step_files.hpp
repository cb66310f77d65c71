#pragma once

#include <map>
#include <string>

#include "layer/shown_times.hpp"
#include "sandbox/trees/seen_files.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

/// The files, links and directories at `part` and below it that steps of a build have written, by
/// their paths in the tree: those whose times the clock of `times` has given. Contents are hashed.
StepFiles step_files(const tree::OpenRoot& tree, const tree::RootedPath& part,
                     const layer::ShownTimes& times);

using TimesByPath = std::map<std::string, layer::ShownTime>;

/// Gives what is at these paths of a tree other times.
void set_times(const tree::OpenRoot& tree, const TimesByPath& times);
/// Makes a lower directory of an overlay, `to`, that shows what is at these paths of `tree` with
/// other times, and nothing else otherwise. `to` must be empty.
void copy_with_times(const tree::OpenRoot& tree, const tree::OpenRoot& to,
                     const TimesByPath& times);

}  // namespace pinnace::sandbox
