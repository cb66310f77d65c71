#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "files/directory.hpp"

/// A directory of files that are only remembered, each written atomically, whose modification time
/// says when it was used last. Any number of processes may put, use and remove them.
namespace pinnace::files {

struct CacheFile {
  std::string name;
  std::uint64_t size = 0;
  std::chrono::system_clock::time_point used;
};

/// The regular files but temporary ones, last used first. What goes meanwhile is left out; what
/// can't be looked at throws io.
std::vector<CacheFile> cache_files(const Directory& directory);

/// Removes a file; false if another process was faster. Throws io.
bool remove_cache_file(const Directory& directory, const std::string& name);

/// What a collector leaves in a cache.
struct Keep {
  std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
  std::chrono::system_clock::time_point used_since{};  ///< what was not used since then goes
};

struct Collected {
  std::uint64_t removed_files = 0;
  std::uint64_t removed_bytes = 0;
  std::uint64_t kept_bytes = 0;

  Collected& operator+=(const Collected& other);
};

/// Removes temporary files of dead processes, and files until at most `keep` is left: those not
/// used for the longest time go first. A name in `spared` stays and is not counted. A directory
/// that is absent has nothing.
Collected collect_cache_files(const std::filesystem::path& directory, const Keep& keep,
                              std::string_view spared = {});

}  // namespace pinnace::files
