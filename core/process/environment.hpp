#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pinnace::process {

/// Environment variables by name: a value that is handed in, so that nothing below the adapters
/// depends on the process that it runs in.
using Environment = std::map<std::string, std::string, std::less<>>;

/// A copy of this process's own.
Environment current_environment();

/// The value of a variable that is set and not empty.
std::optional<std::string> variable(const Environment& environment, std::string_view name);

}  // namespace pinnace::process
