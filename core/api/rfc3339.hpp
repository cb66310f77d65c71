#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace pinnace::api {

/// "2026-11-23T10:20:30[.5](Z|+01:00)" (RFC 3339), to the second; nullopt for anything else.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

}  // namespace pinnace::api
