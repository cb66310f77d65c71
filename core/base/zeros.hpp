#pragma once

#include <cstring>

#include "base/io.hpp"

namespace pinnace::base {

/// Whether all are zero: left out of a file, they take no room of the disk.
inline bool is_zeros(Bytes bytes) {
  return bytes.empty() || (bytes[0] == std::byte{0} &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace pinnace::base
