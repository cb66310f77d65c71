#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace pinnace::archive {

enum class EntryType {
  file,
  directory,
  symlink,
  hardlink,
  character_device,
  block_device,
  fifo,
};

/// "file", "symbolic link" and so on, for messages.
const char* to_string(EntryType type) noexcept;

/// What a tar archive says about one path, without its content. A plain value: whether a path may
/// be trusted is decided by who unpacks it (see text/path.hpp).
struct TarEntry {
  EntryType type = EntryType::file;
  std::string path;  ///< '/'-separated, any bytes but NUL; directories without '/' at their end
  std::string
      link_target;  ///< symlink: as readlink() gives it; hardlink: the path of the other entry
  std::uint32_t mode = 0644;  ///< permission, set-id and sticky bits (07777)
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::uint64_t size = 0;                     ///< bytes of content; 0 for all but files
  std::int64_t mtime = 0;                     ///< seconds since 1970, rounded down
  std::map<std::string, std::string> xattrs;  ///< "user.x" -> any bytes
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;

  bool operator==(const TarEntry&) const = default;
};

}  // namespace pinnace::archive
