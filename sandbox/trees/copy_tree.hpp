#pragma once

#include <cstdint>
#include <ctime>
#include <map>
#include <string>

#include "base/io.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

/// What becomes of names of one file: `split` gives each a file of its own, as overlayfs does for a
/// name that is written to.
enum class HardLinks { keep, split };

/// Copies the directory `path` below `from` to `target` below `to`, which must not be there
/// (`to` itself: must be empty):
/// contents (shared with the original where the file system can), owners, modes, times and
/// attributes. Holes stay holes; sockets are left out.
void copy_tree(const tree::OpenRoot& from, const tree::RootedPath& path, const tree::OpenRoot& to,
               const tree::RootedPath& target, HardLinks links);

/// Gives what is at `target` the owner, mode, attributes and times of what is at `path`.
void copy_looks(const tree::OpenRoot& from, const tree::RootedPath& path, const tree::OpenRoot& to,
                const tree::RootedPath& target);

/// The attributes of a file or directory that a layer keeps.
std::map<std::string, std::string> attributes_of(const tree::OpenRoot& root,
                                                 const tree::RootedPath& path);

/// Of two files of this size. Throws io where one of them ends before.
bool have_same_content(base::Source& first, base::Source& second, std::uint64_t size);

/// Returns a time such that all that was changed before has an earlier one (st_ctim), and all that
/// is changed from now on has it or a later one. Writes to a new file in `directory`.
timespec wait_for_later_timestamps(const std::string& directory);

/// Whether a is before b.
bool is_earlier(const timespec& a, const timespec& b) noexcept;

}  // namespace pinnace::sandbox
