#pragma once

#include <cstdint>
#include <filesystem>

#include "base/directory.hpp"

/// Temporary files and directories whose names start with AtomicFile::k_prefix: those in use are
/// under a shared lock (flock), so that what dead processes left behind can be told from them.
namespace pinnace::base {

/// Marks what has just been made at `path` as in use while `fd` is open. False if a clean-up was
/// faster: make another one. Where flock is not supported, nothing is marked and nothing cleaned
/// up.
bool mark_in_use(const UniqueFd& fd, const std::filesystem::path& path);

/// What a clean-up has removed.
struct Abandoned {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

/// Removes those in `directory` that nobody uses; what can't be removed stays. Any number of
/// processes may do so while others make new ones.
Abandoned remove_abandoned(const Directory& directory);

}  // namespace pinnace::base
