#pragma once

#include <cstdint>

#include "files/directory.hpp"

namespace pinnace::files {

/// The bytes of the disk that all below a directory takes, however deep: the blocks of files and
/// directories, of one with several names once. No link is followed, and what can't be looked at is
/// left out: it is for people to see, not to decide by.
std::uint64_t disk_usage(const Directory& directory);

}  // namespace pinnace::files
