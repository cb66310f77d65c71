#pragma once

#include <string>

namespace pinnace::base {

/// 16 letters and digits that no other process has or had.
std::string random_name();

}  // namespace pinnace::base
