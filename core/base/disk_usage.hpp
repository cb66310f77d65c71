#pragma once

#include <cstdint>

#include "base/directory.hpp"

namespace pinnace::base {

/// The bytes of the regular files below a directory, one with several names counted once. No link
/// is followed, and what can't be looked at, or is more than 256 levels down, is left out: it is
/// for people to see, not to decide by.
std::uint64_t disk_usage(const Directory& directory);

}  // namespace pinnace::base
