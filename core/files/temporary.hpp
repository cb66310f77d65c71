#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "files/directory.hpp"

/// Temporary files and directories whose names start with AtomicFile::k_prefix: those in use are
/// under a shared lock (flock), so that what dead processes left behind can be told from them.
namespace pinnace::files {

/// Marks what has just been made at `path` as in use while `fd` is open. False if a clean-up was
/// faster: make another one. Where flock is not supported, nothing is marked and nothing cleaned
/// up.
bool mark_in_use(const UniqueFd& fd, const std::filesystem::path& path);

/// The locks in a directory that several processes write to.
inline constexpr std::string_view k_lock_name = ".pinnace-lock";
inline constexpr std::string_view k_gc_lock_name = ".pinnace-gc-lock";

/// Whether a file's name is one that we gave for our own purposes, a temporary's or a lock's: it
/// comes and goes, and is part of nothing that people keep beside it.
bool is_own_name(std::string_view name);

/// What a clean-up has removed.
struct Abandoned {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

/// Removes those in `directory` that nobody uses; what can't be removed stays. Any number of
/// processes may do so while others make new ones.
Abandoned remove_abandoned(const Directory& directory);
/// The same in the directory of `file`, if that can be read.
void remove_abandoned_beside(const std::filesystem::path& file);

}  // namespace pinnace::files
