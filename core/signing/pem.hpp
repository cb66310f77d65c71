#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pinnace::signing {

/// "PUBLIC KEY" of the first line "-----BEGIN PUBLIC KEY-----" of a text; nullopt if there is none.
std::optional<std::string_view> pem_label(std::string_view text);

/// The bytes of a text that is one PEM block of this label (RFC 7468, without headers), and nothing
/// else but white space around it; nullopt for all else, also for base64 that is not as it would be
/// written.
std::optional<std::string> pem_bytes(std::string_view text, std::string_view label);

/// A PEM block, in lines of 64 characters.
std::string pem_block(std::string_view bytes, std::string_view label);

/// Base64 with its padding, as it would be written, without line ends; nullopt for all else: of
/// each value there is one form.
std::optional<std::string> strict_base64(std::string_view text);

}  // namespace pinnace::signing
