#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pinnace::web {

/// Seconds since 1970 of an HTTP date (RFC 9110, 5.6.7), as Last-Modified and Retry-After have it;
/// nullopt for anything else, and for times before 1970.
std::optional<std::int64_t> parse_date(std::string_view value);

}  // namespace pinnace::web
