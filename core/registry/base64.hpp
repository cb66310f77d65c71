#pragma once

#include <string>
#include <string_view>

namespace pinnace::registry {

/// Base64 with padding (RFC 4648, section 4), for Basic authentication: made in one place
/// in memory.
std::string base64_encode(std::string_view text);

}  // namespace pinnace::registry
