#pragma once

#include <string>
#include <vector>

#include "files/file.hpp"

namespace pinnace::sandbox {

enum class Writable { no, yes };

/// A detached mount of what the host has at `path`, and of all that is mounted below. Throws
/// not_found.
files::UniqueFd clone_host_tree(const std::string& path);
/// All of it without set-user-id programs and devices, and read-only unless it is writable, as a
/// runtime's options of a mount are for its top alone; and what the host mounts later does not
/// appear there. False, with errno: Linux can't do that (before 5.12).
bool restrict_tree(const files::UniqueFd& tree, Writable writable);
/// Where the host has mounts below a path.
std::vector<std::string> mounts_below(const std::string& path);

/// What is mounted at `place` gets these flags (MS_RDONLY, MS_NOSUID, MS_NODEV) beside those that
/// it has; what is mounted below does not.
void restrict_mount(const std::string& place, unsigned long flags);

/// Gives a detached mount a name; `shown` is for errors.
void attach_mount(const files::UniqueFd& mount, const std::string& place, const std::string& shown);
/// Moves what is mounted at `place` onto what is open (O_PATH), of the same kind.
void move_mount(const std::string& place, const files::UniqueFd& target);

}  // namespace pinnace::sandbox
