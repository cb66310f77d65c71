#pragma once

#include <cstddef>
#include <string>

namespace pinnace::files {

/// 16 letters and digits that no other process has or had.
std::string random_name();

/// As many hexadecimal digits, which are short enough to be typed: 12 for a container.
std::string random_hex(std::size_t digits);

}  // namespace pinnace::files
