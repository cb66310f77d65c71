#include "archive/tar_entry.hpp"

namespace pinnace::archive {

const char* to_string(EntryType type) noexcept {
  switch (type) {
    case EntryType::file:
      return "file";
    case EntryType::directory:
      return "directory";
    case EntryType::symlink:
      return "symbolic link";
    case EntryType::hardlink:
      return "hard link";
    case EntryType::character_device:
      return "character device";
    case EntryType::block_device:
      return "block device";
    case EntryType::fifo:
      return "FIFO";
  }
  return "unknown";
}

}  // namespace pinnace::archive
