#pragma once

#include <string>

namespace pinnace::base {

/// Overwrites a text in memory, so that the compiler can't leave it out, and empties it.
void wipe(std::string& text) noexcept;

}  // namespace pinnace::base
