#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pinnace::text {

/// "2026-11-23T10:20:30[.5](Z|+01:00)" (RFC 3339), to the second; nullopt for anything else.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

/// "2026-11-23T10:20:30Z", from seconds since 1970. Throws invalid_input for what is outside of the
/// years 0 to 9999, which RFC 3339 can't say.
std::string to_rfc3339(std::int64_t epoch_seconds);

}  // namespace pinnace::text
