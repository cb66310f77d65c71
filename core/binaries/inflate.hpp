#pragma once

#include <string>

#include "binaries/random_access.hpp"

namespace pinnace::binaries {

/// What is around a stream of DEFLATE: nothing (RFC 1951), or zlib's header and checksum (RFC
/// 1950).
enum class Wrapping { none, zlib };

/// All that a stream holds. Throws invalid_input if it is damaged or holds more than `limit` bytes.
std::string inflate(const RandomAccess& compressed, Wrapping wrapping, std::size_t limit);

}  // namespace pinnace::binaries
