#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace pinnace::runstep {

/// Whether a secret can be a variable as it is: UTF-8 without a zero byte, which is what the
/// runtime's configuration (JSON) and the kernel take.
bool can_be_variable(std::string_view secret);

/// The same error without these secrets, as they are and as runtimes quote them.
base::Error without_secrets(const base::Error& error, const std::vector<std::string>& secrets);

}  // namespace pinnace::runstep
