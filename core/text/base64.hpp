#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pinnace::text {

/// Decodes base64 (RFC 4648, section 4); padding may be missing, and lines
/// may end anywhere, as `base64` of the shell ends them. nullopt for anything else.
std::optional<std::string> base64_decode(std::string_view text);

/// Base64 with padding (RFC 4648, section 4): made in one place in memory, as it may be a secret.
std::string base64_encode(std::string_view text);

}  // namespace pinnace::text
