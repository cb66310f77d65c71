#pragma once

#include <string_view>

namespace pinnace::definition {

/// Whether it is a signal of Linux as image configurations have it: SIGTERM, SIGRTMIN+3, or a
/// number from 1 to 64 (signal(7)).
bool is_signal(std::string_view text);

}  // namespace pinnace::definition
