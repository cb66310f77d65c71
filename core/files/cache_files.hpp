#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "files/directory.hpp"

/// A directory of files that are only remembered, each written atomically under a digest's name,
/// whose modification time says when it was used last. Any number of processes may put, use and
/// remove them. What has another name is somebody else's: it is not seen here, and never removed.
namespace pinnace::files {

struct CacheFile {
  std::string name;
  std::uint64_t size = 0;
  std::chrono::system_clock::time_point used;
};

/// Whether a name is a SHA-256, or begins with one and goes on with "." or "-".
bool is_digest_name(std::string_view name);

/// The regular files that are named so, last used first. What goes meanwhile is left out; what
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

/// Removes temporary files of dead processes, and files of the cache until at most `keep` is left:
/// those not used for the longest time go first. A directory that is absent has nothing.
Collected collect_cache_files(const std::filesystem::path& directory, const Keep& keep);

}  // namespace pinnace::files
