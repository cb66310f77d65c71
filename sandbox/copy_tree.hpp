#pragma once

#include <ctime>
#include <map>
#include <string>

#include "base/open_root.hpp"

namespace pinnace::sandbox {

/// Copies the directory `path` below `from` to `target` below `to`, which must not be there:
/// contents (shared with the original where the file system can), owners, modes, times, attributes
/// and hard links. Holes stay holes; sockets are left out.
void copy_tree(const base::OpenRoot& from, const base::RootedPath& path, const base::OpenRoot& to,
               const base::RootedPath& target);

/// The attributes of a file or directory that belong to an image: not those of overlayfs.
std::map<std::string, std::string> attributes_of(const base::OpenRoot& root,
                                                 const base::RootedPath& path);

/// Returns a time such that all that was changed before has an earlier one (st_ctim), and all that
/// is changed from now on has it or a later one. Writes to a new file in `directory`.
timespec wait_for_later_timestamps(const std::string& directory);

/// Whether a is before b.
bool is_earlier(const timespec& a, const timespec& b) noexcept;

}  // namespace pinnace::sandbox
